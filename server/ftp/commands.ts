/**
 * The command table: one row a verb, policy in the row, behaviour in `run`.
 * The dispatcher's gates, HELP and FEAT are all made from it.
 *
 * @module
 */

import type { CommandLine } from "../../lib/ftp/command_line.ts";
import { lastReply, type Reply, reply } from "../../lib/ftp/reply.ts";
import type { Log } from "../../lib/log.ts";
import { FsError, type FsErrorKind } from "../fs/file_system.ts";
import type { AccountContext, Context, FtpPolicy, Outcome } from "./session.ts";
import { DataPortError } from "./session.ts";
import { accessCommands } from "./commands/access.ts";
import { dataPortCommands } from "./commands/data_ports.ts";
import { factCommands } from "./commands/facts.ts";
import { fileCommands } from "./commands/files.ts";
import { hashCommands } from "./commands/hashes.ts";
import { helpCommands, isOffered } from "./commands/help.ts";
import { informationCommands } from "./commands/information.ts";
import { joinCommands } from "./commands/joining.ts";
import { listingCommands } from "./commands/listings.ts";
import { optionCommands } from "./commands/options.ts";
import { parameterCommands } from "./commands/parameters.ts";
import { rangeCommands } from "./commands/ranges.ts";
import { securityCommands } from "./commands/security.ts";
import { siteCommand } from "./commands/site.ts";
import { spaceCommands } from "./commands/space.ts";
import { transferCommands } from "./commands/transfers.ts";
import { throughMode } from "./mode.ts";
import { whyRefused } from "./refused_verbs.ts";

/** What a command returns, now or later. */
export type Result = Outcome | Promise<Outcome>;

/** What every row of the table says. */
export interface CommandPolicy {
  /** Whether the command takes an argument. */
  readonly argument: "none" | "optional" | "required";
  /** Syntax and meaning, as HELP prints them. */
  readonly help: string;
  /** Lines that FEAT prints because the command exists (RFC 2389). */
  readonly feature?: Feature | ((context: Context) => Feature);
  /** Answered at once while a transfer runs, not after it. */
  readonly duringTransfer?: true;
  /** There only where the server speaks TLS. */
  readonly tls?: true;
  /** There only where the server has virtual hosts. */
  readonly hosts?: true;
  /** There only where this says so. */
  readonly when?: (policy: FtpPolicy) => boolean;
}

/** One line of FEAT, or several. */
export type Feature = string | readonly string[];

/** A row for a command that works before login. */
export interface OpenCommand extends CommandPolicy {
  /** Works before login. */
  readonly open: true;
  /** What the command does. */
  run(context: Context, argument: string): Result;
}

/** A row for a command that needs a login. */
export interface AccountCommand extends CommandPolicy {
  /** Needs a login. */
  readonly open?: never;
  /** What the command does. */
  run(context: AccountContext, argument: string): Result;
}

/** A row of the table. */
export type Command = OpenCommand | AccountCommand;

/** A table of commands, or a part of it. */
export type CommandTable = Readonly<Record<string, Command>>;

/** Every command the server knows. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map(
  Object.entries<Command>({
    ...accessCommands,
    ...securityCommands,
    ...parameterCommands,
    ...optionCommands,
    ...rangeCommands,
    ...dataPortCommands,
    ...transferCommands,
    ...listingCommands,
    ...fileCommands,
    ...factCommands,
    ...hashCommands,
    ...spaceCommands,
    ...joinCommands,
    ...informationCommands,
    ...helpCommands(() => COMMANDS),
    SITE: siteCommand,
  }),
);

/**
 * Verbs of HTTP and SMTP. A browser that is lured into talking to this server
 * sends requests that hold FTP commands further down: they must not be heard.
 */
const FOREIGN = new Set(
  ("GET POST PUT HEAD OPTIONS CONNECT TRACE PATCH DELETE PRI PROPFIND " +
    "EHLO HELO LHLO MAIL RCPT DATA BDAT VRFY EXPN RSET STARTTLS").split(" "),
);

