/**
 * What the warden and the herald say to each other. Everything here survives
 * being copied from one thread to another.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import type { Page } from "../../../lib/net/tiny_http.ts";
import type { Failure } from "./hook_queue.ts";
import type { HookSettings } from "../settings_parts.ts";

/** Where an event goes. Times are in milliseconds. */
export type HookTarget = Pick<
  HookSettings,
  "url" | "pipe" | "authorization" | "timeout"
>;

/** What the warden tells the herald. */
export type HeraldOrder =
  | { kind: "start"; metrics: HostPort | null; hooks: readonly HookTarget[] }
  /** Deliver an event, a line of JSON, to a hook: its place in `hooks`. */
  | { kind: "deliver"; id: number; hook: number; event: string }
  /** The page that was asked for; `null` when there is none. */
  | { kind: "page"; id: number; page: Page | null }
  /** Listen no more: another one wants to. */
  | { kind: "mute" }
  /** Open pipes anew. */
  | { kind: "reopen" }
  | { kind: "stop" };

/** What the herald tells the warden. */
export type HeraldReport =
  | { kind: "ready"; addresses: HostPort[] }
  | { kind: "failed"; message: string }
  | { kind: "delivered"; id: number; failure: Failure }
  /** Somebody wants to see a page. */
  | { kind: "ask"; id: number; path: string }
  | { kind: "muted" }
  | { kind: "stopped" };
