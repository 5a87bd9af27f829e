/**
 * Listings: MLSD where it is offered (RFC 3659 section 7), LIST in any dialect
 * elsewhere, one entry at a time.
 *
 * @module
 */

import { parseFacts } from "../../lib/ftp/facts_parser.ts";
import { decodeText } from "../../lib/ftp/charset.ts";
import {
  createListParser,
  type RemoteEntry,
} from "../../lib/ftp/list_parser.ts";
import type { Bytes, Source } from "../../lib/bytes.ts";
import { LineFloodError, LineReader } from "../../lib/lines.ts";
import { type Command, pathArgument } from "./command_text.ts";
import { FtpError, NetworkError, ProtocolError } from "./errors.ts";
import { type FtpSession, isUnknownCommand } from "./session.ts";
import { Spool } from "./spool.ts";
import { transfer } from "./transfer.ts";

/** An entry of a folder on the server. */
export interface ListEntry extends RemoteEntry {
  /**
   * The listed folder and the name: what other methods take. A hostile name
   * makes a hostile path: see {@linkcode isPlainName}.
   */
  path: string;
  /** What the account may do, as letters of RFC 3659 section 7.5.5. */
  perm?: string;
}

/** Options for {@linkcode listEntries}. */
export interface ListOptions {
  /** Also names with a leading dot, where LIST hides them. @default {false} */
  hidden?: boolean;
  /**
   * The lines of this command as the server sends them, each an entry's
   * `unparsed`. @default listings are read
   */
  lines?: "LIST" | "NLST";
  /** Entries that are too many. @default {10000000} */
  maxEntries?: number;
  /** Cancels the listing. */
  signal?: AbortSignal | undefined;
}

/** A line is at most 8 KiB; a longer one is reported, an endless one fatal. */
const LIMITS = { maxLength: 8192, maxSkipped: 1 << 20 };
/** Bytes that may wait, and that may wait while commands are given. */
const SPOOL = { high: 1 << 18, most: 64 << 20 };
const LF = 10;

/**
 * Lists a folder. What the server sends is read as it is asked for, unless
 * another command waits. Stopping early cancels the transfer.
 *
 * @param path The folder; empty for the current one.
 * @throws {FtpError} when the server refuses.
 * @throws {ProtocolError} when the listing has no end.
 */
export async function* listEntries(
  session: FtpSession,
  path: string,
  options: ListOptions = {},
): AsyncGenerator<ListEntry> {
  const { maxEntries = 10_000_000 } = options;
  let count = 0;
  for await (const entry of anyListing(session, path, options)) {
    if (++count > maxEntries) {
      throw new ProtocolError(
        `The listing has more than ${maxEntries} entries`,
      );
    }
    yield { ...entry, path: pathIn(path, entry.name) };
  }
}

async function* anyListing(
  session: FtpSession,
  path: string,
  options: ListOptions,
): AsyncGenerator<RemoteEntry> {
  if (options.lines !== undefined) {
    return yield* unreadLines(session, path, options);
  }
  if (session.machineListings) {
    let told = false;
    try {
      for await (const entry of machineListing(session, path, options)) {
        told = true;
        yield entry;
      }
      return;
    } catch (error) {
      if (told || !isUnknownCommand(error)) throw error;
      // 501 is about the path: it is a file (RFC 3659 section 7.2.1).
      session.machineListings = error instanceof FtpError &&
        error.code === 501;
    }
  }
  yield* plainListing(session, path, options);
}

async function* machineListing(
  session: FtpSession,
  path: string,
  { signal }: ListOptions,
): AsyncGenerator<RemoteEntry> {
  const command = { verb: "MLSD", argument: argumentOf(path) };
  for await (const line of linesOf(session, command, "I", signal)) {
    const parsed = line === null ? null : parseFacts(line);
    if (parsed === null) {
      if (line !== "") yield unreadable(line);
      continue;
    }
    const { kind, ...entry } = parsed;
    if (kind !== "cdir" && kind !== "pdir") yield entry;
  }
}

async function* unreadLines(
  session: FtpSession,
  path: string,
  { lines: verb = "LIST", hidden = false, signal }: ListOptions,
): AsyncGenerator<RemoteEntry> {
  const command = { verb, argument: plainArgument(path, hidden) };
  try {
    for await (const line of linesOf(session, command, "A", signal)) {
      if (line !== "") yield unreadable(line);
    }
  } catch (error) {
    if (!isEmptyFolder(error)) throw error;
  }
}

