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
import type { ListOptions } from "../../../lib/ftp/list_options.ts";
import { joinPath, quotePath, resolvePath } from "../../../lib/ftp/path.ts";
import { reply } from "../../../lib/ftp/reply.ts";
import { textSource } from "../../../lib/text_source.ts";
import { type Entry, FsError } from "../../fs/file_system.ts";
import type { CommandTable } from "../commands.ts";
import { type Item, mayDescribe, withoutDots } from "../listing/folder_view.ts";
import { select } from "../listing/select.ts";
import type { AccountContext, Outcome } from "../session.ts";
import { takeRestart } from "./ranges.ts";
import { NO_DATA_PORT } from "./transfers.ts";

/**
 * Characters of a listing that are sent together: half of the shortest buffer
 * of a transfer, so that a listing never takes a long one.
 */
const PIECE = 1 << 14;

/** Commands that tell what is there. */
export const listingCommands: CommandTable = {
  LIST: {
    argument: "optional",
    help: "LIST [<SP> options] [<SP> name or pattern]: list as ls -l does",
    async run(context, argument) {
      const selection = await select(context, argument);
      const now = context.policy.now();
      const { options } = selection;
      const line = (item: Item) => longLine(item, options, now);
      const text = textOf(selection.items, line);
      return sendText(context, { ...selection, verb: "LIST", text });
    },
  },
  NLST: {
    argument: "optional",
    help: "NLST [<SP> options] [<SP> name or pattern]: list names",
    async run(context, argument) {
      const selection = await select(context, argument);
      const { options } = selection;
      const text = textOf(selection.items, (item) => nameLine(item, options));
      return sendText(context, { ...selection, verb: "NLST", text });
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
      const line = (entry: Entry) => {
        const rights = fs.rights(joinPath(path, entry.name));
        return `${factsLine(entry, facts, rights)}\r\n`;
      };
      const text = textOf(entries, line);
      return sendText(context, { verb: "MLSD", path, text });
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

/** A listing: what about, its text, and how to end its making. */
interface Listing {
  readonly verb: string;
  readonly path: string;
  readonly text: AsyncIterable<string>;
  readonly stop?: () => void;
}

function sendText(
  { session }: AccountContext,
  { verb, path, text, stop = () => {} }: Listing,
): Outcome {
  takeRestart(session);
  if (session.dataPort === null) return NO_DATA_PORT;
  return {
    end: { send: { ...textSource(text), stop } },
    verb,
    path,
    opening: "Here comes the directory listing.",
    done: "Directory send OK.",
  };
}

/**
 * The lines of all these things in pieces, so that not every line has to be
 * waited for, and none waits long for others.
 */
async function* textOf<T>(
  things: AsyncIterable<T>,
  lineOf: (thing: T) => string,
): AsyncGenerator<string> {
  let piece = "";
  for await (const thing of things) {
    piece += lineOf(thing);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** The line of `ls -l`; a heading has an empty line in front. */
function longLine(
  { entry, shown }: Item,
  { signs }: ListOptions,
  now: number,
): string {
  if (entry === null) return `\r\n${shown}\r\n`;
  const sign = signs && entry.link === undefined ? signOf(entry) : "";
  const name = `${shown}${sign}`;
  const named = name === entry.name ? entry : { ...entry, name };
  return `${listLine(named, now)}\r\n`;
}

/** The name, which can be used as it is; no headings between names. */
function nameLine({ entry, name }: Item, { signs }: ListOptions): string {
  if (entry === null) return "";
  return `${name}${signs ? signOf(entry) : ""}\r\n`;
}

/** The sign that `ls -F` puts behind a name. */
function signOf({ type, link, mode }: Entry): string {
  if (link !== undefined) return "@";
  if (type === "directory") return "/";
  return type === "file" && (mode & 0o111) !== 0 ? "*" : "";
}
