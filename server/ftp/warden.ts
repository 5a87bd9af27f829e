/**
 * The main thread of the server: starts confined workers, hears what they
 * report, replaces those that die, changes their settings or has others follow
 * them, and stops them.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import type { Log } from "../../lib/log.ts";
import { openListeners } from "../../lib/net/listen.ts";
import type { Settings } from "./settings.ts";
import type { HireClerk, Office } from "./warden/clerk.ts";
import type { Plan } from "./warden/generation.ts";
import { Server } from "./warden/server.ts";

export { WardenError } from "../warden/post.ts";
export type { Plan } from "./warden/generation.ts";

/** Options for {@linkcode runWarden}. */
export interface WardenOptions extends Omit<Plan, "settings"> {
  /** Aborts when the server shall stop. */
  readonly signal: AbortSignal;
  /** Where events are told. */
  readonly log: Log;
  /** Who else works in the warden. @default nobody */
  readonly clerks?: readonly HireClerk[];
  /** What of settings workers are told. @default all */
  readonly forWorkers?: (settings: Settings) => Settings;
  /** Whether others are asked to share our ports. @default on Linux */
  readonly canShare?: boolean;
  /** Called once, when every worker listens. */
  onReady(
    addresses: readonly HostPort[],
    warden: Warden,
  ): void | Promise<void>;
}

/** A server that runs. */
export interface Warden {
  /** What its clerks see of it. */
  readonly office: Office;
  /** Whether every worker answers. */
  areWell(): Promise<boolean>;
  /**
   * Goes on by another plan: `live` in the same workers, else in new ones
   * (`anew`), while the old ones end what they have begun.
   *
   * @throws {Error} when it can't; then everything is as it was.
   */
  reload(next: Plan): Promise<"live" | "anew">;
  /** Counts a reload that came to nothing before there was a plan. */
  couldNotReload(): void;
  /** Opens all files again that are open for long. */
  reopen(): Promise<void>;
  /** Takes no more sessions; the server ends with the last one. */
  drain(): void;
}

/**
 * Serves until the signal aborts and all sessions have ended, or the grace is
 * over; or until it was drained and the last session has ended.
 *
 * @throws {WardenError} when a worker can't listen at the start.
 */
export async function runWarden(
  settings: Settings,
  options: WardenOptions,
): Promise<void> {
  const { permissions, certificates } = options;
  const plan = { settings, permissions, certificates };
  const { canShare = Deno.build.os === "linux" } = options;
  const module = new URL("./worker.ts", import.meta.url);
  // Only there where no worker can be started it works in this thread.
  const { takeOrders } = permissions === null
    ? await import("./worker.ts")
    : { takeOrders: nobodyHere };
  const around = { module, canShare, here: takeOrders, probe };
  const server = new Server(plan, options, around);
  try {
    await server.start();
    await options.onReady(server.addresses, server);
  } catch (error) {
    server.close();
    // Its clerks have sockets and threads of their own to give up.
    await server.finished();
    if (!options.signal.aborted) throw error;
  }
  await server.finished();
}

function nobodyHere(): never {
  throw new Error("Workers are threads of their own here");
}

/**
 * Workers share ports, and would share them with a server that is already
 * there. Listening once without sharing finds that out.
 */
async function probe(places: readonly HostPort[]): Promise<void> {
  const listeners = await openListeners(
    places.map((at) => ({ transport: "tcp", ...at })),
  );
  for (const listener of listeners) listener.close();
}
