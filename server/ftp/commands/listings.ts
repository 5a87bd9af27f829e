/**
 * Listings: LIST NLST (RFC 959 section 4.1.3), MLSD MLST (RFC 3659 section 7).
 *
 * @module
 */

import {
  DEFAULT_FACTS,
  FACTS,
  factsLine,
  listLine,
} from "../../../lib/ftp/listing.ts";
import { joinPath, quotePath, resolvePath } from "../../../lib/ftp/path.ts";
import { reply } from "../../../lib/ftp/reply.ts";
import { textSource } from "../../../lib/text_source.ts";
import { type Entry, FsError } from "../../fs/file_system.ts";
import type { CommandTable } from "../commands.ts";
import { mayDescribe, withoutDots } from "../listing/folder_view.ts";
import { select, type Selection } from "../listing/select.ts";
import type { AccountContext, Outcome } from "../session.ts";
import { takeRestart } from "./ranges.ts";
import { NO_DATA_PORT } from "./transfers.ts";

/** Commands that tell what is there. */
export const listingCommands: CommandTable = {
  LIST: {
    argument: "optional",
    help: "LIST [<SP> options] [<SP> name or pattern]: list as ls -l does",
    async run(context, argument) {
      const selection = await select(context, argument);
      const now = context.policy.now();
      const lines = longLines(selection, now);
      return sendText(context, { ...selection, verb: "LIST", lines });
    },
  },
  NLST: {
    argument: "optional",
    help: "NLST [<SP> options] [<SP> name or pattern]: list names",
    async run(context, argument) {
      const selection = await select(context, argument);
      const lines = nameLines(selection);
      return sendText(context, { ...selection, verb: "NLST", lines });
    },
  },
  MLSD: {
    argument: "optional",
    help: "MLSD [<SP> folder]: list a folder for programs",
    async run(context, argument) {
      const { account: { fs }, session, policy } = context;
      const path = resolvePath(session.directory, argument);
      const { type } = await fs.stat(path);
      if (type !== "directory") {
        return reply(501, "MLSD is for directories; use MLST.");
      }
      const all = await fs.list(path);
      const entries = policy.dotfiles === "hide" ? withoutDots(all) : all;
      const { facts } = session;
      const line = (entry: Entry) =>
        factsLine(entry, facts, fs.rights(joinPath(path, entry.name)));
      const lines = factLines(entries, line);
      return sendText(context, { verb: "MLSD", path, lines });
    },
  },
  MLST: {
    argument: "optional",
    help: "MLST [<SP> name]: describe one file or folder for programs",
    feature: mlstFeature(),
    async run({ account: { fs }, session }, argument) {
      const path = resolvePath(session.directory, argument);
      if (!await mayDescribe(fs, path)) throw new FsError("permission");
      const entry = { ...await fs.stat(path), name: path };
      const line = factsLine(entry, session.facts, fs.rights(path));
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

/** A listing: what about, its lines, and how to end its making. */
interface Listing {
  readonly verb: string;
  readonly path: string;
  readonly lines: AsyncIterable<string>;
  readonly stop?: () => void;
}

function sendText(
  { session }: AccountContext,
  { verb, path, lines, stop = () => {} }: Listing,
): Outcome {
  takeRestart(session);
  if (session.dataPort === null) return NO_DATA_PORT;
  return {
    end: { send: { ...textSource(lines), stop } },
    verb,
    path,
    opening: "Here comes the directory listing.",
    done: "Directory send OK.",
  };
}

/**
 * The lines of `ls -l` for a selection, with their ends; a heading has an empty
 * line in front.
 */
async function* longLines(
  { items, options }: Selection,
  now: number,
): AsyncGenerator<string> {
  for await (const { entry, shown } of items) {
    if (entry === null) {
      yield `\r\n${shown}\r\n`;
      continue;
    }
    const sign = options.signs && entry.link === undefined ? signOf(entry) : "";
    const name = `${shown}${sign}`;
    const named = name === entry.name ? entry : { ...entry, name };
    yield `${listLine(named, now)}\r\n`;
  }
}

/** The names, which all can be used as they are; no headings between them. */
async function* nameLines(
  { items, options }: Selection,
): AsyncGenerator<string> {
  for await (const { entry, name } of items) {
    const sign = entry !== null && options.signs ? signOf(entry) : "";
    if (entry !== null) yield `${name}${sign}\r\n`;
  }
}

async function* factLines(
  entries: AsyncIterable<Entry>,
  line: (entry: Entry) => string,
): AsyncGenerator<string> {
  for await (const entry of entries) yield `${line(entry)}\r\n`;
}

/** The sign that `ls -F` puts behind a name. */
function signOf({ type, link, mode }: Entry): string {
  if (link !== undefined) return "@";
  if (type === "directory") return "/";
  return type === "file" && (mode & 0o111) !== 0 ? "*" : "";
}
