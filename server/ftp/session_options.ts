/**
 * What a session is started with.
 *
 * @module
 */

import type { Log } from "../../lib/log.ts";
import type { Stream } from "../../lib/net/stream.ts";
import type { Breather } from "./breather.ts";
import type { BufferPool } from "./buffers.ts";
import type { Observer } from "./operations/observer.ts";
import type { Context, Ends, FtpPolicy } from "./session.ts";

/** What the loop needs of a control connection. */
export type ControlConnection = Stream;

/** How long sessions may take, and what they share. Times in milliseconds. */
export interface SessionLimits {
  /** From one command to the next, when no transfer runs. */
  readonly idleTimeout: number;
  /** From the connection to a login. */
  readonly loginTimeout: number;
  /** In a transfer, without a byte moving. */
  readonly dataTimeout: number;
  /**
   * From the beginning to the end; a transfer that runs may still end.
   *
   * @default no limit
   */
  readonly sessionTimeout?: number | undefined;
  /** Buffers of the server's transfers. */
  readonly buffers: BufferPool;
  /** When they let other sessions have their turn. @default never */
  readonly breather?: Breather | undefined;
}

/** Everything {@linkcode serveSession} needs besides the connection. */
export interface SessionOptions extends Ends {
  /** Number of the session, for logs. */
  id: number;
  /** The server's set-up. */
  policy: FtpPolicy;
  /** Whether the client begins with TLS, before the greeting. @default {false} */
  implicit?: boolean;
  /** Time and memory. */
  limits: SessionLimits;
  /** Aborts when the server wants to stop: what runs may still end. */
  stopping: AbortSignal;
  /**
   * Gets what ends the session when an administrator wants it gone. No signal,
   * because one for each session costs a log-in some percent.
   *
   * @default never
   */
  kickable?: ((kick: () => void) => void) | undefined;
  /** Watches the session. @default nobody does */
  observer?: Observer | undefined;
  /** Who is there, for SITE WHO. @default nobody can tell */
  who?: Context["who"];
  /** Lets the event loop look at all other connections once. */
  turn(): Promise<void>;
  /** Where events are told. */
  log: Log;
}
