/**
 * Files and folders: CWD CDUP PWD MKD RMD DELE RNFR RNTO (RFC 959 section
 * 4.1.3), SIZE MDTM (RFC 3659), and the X verbs of RFC 1123 section 4.1.3.1.
 *
 * @module
 */

import { parentPath, quotePath, resolvePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { formatTime, parseTime } from "../../../lib/ftp/time.ts";
import { type Entry, FsError } from "../../fs/file_system.ts";
import type { AccountCommand, CommandTable } from "../commands.ts";
import type { AccountContext } from "../session.ts";

const CWD: AccountCommand = {
  argument: "optional",
  help: "CWD [<SP> folder]: change the working directory",
  run: (context, argument) => changeDirectory(context, argument || "/"),
};

const CDUP: AccountCommand = {
  argument: "none",
  help: "CDUP: change to the folder above",
  run: (context) => changeDirectory(context, ".."),
};

const PWD: AccountCommand = {
  argument: "none",
  help: "PWD: print the working directory",
  run: ({ session }) =>
    reply(257, `${quotePath(session.directory)} is the current directory.`),
};

const MKD: AccountCommand = {
  argument: "required",
  help: "MKD <SP> folder: make a folder",
  run: makeDirectory,
};

const RMD: AccountCommand = {
  argument: "required",
  help: "RMD <SP> folder: remove an empty folder",
  run: removeDirectory,
};

/** Commands on files and folders that move no data. */
export const fileCommands: CommandTable = {
  CWD,
  XCWD: CWD,
  CDUP,
  XCUP: CDUP,
  PWD,
  XPWD: PWD,
  MKD,
  XMKD: MKD,
  RMD,
  XRMD: RMD,
  DELE: {
    argument: "required",
    help: "DELE <SP> file: remove a file",
    async run({ account, session, log }, argument) {
      const path = resolvePath(session.directory, argument);
      await account.fs.remove(path);
      log.info("removed", { path });
      return reply(250, "File removed.");
    },
  },
  RNFR: {
    argument: "required",
    help: "RNFR <SP> name: choose what RNTO renames",
    async run({ account, session }, argument) {
      const path = resolvePath(session.directory, argument);
      if (path === "/") return reply(550, "Can't rename home directory.");
      if (!account.fs.rights(path).includes("rename")) {
        throw new FsError("permission");
      }
      await account.fs.stat(path);
      session.pending = { for: "new-name", path };
      return reply(350, "Ready for destination name.");
    },
  },
  RNTO: {
    argument: "required",
    help: "RNTO <SP> name: rename what RNFR chose",
    async run({ account, session, log }, argument) {
      if (session.pending?.for !== "new-name") {
        return reply(503, "Bad sequence of commands: use RNFR first.");
      }
      const from = session.pending.path;
      session.pending = null;
      const to = resolvePath(session.directory, argument);
      await account.fs.rename(from, to);
      log.info("renamed", { from, to });
      return reply(250, "Renaming ok.");
    },
  },
  SIZE: {
    argument: "required",
    help: "SIZE <SP> file: print the number of bytes a transfer would move",
    feature: "SIZE",
    run(context, argument) {
      if (context.session.type === "ascii" && context.policy.ascii) {
        return reply(550, "SIZE not allowed in ASCII mode.");
      }
      return aboutFile(context, argument, ({ size }) => String(size));
    },
  },
  MDTM: {
    argument: "required",
    help: "MDTM <SP> file: print when a file was last modified (UTC)",
    feature: "MDTM",
    async run(context, argument) {
      return await setTimeOld(context, argument) ??
        await aboutFile(
          context,
          argument,
          ({ modified }) => formatTime(modified),
        );
    },
  },
};

async function changeDirectory(
  { account, session }: AccountContext,
  argument: string,
): Promise<Reply> {
  const path = argument === ".."
    ? parentPath(session.directory)
    : resolvePath(session.directory, argument);
  const entry = await account.fs.stat(path);
  if (entry.type !== "directory") throw new FsError("not-directory");
  session.directory = path;
  return reply(250, `${quotePath(path)} is the current directory.`);
}

async function aboutFile(
  { account, session }: AccountContext,
  argument: string,
  tell: (file: Entry) => string,
): Promise<Reply> {
  const path = resolvePath(session.directory, argument);
  const entry = await account.fs.stat(path).catch((error) => {
    if (error instanceof FsError && error.kind === "not-found") return null;
    throw error;
  });
  return entry?.type === "file"
    ? reply(213, tell(entry))
    : reply(550, `${path} is not retrievable.`);
}

/**
 * Before there was MFMT, clients set a time by a time in front of MDTM's name.
 * A file that has all of that for its name comes first; `null` when it is a
 * question.
 */
async function setTimeOld(
  { account, session }: AccountContext,
  argument: string,
): Promise<Reply | null> {
  const [, digits = "", name = ""] = /^(\d{14}) (.+)$/s.exec(argument) ?? [];
  const modified = parseTime(digits);
  if (modified === null) return null;
  const asked = resolvePath(session.directory, argument);
  const isName = await account.fs.stat(asked).then(() => true, () => false);
  if (isName) return null;
  const path = resolvePath(session.directory, name);
  await account.fs.setModified(path, modified);
  return reply(213, `Modify=${formatTime(modified)}; ${path}`);
}

/** MKD: makes a folder. */
export async function makeDirectory(
  { account, session }: AccountContext,
  argument: string,
): Promise<Reply> {
  const { umask } = session;
  const path = resolvePath(session.directory, argument);
  await account.fs.makeDirectory(path);
  if (umask !== null && account.fs.rights(path).includes("chmod")) {
    await account.fs.setMode(path, 0o777 & ~umask);
  }
  return reply(257, `${quotePath(path)} directory created.`);
}

/** RMD: removes an empty folder. */
export async function removeDirectory(
  { account, session }: AccountContext,
  argument: string,
): Promise<Reply> {
  const path = resolvePath(session.directory, argument);
  if (path === "/") return reply(550, "Can't remove root directory.");
  await account.fs.removeDirectory(path);
  return reply(250, "Directory removed.");
}
