/**
 * Facts of files that clients set: MFMT MFCT MFF (draft-somers-ftp-mfxx).
 *
 * @module
 */

import { resolvePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { formatTime, parseTime } from "../../../lib/ftp/time.ts";
import type { FileSystem } from "../../fs/file_system.ts";
import type { CommandTable } from "../commands.ts";
import type { AccountContext } from "../session.ts";

/** Commands that set facts. */
export const factCommands: CommandTable = {
  MFMT: {
    argument: "required",
    help: "MFMT <SP> YYYYMMDDHHMMSS <SP> name: set the time of modification",
    feature: "MFMT",
    run: (context, argument) => setTime(context, "Modify", argument),
  },
  MFCT: {
    argument: "required",
    help: "MFCT <SP> YYYYMMDDHHMMSS <SP> name: set the time of creation",
    run: (context, argument) => setTime(context, "Create", argument),
  },
  MFF: {
    argument: "required",
    help: "MFF <SP> fact=value;... <SP> name: set facts of a file",
    feature: "MFF modify;UNIX.mode;UNIX.group;",
    run: setFacts,
  },
};

/** How one fact is set: what does it, or `null` for a value without sense. */
type Setter = (fs: FileSystem, value: string) =>
  | ((path: string) => Promise<void>)
  | null;

const SETTERS: ReadonlyMap<string, { name: string; set: Setter }> = new Map([
  fact("Modify", timeSetter((fs) => fs.setModified)),
  fact("Create", timeSetter((fs) => fs.setCreated)),
  fact("UNIX.mode", (fs, value) => {
    if (!/^[0-7]{3,5}$/.test(value)) return null;
    return (path) => fs.setMode(path, parseInt(value, 8) & 0o777);
  }),
  fact("UNIX.group", (fs, value) => {
    if (!isId(value)) return null;
    return (path) => fs.setGroup(path, Number(value));
  }),
]);

function fact(
  name: string,
  set: Setter,
): [string, { name: string; set: Setter }] {
  return [name.toLowerCase(), { name, set }];
}

function timeSetter(
  method: (fs: FileSystem) => (path: string, time: Date) => Promise<void>,
): Setter {
  return (fs, value) => {
    const time = parseTime(value);
    return time && ((path) => method(fs).call(fs, path, time));
  };
}

/** Whether a text is the number of a user or group. */
export function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 - 1;
}

async function setTime(
  { account, session }: AccountContext,
  name: "Modify" | "Create",
  argument: string,
): Promise<Reply> {
  const space = argument.indexOf(" ");
  if (space < 0) return reply(501, "Syntax error: needs a time and a name.");
  const time = parseTime(argument.slice(0, space));
  const { set } = SETTERS.get(name.toLowerCase())!;
  const change = set(account.fs, argument.slice(0, space));
  if (time === null || change === null) {
    return reply(501, "Invalid time format.");
  }
  const path = resolvePath(session.directory, argument.slice(space + 1));
  await change(path);
  return reply(213, `${name}=${formatTime(time)}; ${path}`);
}

/** Looks at all facts before it sets the first. */
async function setFacts(
  { account, session }: AccountContext,
  argument: string,
): Promise<Reply> {
  const [, facts, name] = /^((?:[^ =;]+=[^ ;]*;)+) (.+)$/s.exec(argument) ?? [];
  if (facts === undefined || name === undefined) {
    return reply(501, "Syntax error: needs fact=value; and a name.");
  }
  const path = resolvePath(session.directory, name);
  const changes: ((path: string) => Promise<void>)[] = [];
  const told: string[] = [];
  for (const [what = "", value = ""] of pairs(facts)) {
    const known = SETTERS.get(what.toLowerCase());
    if (known === undefined) return reply(504, `Cannot set fact ${what}.`);
    const change = known.set(account.fs, value);
    if (change === null) return reply(501, `Invalid value of ${known.name}.`);
    changes.push(change);
    told.push(`${known.name}=${value};`);
  }
  for (const change of changes) await change(path);
  return reply(213, `${told.join("")} ${path}`);
}

function pairs(facts: string): string[][] {
  return facts.split(";").slice(0, -1).map((pair) => pair.split("="));
}
