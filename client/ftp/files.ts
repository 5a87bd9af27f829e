/**
 * What can be asked of, and done to, one name on the server: SIZE and MDTM
 * (RFC 3659), MLST, DELE, RNFR and RNTO (RFC 959), MFMT, SITE CHMOD and UTIME.
 *
 * @module
 */

import { parseFacts } from "../../lib/ftp/facts_parser.ts";
import { baseName } from "../../lib/ftp/path.ts";
import { parseModified, parseSize } from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { formatTime } from "../../lib/ftp/time.ts";
import { visible } from "../../lib/visible.ts";
import { withoutEnd } from "../../lib/without_end.ts";
import { type Command, pathArgument } from "./command_text.ts";
import { accepted, type Turn } from "./control.ts";
import { FtpError, ProtocolError } from "./errors.ts";
import { listEntries, type ListEntry } from "./listing.ts";
import {
  type FtpSession,
  isUnknownCommand,
  perform,
  type TimeMethod,
} from "./session.ts";
import { chooseType } from "./transfer.ts";
import { unlessAborted } from "./unless_aborted.ts";

/**
 * Bytes of a file, as it would be sent without conversion.
 *
 * @throws {FtpError} when the server does not say.
 * @throws {ProtocolError} when it says what is no size.
 */
export async function sizeOf(
  session: FtpSession,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const command = { verb: "SIZE", argument: pathArgument(path) };
  const { lines } = await session.control.turn(async (turn) => {
    await chooseType(session, turn, "I");
    return accepted(command, await turn.askLast(command));
  }, signal);
  return parseSize(lines.join(" ")) ?? nonsense("size", path, lines);
}

/**
 * When a file was last modified.
 *
 * @throws {FtpError} when the server does not say.
 * @throws {ProtocolError} when it says what is no time.
 */
export async function modifiedOf(
  session: FtpSession,
  path: string,
  signal: AbortSignal,
): Promise<Date> {
  const command = { verb: "MDTM", argument: pathArgument(path) };
  const { lines } = await perform(session, command, signal);
  return parseModified(lines.join(" ")) ?? nonsense("time", path, lines);
}

function nonsense(
  what: string,
  path: string,
  lines: readonly string[],
): never {
  const said = lines.join(" ").slice(0, 60);
  throw new ProtocolError(
    visible(`The server's ${what} of ${path} makes no sense: ${said}`),
  );
}

/** What `ask` gives, or `null` when the server does not know or say it. */
export async function ifKnown<T>(
  session: FtpSession,
  verb: "SIZE" | "MDTM",
  ask: () => Promise<T>,
): Promise<T | null> {
  if (session.unknown.has(verb)) return null;
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ProtocolError && session.control.closed === null) {
      return null;
    }
    if (!(error instanceof FtpError) || error.transient) throw error;
    if (isUnknownCommand(error)) session.unknown.add(verb);
    return null;
  }
}

/**
 * The entry of one name; `null` when there is none. Without MLST it is looked
 * for in the listing of its folder.
 *
 * @throws {FtpError} when the server refuses otherwise than by code 550.
 */
export async function statOf(
  session: FtpSession,
  path: string,
  signal: AbortSignal,
): Promise<ListEntry | null> {
  if (session.machineListings) {
    const command = { verb: "MLST", argument: pathArgument(path) };
    const reply = await session.control.ask(command, signal);
    if (reply.code === 550) return null;
    if (reply.code < 300) return factsEntry(path, reply);
    const error = new FtpError(`MLST ${path}`, reply);
    if (!isUnknownCommand(error)) throw error;
  }
  return await lookedUp(session, path, signal);
}

function factsEntry(path: string, { lines }: Reply): ListEntry | null {
  for (const line of lines.slice(1, -1)) {
    const facts = parseFacts(line);
    if (facts === null) continue;
    const { kind: _, ...entry } = facts;
    return { ...entry, name: baseName(trimmed(path)), path };
  }
  throw new ProtocolError(`The server's reply to MLST has no facts`);
}

async function lookedUp(
  session: FtpSession,
  path: string,
  signal: AbortSignal,
): Promise<ListEntry | null> {
  const wanted = trimmed(path);
  const name = baseName(wanted);
  if (name === "") return rootEntry(path);
  const options = { hidden: name.startsWith("."), signal };
  try {
    const folder = folderOf(wanted);
    for await (const entry of listEntries(session, folder, options)) {
      if (entry.name === name) return { ...entry, path };
    }
  } catch (error) {
    if (!(error instanceof FtpError) || error.code !== 550) throw error;
  }
  return null;
}

function rootEntry(path: string): ListEntry {
  return { name: "", path, type: "directory", size: null, modified: null };
}

/** A path without the slashes at its end. */
function trimmed(path: string): string {
  return withoutEnd(path, "/");
}

/** The folder a path is in; empty for the current one. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash) || "/";
}

/**
 * Gives a file or folder another name, in one turn.
 *
 * @throws {FtpError} when the server refuses.
 */
export async function rename(
  session: FtpSession,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const first = { verb: "RNFR", argument: pathArgument(from) };
  const second = { verb: "RNTO", argument: pathArgument(to) };
  session.control.check(second);
  await session.control.turn(async (turn) => {
    accepted(first, await turn.ask(first));
    accepted(second, await turn.askLast(second));
  }, signal);
}

/** How each method says it; `time` is in the form of RFC 3659. */
const TIME_COMMANDS: Readonly<
  Record<TimeMethod, (path: string, time: string) => Command>
> = {
  "MFMT": (path, time) => ({ verb: "MFMT", argument: `${time} ${path}` }),
  "SITE UTIME": (path, time) => ({
    verb: "SITE",
    argument: `UTIME ${time} ${path}`,
  }),
  "MDTM": (path, time) => ({ verb: "MDTM", argument: `${time} ${path}` }),
};

/**
 * Sets the time of last modification, to the second: by MFMT, else by SITE
 * UTIME, else by the form of MDTM that some servers know.
 *
 * @throws {FtpError} when the server knows none of them, or refuses.
 */
export async function setModified(
  session: FtpSession,
  path: string,
  time: Date,
  signal: AbortSignal,
): Promise<void> {
  const task = (turn: Turn) => setModifiedIn(turn, session, path, time);
  await unlessAborted(session.control.turn(task, signal), signal);
}

/** The same in a turn, which sends nothing more once the way is known. */
export async function setModifiedIn(
  turn: Turn,
  session: Pick<FtpSession, "unknown" | "timeMethod">,
  path: string,
  time: Date,
): Promise<void> {
  const text = formatTime(time);
  const methods = (Object.keys(TIME_COMMANDS) as TimeMethod[])
    .filter((method) => !session.unknown.has(`set by ${method}`));
  const last = methods.at(-1);
  for (const method of methods) {
    const command = TIME_COMMANDS[method](pathArgument(path), text);
    const isKnown = method === session.timeMethod;
    const reply = await (isKnown ? turn.askLast(command) : turn.ask(command));
    if (reply.code < 400) {
      session.timeMethod = method;
      return;
    }
    const isUnknown = isUnknownCommand(new FtpError(method, reply));
    if (isUnknown) session.unknown.add(`set by ${method}`);
    const other = isUnknown || method === "SITE UTIME";
    if (isKnown || !other || method === last) {
      throw new FtpError(`${method} ${path}`, reply);
    }
  }
}
