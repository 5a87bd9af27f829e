/**
 * COMB: puts files together that were uploaded in parts. No document defines
 * it; clients that send parts at the same time use it.
 *
 * @module
 */

import { quotePath, resolvePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { splitWords } from "../../../lib/ftp/words.ts";
import { type FileSystem, FsError } from "../../fs/file_system.ts";
import type { CommandTable } from "../commands.ts";
import { copyBytes, fillSink } from "../copy_bytes.ts";
import type { AccountContext, Outcome, WorkContext } from "../session.ts";
import { openUpload } from "./transfers.ts";

/** Commands that put files together. */
export const joinCommands: CommandTable = {
  COMB: {
    argument: "required",
    help: "COMB <SP> target part...: put parts behind each other, in one file",
    feature: "COMB",
    run: join,
  },
};

async function join(
  context: AccountContext,
  argument: string,
): Promise<Outcome> {
  const { account: { fs }, session } = context;
  const [target, ...parts] = splitWords(argument)
    ?.map(({ text }) => resolvePath(session.directory, text)) ?? [];
  if (target === undefined || parts.length === 0) {
    return reply(501, 'Use COMB target part..., or "quotes" for spaces.');
  }
  if (new Set([target, ...parts]).size <= parts.length) {
    return reply(501, "Each file may be named once only.");
  }
  for (const part of parts) await checkPart(fs, part);
  return {
    verb: "COMB",
    path: target,
    work: async (running) => {
      await joinParts(context, target, parts, running);
      return await removeParts(context, target, parts);
    },
  };
}

/** Nothing is begun that could not be ended. */
async function checkPart(fs: FileSystem, path: string): Promise<void> {
  const { type } = await fs.stat(path);
  if (type === "directory") throw new FsError("is-directory");
  const rights = fs.rights(path);
  if (rights.includes("read") && rights.includes("delete")) return;
  throw new FsError("permission");
}

/** All parts, or none: a target that was there ends where it ended before. */
async function joinParts(
  context: AccountContext,
  target: string,
  parts: readonly string[],
  running: WorkContext,
): Promise<void> {
  const { account: { fs } } = context;
  const old = await fs.stat(target).catch(nothing);
  const mode = old === null ? "new" : "append";
  const sink = await openUpload(context, target, { mode });
  try {
    await fillSink(sink, async () => {
      for (const part of parts) await copyBytes(fs, part, sink, running);
    });
  } catch (error) {
    if (old !== null) await cut(fs, target, old.size);
    throw error;
  }
}

async function cut(
  fs: FileSystem,
  path: string,
  offset: number,
): Promise<void> {
  try {
    const sink = await fs.write(path, { mode: "at", offset });
    await sink.close();
  } catch (cause) {
    const what = `Only a part was joined: ${path} had ${offset} bytes before.`;
    throw new FsError("io", what, { cause });
  }
}

function nothing(error: unknown): null {
  if (error instanceof FsError) return null;
  throw error;
}

async function removeParts(
  { account: { fs }, log }: AccountContext,
  target: string,
  parts: readonly string[],
): Promise<Reply> {
  log.info("joined", { path: target, parts: parts.length });
  for (const part of parts) {
    try {
      await fs.remove(part);
    } catch (error) {
      const why = error instanceof FsError ? error.message : "Internal error.";
      const what = `The parts are joined, but ${quotePath(part)} stays`;
      return reply(550, `${what}: ${why}`);
    }
  }
  return reply(250, "COMB command successful.");
}
