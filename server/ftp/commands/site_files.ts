/**
 * SITE commands on files and folders: CHMOD CHGRP UTIME MKDIR RMDIR SYMLINK,
 * and UMASK.
 *
 * @module
 */

import { resolvePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { parseTime } from "../../../lib/ftp/time.ts";
import { splitWords } from "../../../lib/ftp/words.ts";
import type { AccountContext } from "../session.ts";
import { isId } from "./facts.ts";
import { makeDirectory, removeDirectory } from "./files.ts";
import type { SiteCommand } from "./site.ts";

/** SITE commands on files and folders. */
export const siteFileCommands: Readonly<Record<string, SiteCommand>> = {
  CHMOD: {
    help: "CHMOD <SP> mode <SP> name: set permission bits",
    run: changeMode,
  },
  CHGRP: {
    help: "CHGRP <SP> number <SP> name: set the group",
    run: changeGroup,
  },
  UMASK: {
    help: "UMASK [<SP> mask]: choose bits that uploads do not get",
    run: setUmask,
  },
  UTIME: {
    help: "UTIME <SP> YYYYMMDDhhmmss <SP> name: set the time of modification",
    run: setTime,
  },
  MKDIR: {
    help: "MKDIR <SP> folder: make a folder, as MKD does",
    run: (context, name) => asTwin(makeDirectory, "MKDIR", context, name),
  },
  RMDIR: {
    help: "RMDIR <SP> folder: remove an empty folder, as RMD does",
    run: (context, name) => asTwin(removeDirectory, "RMDIR", context, name),
  },
  SYMLINK: {
    help: 'SYMLINK <SP> "target" <SP> "name": make a symbolic link',
    run: makeLink,
  },
};

/** Does what a standard command does, with SITE's kind of reply. */
async function asTwin(
  twin: (context: AccountContext, name: string) => Promise<Reply>,
  verb: string,
  context: AccountContext,
  name: string,
): Promise<Reply> {
  if (name === "") return reply(501, `Invalid SITE ${verb} format.`);
  const said = await twin(context, name);
  return said.code < 300 ? reply(200, `SITE ${verb} successful.`) : said;
}

async function changeMode(
  { account, session }: AccountContext,
  argument: string,
): Promise<Reply> {
  const match = /^([0-7]{1,4}) (.+)$/s.exec(argument);
  if (match === null) return reply(501, "Invalid SITE CHMOD format.");
  const path = resolvePath(session.directory, match[2]!);
  await account.fs.setMode(path, parseInt(match[1]!, 8) & 0o777);
  return reply(200, "SITE CHMOD successful.");
}

async function changeGroup(
  { account, session }: AccountContext,
  argument: string,
): Promise<Reply> {
  const [, group = "", name = ""] = /^(\S+) (.+)$/s.exec(argument) ?? [];
  if (name === "") return reply(501, "Invalid SITE CHGRP format.");
  if (!isId(group)) return reply(501, "Say the group by its number.");
  const path = resolvePath(session.directory, name);
  await account.fs.setGroup(path, Number(group));
  return reply(200, "SITE CHGRP successful.");
}

async function makeLink(
  { account, session: { directory }, log }: AccountContext,
  argument: string,
): Promise<Reply> {
  const [target, path, ...more] = splitWords(argument)
    ?.map(({ text }) => resolvePath(directory, text)) ?? [];
  if (target === undefined || path === undefined || more.length > 0) {
    return reply(501, "Invalid SITE SYMLINK format.");
  }
  await account.fs.makeLink(path, target);
  log.info("linked", { path, target });
  return reply(200, "SITE SYMLINK successful.");
}

function setUmask({ session }: AccountContext, argument: string): Reply {
  const shown = (mask: number) => mask.toString(8).padStart(3, "0");
  if (argument === "") {
    const { umask } = session;
    return reply(
      200,
      umask === null
        ? "The server's own UMASK is in force."
        : `Current UMASK is ${shown(umask)}.`,
    );
  }
  if (!/^0?[0-7]{1,3}$/.test(argument)) {
    return reply(501, "Invalid SITE UMASK format.");
  }
  session.umask = parseInt(argument, 8);
  return reply(200, `UMASK set to ${shown(session.umask)}.`);
}

/** Two forms are in use: `time name`, and `name atime mtime ctime UTC`. */
async function setTime(
  { account, session }: AccountContext,
  argument: string,
): Promise<Reply> {
  const long = /^(.+) \d{12,14} (\d{12,14}) \d{12,14} UTC$/is.exec(argument);
  const short = /^(\d{12,14}) (.+)$/s.exec(argument);
  const [name, time] = long !== null
    ? [long[1]!, long[2]!]
    : short !== null
    ? [short[2]!, short[1]!]
    : ["", ""];
  const modified = parseTime(time.padEnd(14, "0"));
  if (name === "") return reply(501, "Invalid SITE UTIME format.");
  if (modified === null) return reply(501, "Invalid time format.");
  const path = resolvePath(session.directory, name);
  await account.fs.setModified(path, modified);
  return reply(200, "SITE UTIME successful.");
}
