/**
 * SITE (RFC 959 section 4.1.3): HELP, CHMOD, UMASK, UTIME.
 *
 * @module
 */

import { resolvePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { parseTime } from "../../../lib/ftp/time.ts";
import type { OpenCommand } from "../commands.ts";
import type { AccountContext } from "../session.ts";

interface SiteCommand {
  readonly help: string;
  run(context: AccountContext, argument: string): Reply | Promise<Reply>;
}

const SITE_COMMANDS: ReadonlyMap<string, SiteCommand> = new Map(Object.entries({
  CHMOD: {
    help: "CHMOD <SP> mode <SP> name: set permission bits",
    run: changeMode,
  },
  UMASK: {
    help: "UMASK [<SP> mask]: choose bits that uploads do not get",
    run: setUmask,
  },
  UTIME: {
    help: "UTIME <SP> YYYYMMDDhhmmss <SP> name: set the time of modification",
    run: setTime,
  },
}));

/** The SITE command. */
export const siteCommand: OpenCommand = {
  argument: "required",
  help: "SITE <SP> command: HELP, CHMOD, UMASK, UTIME",
  open: true,
  run(context, argument) {
    const space = argument.indexOf(" ");
    const verb = (space < 0 ? argument : argument.slice(0, space))
      .toUpperCase();
    if (verb === "HELP") return help();
    const command = SITE_COMMANDS.get(verb);
    if (command === undefined) {
      return reply(500, `SITE command "${verb}" not understood.`);
    }
    const { account } = context.session;
    if (account === null) {
      return reply(530, "Log in with USER and PASS first.");
    }
    const rest = space < 0 ? "" : argument.slice(space + 1);
    return command.run({ ...context, account }, rest);
  },
};

function help(): Reply {
  const lines = [...SITE_COMMANDS.values()].map(({ help }) => ` SITE ${help}`);
  return reply(
    214,
    "The following SITE commands are recognized:",
    ...lines,
    "End of help.",
  );
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