async function* plainListing(
  session: FtpSession,
  path: string,
  { hidden = false, signal }: ListOptions,
): AsyncGenerator<RemoteEntry> {
  const argument = plainArgument(path, hidden);
  const parser = createListParser({ now: () => Date.now() });
  try {
    const command = { verb: "LIST", argument };
    for await (const line of linesOf(session, command, "A", signal)) {
      const entry = line === null ? unreadable(line) : parser.parse(line);
      if (entry !== null) yield entry;
    }
  } catch (error) {
    if (!isEmptyFolder(error)) throw error;
  }
  for (let entry; (entry = parser.flush()) !== null;) yield entry;
}

/** Some servers call an empty folder an error. */
function isEmptyFolder(error: unknown): boolean {
  return error instanceof FtpError && [450, 550].includes(error.code) &&
    /\bno (files|entries|members|data ?sets)\b/i.test(error.lines.join(" "));
}

function unreadable(line: string | null): RemoteEntry {
  const unparsed = line ?? `(a line of more than ${LIMITS.maxLength} bytes)`;
  return { name: "", type: "other", size: null, modified: null, unparsed };
}

/** Lines of a listing; `null` stands for one that was too long. */
async function* linesOf(
  session: FtpSession,
  command: Command,
  type: "A" | "I",
  signal: AbortSignal | undefined,
): AsyncGenerator<string | null> {
  const spool = new Spool(() => session.control.wanted, SPOOL);
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const job = { command, type, offset: 0, end: { receive: spool } };
  const done = transfer(session, job, either).then(
    () => spool.end(),
    (error) => {
      spool.end(error);
      if (either.aborted) closeIfMixed(session);
    },
  );
  try {
    const lines = new LineReader(withLastLf(spool), LIMITS);
    for (let line; (line = await lines.next()) !== null;) {
      yield line.tooLong ? null : decodeText(line.bytes, session.charset);
    }
  } catch (error) {
    if (!(error instanceof LineFloodError)) throw error;
    throw new ProtocolError("The listing has a line without end", {
      cause: error,
    });
  } finally {
    stop.abort(new DOMException("The listing was not wanted", "AbortError"));
    await done;
  }
}

/** Pure-FTPd puts the rest of a cancelled listing in front of the next one. */
function closeIfMixed({ control, greeting }: FtpSession): void {
  if (!/pure-?ftpd/i.test(greeting.lines.join(" "))) return;
  control.close(
    new NetworkError(
      "closed",
      "Pure-FTPd would mix up listings after a cancelled one; connection closed",
    ),
  );
}

/** A last line without a line end is one, too. */
function withLastLf(source: Pick<Source, "read">): Pick<Source, "read"> {
  let ended = false;
  return {
    async read(buffer: Bytes) {
      const count = ended ? null : await source.read(buffer);
      if (count !== null || ended) return count;
      ended = true;
      buffer[0] = LF;
      return 1;
    },
  };
}

function plainArgument(path: string, hidden: boolean): string | undefined {
  const words = [hidden ? "-a" : undefined, argumentOf(path)];
  return words.filter(Boolean).join(" ") || undefined;
}

function argumentOf(path: string): string | undefined {
  return path === "" ? undefined : pathArgument(path);
}

/** The path of a name in a folder; an empty folder is the current one. */
export function pathIn(folder: string, name: string): string {
  if (folder === "" || name === "") return `${folder}${name}`;
  return folder.endsWith("/") ? `${folder}${name}` : `${folder}/${name}`;
}

/**
 * Whether a name is one that a folder can hold: not empty, no dots alone, no
 * slash, no control character. Never use another to make a path.
 *
 * @example
 * ```ts
 * import { isPlainName } from "./listing.ts";
 * console.assert(isPlainName("-rf |x"));
 * console.assert(!isPlainName("../x") && !isPlainName(".."));
 * ```
 */
export function isPlainName(name: string): boolean {
  if (name === "" || name === "." || name === "..") return false;
  // deno-lint-ignore no-control-regex -- These are what it is about.
  return !/[/\x00-\x1f\x7f]/.test(name);
}