/** Replies to what file systems refuse. */
const FS_REPLY_CODES: Record<FsErrorKind, number> = {
  "not-found": 550,
  "exists": 550,
  "not-directory": 550,
  "is-directory": 550,
  "not-empty": 550,
  "permission": 550,
  "bad-name": 553,
  "bad-offset": 554,
  "no-space": 452,
  "too-large": 552,
  "over-quota": 552,
  "unsupported": 504,
  "io": 451,
};

/** The reply to a file system that said no. */
export function fsErrorReply({ kind, message }: FsError): Reply {
  return reply(FS_REPLY_CODES[kind], message);
}

/**
 * Runs one command through the gates, in this order: verb, argument, login,
 * then the command itself. Whatever happens there is an outcome.
 *
 * @example
 * ```ts
 * import { dispatch } from "./commands.ts";
 * import { newSession } from "./session.ts";
 * const session = newSession(1, { remote: "127.0.0.1", local: "127.0.0.1" });
 * const context = { session } as Parameters<typeof dispatch>[1];
 * const outcome = await dispatch({ verb: "CWD", argument: "/" }, context);
 * console.assert("code" in outcome && outcome.code === 530);
 * ```
 */
export async function dispatch(
  { verb, argument, problem }: CommandLine,
  context: Context,
): Promise<Outcome> {
  if (FOREIGN.has(verb)) return foreign(verb, context);
  const row = COMMANDS.get(verb);
  const command = row && isOffered(row, context.policy) ? row : undefined;
  if (problem !== undefined) {
    return reply(command === undefined ? 500 : 501, problem);
  }
  if (command === undefined) return unknown(verb);
  const wrong = argumentProblem(command, argument);
  if (wrong !== null) return reply(501, `Syntax error: command ${wrong}.`);
  const { pending } = context.session;
  // They count for the very next command (RFC 959 section 4.1.3).
  const isForgotten = (pending?.for === "new-name" && verb !== "RNTO") ||
    (pending?.for === "copy" && verb !== "SITE");
  if (isForgotten) context.session.pending = null;
  try {
    const outcome = await run(command, context, argument);
    if (!("end" in outcome)) return outcome;
    return await throughMode(outcome, context.session, context.policy);
  } catch (error) {
    return errorReply(error, verb, context);
  }
}

function run(command: Command, context: Context, argument: string): Result {
  if (command.open) return command.run(context, argument);
  const { account } = context.session;
  if (account === null) return reply(530, "Log in with USER and PASS first.");
  return command.run({ ...context, account }, argument);
}

function foreign(verb: string, { log }: Context): Reply {
  log.warn("foreign-protocol", { verb });
  return lastReply(421, "This is an FTP server; HTTP and SMTP end here.");
}

function unknown(verb: string): Reply {
  const why = whyRefused(verb);
  if (why !== null || COMMANDS.has(verb)) {
    const reason = why ?? "This server is set up without it.";
    return reply(502, `Command "${verb}" not implemented. ${reason}`);
  }
  return reply(500, `Command "${verb || "?"}" not understood.`);
}

function argumentProblem(
  { argument: wanted }: CommandPolicy,
  argument: string,
): string | null {
  if (wanted === "none" && argument !== "") return "does not accept arguments";
  if (wanted === "required" && argument === "") return "needs an argument";
  return null;
}

/**
 * The reply to whatever a command throws.
 *
 * @throws the signal's reason, when that is why.
 */
export function errorReply(
  error: unknown,
  verb: string,
  context: Pick<Context, "log" | "signal">,
): Reply {
  if (error instanceof FsError) {
    tellTrouble(error, verb, context.log);
    return fsErrorReply(error);
  }
  if (error instanceof DataPortError) return error.reply;
  context.signal.throwIfAborted();
  const reason = error instanceof Error ? error.stack : String(error);
  context.log.error("internal-error", { verb, reason });
  return reply(451, "Requested action aborted: internal error.");
}

/** What is the administrator's matter, and what the client is not told. */
function tellTrouble({ kind, cause }: FsError, verb: string, log: Log): void {
  const reason = String(cause);
  if (kind === "io") log.error("file-system-error", { verb, reason });
  // What an account may not do has no cause: here the system said no.
  if (kind === "permission" && cause !== undefined) {
    log.warn("system-refused", { verb, reason });
  }
}
