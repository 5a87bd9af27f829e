/**
 * Data connections whose TLS did not go well: servers that want more of it, and
 * ends that nobody announced.
 *
 * @module
 */

import type { Reply } from "../../lib/ftp/reply.ts";
import { TlsError } from "../../lib/net/tls/stream.ts";
import { visible } from "../../lib/visible.ts";
import { FtpError, NetworkError } from "./errors.ts";
import { shownCommand } from "./command_text.ts";
import type { DataChannel } from "./tls_data.ts";
import type { SessionTls } from "./tls_session.ts";
import type { Job } from "./transfer_job.ts";

/** Codes of servers that did not like a data connection's TLS. */
const CODES: readonly number[] = [421, 425, 426, 431, 435, 450, 522, 534];
const WORDS_REGEXP = /\bsession|\bre-?us(e|ed|ing)\b|\bresum/i;
/** ProFTPD's words for it. */
const NOT_PERMITTED_WORDS = ["data connection", "operation not permitted"];
const WAY_OUT =
  "the server's owner can switch that off (vsftpd: require_ssl_reuse=NO, " +
  "ProFTPD: TLSOptions NoSessionReuseRequired)";

/**
 * Whether a server refused a data connection because it does not resume the
 * control connection's session.
 *
 * @example
 * ```ts
 * import { demandsResumption } from "./tls_refusal.ts";
 * const lines = ["SSL connection failed: session reuse required"];
 * console.assert(demandsResumption({ code: 522, lines }));
 * console.assert(!demandsResumption({ code: 425, lines: ["No connection."] }));
 * ```
 */
export function demandsResumption({ code, lines }: Reply): boolean {
  if (!CODES.includes(code)) return false;
  const said = lines.join(" ").toLowerCase();
  return WORDS_REGEXP.test(said) ||
    NOT_PERMITTED_WORDS.every((words) => said.includes(words));
}

/**
 * The error that a final reply of 300 or above means.
 *
 * @param command The transfer's, as it may be shown.
 */
export function refusalOf(
  command: string,
  reply: Reply,
  tls: SessionTls | null,
): FtpError | NetworkError {
  const error = new FtpError(command, reply);
  if (!tls?.protectsData || !demandsResumption(reply)) return error;
  // A session does not live for ever: another one may do.
  const kind = tls.hasResumed ? "closed" : "tls";
  const message = `${error.message}: data connections must resume the TLS ` +
    `session of the control connection; ${whatToDo(tls)}`;
  return new NetworkError(kind, message, { cause: error });
}

/** Whether a server took the session before, and does not any more. */
export function isExpired(error: unknown): error is NetworkError {
  return error instanceof NetworkError && error.kind === "closed" &&
    error.cause instanceof FtpError;
}

function whatToDo({ trust, facts, hasResumed }: SessionTls): string {
  if (hasResumed) return "the session has expired, connect anew";
  if (trust.certificate !== undefined) {
    return `this client cannot while it shows a certificate; ${WAY_OUT}`;
  }
  if (trust.ca !== undefined) {
    const pin = `sha256:${facts?.peer?.fingerprint}`;
    return "this client cannot while it is given authorities of its own; pin " +
      `the server's certificate instead (${pin}), or name the file of ` +
      "authorities in NODE_EXTRA_CA_CERTS";
  }
  return `that was tried in vain; ${WAY_OUT}`;
}

/**
 * Makes sure that what was received has not been cut, or that this makes no
 * difference.
 *
 * @throws {NetworkError} when something may be missing.
 */
export function mustBeWhole(
  { isCut }: DataChannel,
  { command, end, isWhole }: Job,
  bytes: number,
  hint: number | null,
): void {
  if (!isCut || "send" in end || isWhole?.(bytes, hint)) return;
  const message = `The data of ${shownCommand(command)} was cut: it ended ` +
    "without the words with which TLS ends, so that some may be missing";
  throw new NetworkError("closed", visible(message));
}

/** Whether it was the server who ended a connection, and may say why. */
export function isBroken(cause: unknown): boolean {
  if (!(cause instanceof NetworkError)) return false;
  const tls = cause.cause instanceof TlsError ? cause.cause : null;
  return cause.kind === "closed" || tls?.problem === "handshake";
}
