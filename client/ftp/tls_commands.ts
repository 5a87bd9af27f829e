/**
 * The commands of FTP over TLS (RFC 4217): AUTH, PBSZ, PROT and CCC. What the
 * server refuses is an error, never a reason to go on without.
 *
 * @module
 */

import type { Reply } from "../../lib/ftp/reply.ts";
import { visible } from "../../lib/visible.ts";
import { type Command, shownCommand } from "./command_text.ts";
import type { ConnectWithinOptions } from "./connect_within.ts";
import type { FtpControl } from "./control.ts";
import { FtpError, NetworkError } from "./errors.ts";
import type { SessionTls } from "./tls_session.ts";
import type { TransferSession } from "./transfer_job.ts";

/** What these commands need of a session. */
export interface TlsTalk {
  /** The server, for messages, as `ftp.example.org:21`. */
  readonly where: string;
  /** Where commands go. */
  readonly control: FtpControl;
  /** How they are protected. */
  readonly tls: SessionTls | null;
}

/** What a server says that begins with TLS now; some say 334. */
const AGREED: readonly number[] = [234, 334];
/** The second is what servers before RFC 4217 know. */
const AUTH: readonly Command[] = [
  { verb: "AUTH", argument: "TLS" },
  { verb: "AUTH", argument: "SSL" },
];
const NOTHING_SENT = "no name and no password was sent";

/**
 * Asks for TLS and begins with it, before anything else is said.
 *
 * @throws {NetworkError} when the server does not agree, or says more than that
 * in clear, or can't be trusted.
 * @throws {FtpError} when it may agree later.
 */
export async function askForTls(
  control: FtpControl,
  tls: SessionTls,
  where: string,
  limits: ConnectWithinOptions,
): Promise<void> {
  const change = {
    agrees: ({ code }: Reply) => AGREED.includes(code),
    make: (stream: Parameters<SessionTls["control"]>[0]) =>
      tls.control(stream, limits),
    surplus: (bytes: number) =>
      `sent ${bytes} bytes in clear behind its 234: somebody may be in ` +
      `between; ${NOTHING_SENT}`,
  };
  let refusal: FtpError | null = null;
  for (const command of AUTH) {
    const reply = await control.change(command, change, limits.signal);
    if (change.agrees(reply)) return;
    const error = new FtpError(shownCommand(command), reply);
    if (error.transient) throw error;
    refusal ??= error;
    if (reply.code < 500) break;
  }
  const why = refusal!.code < 500 ? "does not begin with TLS" : "has no TLS";
  throw refused(`The server ${where} ${why}; ${NOTHING_SENT}`, refusal!);
}

/**
 * Says whether data connections are protected. Servers may forget it at every
 * login.
 *
 * @throws {NetworkError} when the server does not want it so.
 * @throws {FtpError} when it may later.
 */
export async function protectData(
  { control, tls, where }: TlsTalk,
  signal: AbortSignal,
): Promise<void> {
  if (tls === null) return;
  const level = { verb: "PROT", argument: tls.protectsData ? "P" : "C" };
  const [, reply] = await Promise.all([
    // TLS needs no buffer; some servers refuse that, and go on all the same.
    control.ask({ verb: "PBSZ", argument: "0" }, signal),
    control.ask(level, signal),
  ]);
  if (reply.code < 300) return;
  const error = new FtpError(shownCommand(level), reply);
  if (error.transient) throw error;
  const what = tls.protectsData
    ? "does not protect data connections"
    : "does not leave data connections in clear";
  throw refused(`The server ${where} ${what}`, error);
}

/**
 * Ends the protection of commands, if that was chosen.
 *
 * @throws {FtpError} when the server does not want to.
 * @throws {NetworkError} when it does not do as it says.
 */
export async function clearCommands(
  { control, tls, where, timeout, patience }: TlsTalk & TransferSession,
  signal: AbortSignal,
): Promise<void> {
  if (!tls?.choice.clearCommands || tls.commands === "clear") return;
  const what = `The commands to ${where} cannot be in clear`;
  const reply = await control.change({ verb: "CCC" }, {
    agrees: ({ code }) => code < 300,
    make: () => tls.leave({ what, timeout, patience, signal }),
    surplus: (bytes) => `sent ${bytes} bytes behind its reply to CCC`,
  }, signal);
  if (reply.code >= 300) throw new FtpError("CCC", reply);
}

/**
 * Makes sure that nobody else hears a password that is sent now.
 *
 * @throws {NetworkError} when commands are in clear again.
 */
export function mustBePrivate({ tls, where }: TlsTalk): void {
  if (tls === null || tls.commands === "private") return;
  throw new NetworkError(
    "tls",
    `Commands to ${where} are in clear since CCC: no password is sent; connect anew`,
  );
}

function refused(what: string, cause: FtpError): NetworkError {
  const { command, code, lines } = cause;
  const said = visible(`${command}: ${code} ${lines.join(" / ")}`);
  return new NetworkError("tls", `${what} (${said})`, { cause });
}
