/**
 * What can go wrong for a client, by who is to blame: the server said no
 * ({@linkcode FtpError}), it broke the rules ({@linkcode ProtocolError}), the
 * network failed ({@linkcode NetworkError}), a transfer ended too early
 * ({@linkcode IncompleteError}), changed bytes on the way
 * ({@linkcode DamagedError}), or this side could not read, write or hold the
 * bytes ({@linkcode LocalError}). An aborted signal is no error of ours:
 * its reason is thrown as it is.
 *
 * @module
 */

import type { Reply } from "../../lib/ftp/reply.ts";
import { ProtocolError } from "../../lib/ftp/reply_reader.ts";
import { visible } from "../../lib/visible.ts";

export { ProtocolError };

/** The server said no. */
export class FtpError extends Error {
  /** Code of the reply. */
  readonly code: number;
  /** Lines of the reply, as they came: not safe to show on a terminal. */
  readonly lines: readonly string[];
  /** The command, without its argument when that is secret. */
  readonly command: string;

  /** Made of a command and the reply to it. */
  constructor(command: string, { code, lines }: Reply) {
    super(visible(`${command}: the server said ${code} ${lines.join(" / ")}`));
    this.name = "FtpError";
    this.code = code;
    this.lines = lines;
    this.command = command;
  }

  /** Whether the same command may work later: codes 400 to 499. */
  get transient(): boolean {
    return this.code >= 400 && this.code < 500;
  }
}

/** How the network failed. */
export type NetworkFailure =
  | "name"
  | "refused"
  | "unreachable"
  | "timeout"
  | "closed"
  | "permission"
  /** TLS is refused, or would not be safe: the same would happen again. */
  | "tls";

const FOR_GOOD: readonly NetworkFailure[] = ["name", "permission", "tls"];

/** The network failed, or the peer did not answer in time. */
export class NetworkError extends Error {
  /** What happened. */
  readonly kind: NetworkFailure;

  /** Says what was tried, where, and why it failed. */
  constructor(kind: NetworkFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "NetworkError";
    this.kind = kind;
  }

  /**
   * Whether it may work later: not for unknown names, not without permission,
   * and not where TLS is not to be trusted.
   */
  get transient(): boolean {
    return !FOR_GOOD.includes(this.kind);
  }
}

/** Not as many bytes came as the server had announced. */
export class IncompleteError extends Error {
  /** Bytes that should have come. */
  readonly expected: number;
  /** Bytes that came. */
  readonly received: number;

  /** Made of the path and the two numbers. */
  constructor(path: string, expected: number, received: number) {
    super(visible(
      received > expected
        ? `Transfer of ${path} was stopped: the server sent more than the ` +
          `${expected} bytes that it had announced`
        : `Transfer of ${path} is incomplete: ${received} of ${expected} bytes ` +
          `arrived, although the server called it complete`,
    ));
    this.name = "IncompleteError";
    this.expected = expected;
    this.received = received;
  }

  /** A second attempt may get the rest. */
  get transient(): boolean {
    return this.received < this.expected;
  }
}

/** What was moved has another hash than the file it was made of. */
export class DamagedError extends Error {
  /** Says what has another hash, and what became of it. */
  constructor(message: string) {
    super(visible(message));
    this.name = "DamagedError";
  }

  /** Never: it was moved a second time already. */
  get transient(): boolean {
    return false;
  }
}

/** This side could not read, write or hold the bytes. */
export class LocalError extends Error {
  /** Says what could not be done, where, and why. */
  constructor(message: string, options?: ErrorOptions) {
    super(visible(message), options);
    this.name = "LocalError";
  }

  /** Never: the same file would fail again. */
  get transient(): boolean {
    return false;
  }
}

/**
 * Whether the same may work later. A peer that broke the rules once is not
 * asked again.
 *
 * @example
 * ```ts
 * import { FtpError, isTransient } from "./errors.ts";
 * const busy = new FtpError("RETR a", { code: 450, lines: ["Busy."] });
 * console.assert(isTransient(busy));
 * console.assert(!isTransient(new Error("anything else")));
 * ```
 */
export function isTransient(error: unknown): boolean {
  return (error instanceof FtpError || error instanceof NetworkError ||
    error instanceof IncompleteError) && error.transient;
}
