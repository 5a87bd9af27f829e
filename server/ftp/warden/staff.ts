/**
 * Who works in the warden beside those who count: only whom the settings need,
 * or may need after a reload. The others are not even loaded.
 *
 * @module
 */

import { createLog, type Log } from "../../../lib/log.ts";
import type { Following } from "./following.ts";
import { needsRegistrar } from "../accounts/secrets.ts";
import type { Settings } from "../settings.ts";
import type { HireClerk } from "./clerk.ts";

/** What clerks are chosen by. */
export interface ClerkChoice {
  /** How to serve. */
  readonly settings: Settings;
  /** Whether threads of their own can be started. */
  readonly apart: boolean;
  /** Whether settings can change while the server runs. */
  readonly isReloadable: boolean;
}

/** Some clerks, and the log that one of them keeps. */
export interface Staff {
  /** Where the warden's events are told. */
  readonly log: Log;
  /** Whom to hire, once it is known what is followed. */
  clerks(following: Following): Promise<HireClerk[]>;
}

/**
 * Chooses the clerks, and opens the log.
 *
 * @throws {ToolError} when a log file can't be opened.
 */
export async function staffOf(choice: ClerkChoice): Promise<Staff> {
  const { settings, apart, isReloadable } = choice;
  const needs = (it: unknown) => isReloadable || Boolean(it);
  const logs = needs(settings.logs)
    ? (await import("./log_clerk.ts")).openLogs(settings)
    : undefined;
  return {
    log: logs?.log ?? createLog(settings.log),
    async clerks(following) {
      const clerks: HireClerk[] = [];
      if (logs !== undefined) clerks.push(() => logs.clerk);
      if (needs(needsRegistrar(settings))) {
        const { registrarClerk } = await import("./registrar_clerk.ts");
        clerks.push(registrarClerk({ apart }));
      }
      if (needs(settings.metrics ?? settings.hooks)) {
        const { heraldClerk } = await import("./herald_clerk.ts");
        const certificateEnd = () => following.certificates?.until ?? null;
        clerks.push(heraldClerk({ apart, logs, certificateEnd }));
      }
      if (needs(settings.control)) {
        clerks.push((await import("../control/clerk.ts")).controlClerk);
      }
      return clerks;
    },
  };
}
