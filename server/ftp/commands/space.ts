/**
 * Room for files: ALLO (RFC 959 section 4.1.3), AVBL and DSIZ
 * (draft-peterson-streamlined-ftp-command-extensions).
 *
 * @module
 */

import { resolvePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { type FileSystem, FsError } from "../../fs/file_system.ts";
import type { CommandTable } from "../commands.ts";
import type { AccountContext, Outcome, WorkContext } from "../session.ts";
import { newBudget, walk } from "../listing/walk.ts";

/** Commands that tell how much room there is, and how much is taken. */
export const spaceCommands: CommandTable = {
  ALLO: {
    argument: "required",
    help: "ALLO <SP> bytes [<SP> R <SP> size]: ask whether there is room",
    run: allocate,
  },
  AVBL: {
    argument: "optional",
    help: "AVBL [<SP> folder]: print how many bytes may still be stored",
    feature: "AVBL",
    async run({ account, session }, argument) {
      const path = resolvePath(session.directory, argument);
      const { type } = await account.fs.stat(path);
      if (type !== "directory") throw new FsError("not-directory");
      const space = await account.fs.space(path);
      return space === null
        ? reply(550, "The free space can't be told here.")
        : reply(213, String(space));
    },
  },
  DSIZ: {
    argument: "optional",
    help: "DSIZ [<SP> folder]: print the bytes of all files in a folder",
    feature: "DSIZ",
    run: measure,
  },
};

async function allocate(
  { account, session }: AccountContext,
  argument: string,
): Promise<Reply> {
  const [, bytes] = /^(\d{1,19})(?: R \d{1,19})?$/i.exec(argument) ?? [];
  if (bytes === undefined) return reply(501, "Invalid parameter.");
  const space = await account.fs.space(session.directory).catch(() => null);
  return space !== null && Number(bytes) > space
    ? reply(552, `There is room for ${space} bytes only.`)
    : reply(202, "No storage allocation necessary.");
}

async function measure(
  { account, session }: AccountContext,
  argument: string,
): Promise<Outcome> {
  const path = resolvePath(session.directory, argument);
  const { type } = await account.fs.stat(path);
  if (type !== "directory") throw new FsError("not-directory");
  const work = async (running: WorkContext) =>
    reply(213, String(await bytesIn(account.fs, path, running)));
  return { verb: "DSIZ", path, work };
}

async function bytesIn(
  fs: FileSystem,
  path: string,
  { signal }: WorkContext,
): Promise<number> {
  let bytes = 0;
  const open = (folder: string) => fs.list(folder);
  for await (
    const { entry } of walk(path, open, { budget: newBudget(signal) })
  ) {
    if (entry?.type === "file" && entry.link === undefined) bytes += entry.size;
  }
  return bytes;
}
