/**
 * Listings: LIST NLST (RFC 959 section 4.1.3), MLSD MLST (RFC 3659 section 7).
 *
 * @module
 */

import { globMatcher, isGlob } from "../../../lib/glob.ts";
import {
  DEFAULT_FACTS,
  FACTS,
  factsLine,
  listLine,
} from "../../../lib/ftp/listing.ts";
import {
  baseName,
  parentPath,
  quotePath,
  resolvePath,
} from "../../../lib/ftp/path.ts";
import { reply } from "../../../lib/ftp/reply.ts";
import { textSource } from "../../../lib/text_source.ts";
import { type Entry, FsError } from "../../fs/file_system.ts";
import type { CommandTable } from "../commands.ts";
import type { AccountContext, Outcome } from "../session.ts";
import { NO_DATA_PORT, takeRestart } from "./transfers.ts";

/** Commands that tell what is there. */
export const listingCommands: CommandTable = {
  LIST: {
    argument: "optional",
    help: "LIST [<SP> name or pattern]: list a folder as ls -l does",
    async run(context, argument) {
      const now = context.policy.now();
      const { path, entries } = await select(context, argument);
      const lines = mapEntries(
        entries,
        (entry) => `${listLine(entry, now)}\r\n`,
      );
      return sendText(context, "LIST", path, lines);
    },
  },
  NLST: {
    argument: "optional",
    help: "NLST [<SP> name or pattern]: list the names in a folder",
    async run(context, argument) {
      const { path, prefix, entries } = await select(context, argument);
      const lines = mapEntries(entries, ({ name }) => `${prefix}${name}\r\n`);
      return sendText(context, "NLST", path, lines);
    },
  },
  MLSD: {
    argument: "optional",
    help: "MLSD [<SP> folder]: list a folder for programs",
    async run(context, argument) {
      const { account, session, policy } = context;
      const path = resolvePath(session.directory, argument);
      const { type } = await account.fs.stat(path);
      if (type !== "directory") {
        return reply(501, "MLSD is for directories; use MLST.");
      }
      const all = await account.fs.list(path);
      const entries = policy.dotfiles === "hide" ? withoutDots(all) : all;
      const { facts } = session;
      const lines = mapEntries(
        entries,
        (entry) => `${factsLine(entry, facts, account)}\r\n`,
      );
      return sendText(context, "MLSD", path, lines);
    },
  },
  MLST: {
    argument: "optional",
    help: "MLST [<SP> name]: describe one file or folder for programs",
    feature: mlstFeature(),
    async run({ account, session }, argument) {
      const path = resolvePath(session.directory, argument);
      const entry = await account.fs.stat(path);
      const line = factsLine({ ...entry, name: path }, session.facts, account);
      return reply(250, `Listing ${quotePath(path)}:`, ` ${line}`, "End.");
    },
  },
};

function mlstFeature(): string {
  const facts = FACTS.map((fact) =>
    `${fact}${DEFAULT_FACTS.includes(fact) ? "*" : ""};`
  );
  return `MLST ${facts.join("")}`;
}

/** What a listing command is about. */
export interface Selection {
  /** The folder or file. */
  path: string;
  /**
   * What NLST puts in front of names, so that they can be used as they are
   * (RFC 1123 section 4.1.2.7): the folder part of a file or pattern.
   */
  prefix: string;
  /** The entries, sorted by name. */
  entries: AsyncIterable<Entry>;
}

/**
 * What the argument of LIST, NLST and STAT selects: a folder's entries, one
 * file, or those of a folder that match a pattern in its last component.
 * Options of `ls` in front are taken off; only `-a` means something.
 */
export async function select(
  context: AccountContext,
  argument: string,
): Promise<Selection> {
  const { account: { fs }, session, policy } = context;
  const { flags, name } = splitFlags(argument);
  const dots = policy.dotfiles === "show" ||
    (policy.dotfiles === "ls" && flags.includes("a"));
  const shown = (entries: AsyncIterable<Entry>) =>
    dots ? entries : withoutDots(entries);
  const path = resolvePath(session.directory, name);
  const entry = await fs.stat(path).catch((error) => {
    if (isGlob(baseName(name)) && isNotFound(error)) return null;
    throw error;
  });
  if (entry?.type === "directory") {
    const entries = await fs.list(path, { sorted: true });
    return { path, prefix: "", entries: shown(entries) };
  }
  if (entry !== null) {
    return { path, prefix: before(entry.name, name), entries: only(entry) };
  }
  const all = await fs.list(parentPath(path), { sorted: true });
  const pattern = baseName(name);
  const isWanted = globMatcher(pattern);
  return {
    path,
    prefix: before(pattern, name),
    entries: filterEntries(shown(all), ({ name }) => isWanted(name)),
  };
}

/** What stands in `name` before its last component. */
function before(last: string, name: string): string {
  return name.endsWith(last) ? name.slice(0, name.length - last.length) : "";
}

/** `-la -t some name` is the options `lat` and the name `some name`. */
function splitFlags(argument: string): { flags: string; name: string } {
  const match = /^((?:-[A-Za-z1]+(?: +|$))*)(.*)$/s.exec(argument)!;
  return { flags: match[1]!, name: match[2]! };
}

function isNotFound(error: unknown): boolean {
  return error instanceof FsError && error.kind === "not-found";
}

function sendText(
  { session }: AccountContext,
  verb: string,
  path: string,
  lines: AsyncIterable<string>,
): Outcome {
  takeRestart(session);
  if (session.dataPort === null) return NO_DATA_PORT;
  return {
    end: { send: textSource(lines) },
    verb,
    path,
    opening: "Here comes the directory listing.",
    done: "Directory send OK.",
  };
}

function withoutDots(entries: AsyncIterable<Entry>): AsyncIterable<Entry> {
  return filterEntries(entries, ({ name }) => !name.startsWith("."));
}

async function* only(entry: Entry): AsyncIterable<Entry> {
  yield await Promise.resolve(entry);
}

async function* filterEntries(
  entries: AsyncIterable<Entry>,
  keep: (entry: Entry) => boolean,
): AsyncIterable<Entry> {
  for await (const entry of entries) if (keep(entry)) yield entry;
}

async function* mapEntries(
  entries: AsyncIterable<Entry>,
  line: (entry: Entry) => string,
): AsyncIterable<string> {
  for await (const entry of entries) yield line(entry);
}
