/**
 * What hooks are told: one JSON object for each thing that has happened.
 *
 * @module
 */

import { globMatcher } from "../../../lib/glob.ts";
import { visibleJson } from "../../../lib/visible.ts";
import type { TransferEnd } from "./observer.ts";
import { present } from "../present.ts";
import type { HookEvent, HookSettings } from "../settings_parts.ts";
import type { Happening, Where } from "./telemetry.ts";
import { versionOf } from "../tls.ts";
import { isOfFiles } from "./transfer_log.ts";

/** One event. Fields that make no sense for it are left out. */
export interface HookMessage {
  /** Differs from that of every other event; the same when it is sent again. */
  readonly id: string;
  /** When it happened (ISO 8601, UTC). */
  readonly time: string;
  /** What happened. */
  readonly event: HookEvent;
  /** Number of the session. */
  readonly session: number;
  /** Who: the name that was given to USER. */
  readonly account: string | null;
  /** The client's address. */
  readonly address: string;
  /** Version of TLS on the control or data connection; `null` for none. */
  readonly tls: string | null;
  /** Virtual path. */
  readonly path?: string;
  /** Path in the operating system, without what links there lead to. */
  readonly file?: string;
  /** Virtual path of the new name. */
  readonly to?: string;
  /** The new name in the operating system. */
  readonly toFile?: string;
  /** The command that moved the bytes. */
  readonly verb?: string;
  /** Bytes that moved. */
  readonly bytes?: number;
  /** How long it took, or how long a ban lasts. */
  readonly seconds?: number;
  /** How a transfer ended. */
  readonly result?: TransferEnd["outcome"];
  /** Why it is not complete. */
  readonly reason?: string;
}

/** What makes two events two. */
export interface Stamp {
  /** The event's number. */
  readonly id: string;
  /** When it happened. */
  readonly time: Date;
}

/**
 * The event that hooks are told of, if it is any. Uploads are told when they
 * are complete and have their names, downloads likewise; transfers that came
 * to nothing are in the log.
 *
 * @example
 * ```ts
 * import { hookMessage } from "./hook_event.ts";
 * const where = { id: 7, address: "192.0.2.7", account: null, tls: null };
 * const stamp = { id: "1", time: new Date(0) };
 * const message = hookMessage({ kind: "login", account: "ann" }, where, stamp);
 * console.assert(message?.event === "login" && message.account === "ann");
 * ```
 */
export function hookMessage(
  what: Happening,
  { id: session, account, address, tls }: Where,
  stamp: Stamp,
): HookMessage | null {
  const event = eventOf(what);
  if (event === null) return null;
  return {
    id: stamp.id,
    time: stamp.time.toISOString(),
    event,
    session,
    account,
    address,
    tls,
    ...details(what),
  };
}

function eventOf(what: Happening): HookEvent | null {
  if (what.kind === "change") return what.change.change;
  if (what.kind !== "transfer") return what.kind;
  const { direction, outcome } = what.end;
  if (outcome !== "complete" || !isOfFiles(direction)) return null;
  return direction === "upload" ? "upload" : "download";
}

function details(what: Happening): Partial<HookMessage> {
  switch (what.kind) {
    case "login":
    case "login-failed":
      return { account: what.account };
    case "ban":
      return { seconds: what.milliseconds / 1000 };
    case "change": {
      const { change: _, ...paths } = what.change;
      return present(paths);
    }
    case "transfer":
      return transferred(what.end);
  }
}

function transferred(end: TransferEnd): Partial<HookMessage> {
  const { transfer, bytes, duration, file, account, outcome, tls } = end;
  return present({
    account: account ?? null,
    path: transfer.path,
    file,
    verb: transfer.verb,
    bytes,
    seconds: Math.round(duration) / 1000,
    result: outcome,
    tls: tls && versionOf(tls),
  });
}

/** Which events a hook wants. */
export type Wanted = (message: HookMessage) => boolean;

/**
 * Tells which events one hook wants: those it is `on`, of its accounts, and
 * whose path or new path is one of its paths. Events without a path are not
 * among those of any path.
 *
 * @example
 * ```ts
 * import { type HookMessage, wantedBy } from "./hook_event.ts";
 * const wants = wantedBy({ on: ["upload"], paths: ["/in/*.zip"] });
 * const upload = { event: "upload", account: "ann" } as HookMessage;
 * console.assert(wants({ ...upload, path: "/in/2026/a.zip" }));
 * console.assert(!wants({ ...upload, path: "/out/a.zip" }));
 * ```
 */
export function wantedBy(
  hook: Pick<HookSettings, "on" | "accounts" | "paths">,
): Wanted {
  const ofAccount = anyOf(hook.accounts);
  const ofPath = anyOf(hook.paths);
  return ({ event, account, path, to }) =>
    hook.on.includes(event) && ofAccount([account]) && ofPath([path, to]);
}

type OneOf = (texts: readonly (string | null | undefined)[]) => boolean;

function anyOf(patterns: readonly string[] | undefined): OneOf {
  if (patterns === undefined) return () => true;
  const matchers = patterns.map((pattern) =>
    globMatcher(pattern, { dots: true })
  );
  return (texts) =>
    texts.some((text) =>
      typeof text === "string" && matchers.some((matches) => matches(text))
    );
}

/** The event as one line of JSON, without a line end. */
export function messageJson(message: HookMessage): string {
  return visibleJson(JSON.stringify(message));
}
