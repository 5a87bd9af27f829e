/**
 * SITE CPFR, CPTO and COPY: copies of files and folders within the server.
 *
 * @module
 */

import { joinPath, resolvePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { splitWords } from "../../../lib/ftp/words.ts";
import { FsError } from "../../fs/file_system.ts";
import { copyBytes, fillSink } from "../copy_bytes.ts";
import type { AccountContext, Outcome, WorkContext } from "../session.ts";
import { newBudget, walk } from "../listing/walk.ts";
import type { SiteCommand } from "./site.ts";
import { openUpload } from "./transfers.ts";

/** Commands that copy. */
export const copyCommands: Readonly<Record<string, SiteCommand>> = {
  CPFR: {
    help: "CPFR <SP> name: choose what CPTO copies",
    run: chooseSource,
  },
  CPTO: {
    help: "CPTO <SP> name: copy what CPFR chose",
    async run(context, argument) {
      const { session } = context;
      const { pending } = session;
      session.pending = null;
      if (pending?.for !== "copy") {
        return reply(503, "Bad sequence of commands: use SITE CPFR first.");
      }
      if (argument === "") return reply(501, "Invalid SITE CPTO format.");
      const to = resolvePath(session.directory, argument);
      return await copying(context, pending.path, to);
    },
  },
  COPY: {
    help: 'COPY <SP> "name" <SP> "name": copy the first to the second',
    async run(context, argument) {
      const [from, to, ...more] = splitWords(argument)
        ?.map(({ text }) => resolvePath(context.session.directory, text)) ?? [];
      if (from === undefined || to === undefined || more.length > 0) {
        return reply(501, "Invalid SITE COPY format.");
      }
      return await copying(context, from, to);
    },
  },
};

async function chooseSource(
  { account: { fs }, session }: AccountContext,
  argument: string,
): Promise<Reply> {
  if (argument === "") return reply(501, "Invalid SITE CPFR format.");
  const path = resolvePath(session.directory, argument);
  await fs.stat(path);
  if (!fs.rights(path).includes("read")) throw new FsError("permission");
  session.pending = { for: "copy", path };
  return reply(350, "File or folder exists, ready for destination name.");
}

async function copying(
  context: AccountContext,
  from: string,
  to: string,
): Promise<Outcome> {
  const { account: { fs }, log } = context;
  const { type } = await fs.stat(from);
  const [source, target] = await Promise.all([
    fs.resolve(from),
    fs.resolve(to),
  ]);
  if (source === target) return reply(550, "Can't copy something to itself.");
  if (type === "directory" && isIn(target, source)) {
    return reply(550, "Can't copy a folder into itself.");
  }
  return {
    verb: "CPTO",
    path: to,
    async work(running) {
      if (type === "directory") await copyTree(context, from, to, running);
      else await copyFile(context, from, to, running);
      log.info("copied", { from, to });
      return reply(250, "Copy successful.");
    },
  };
}

function isIn(path: string, folder: string): boolean {
  return path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

async function copyFile(
  context: AccountContext,
  from: string,
  to: string,
  running: WorkContext,
): Promise<void> {
  const { account: { fs } } = context;
  if (!fs.rights(from).includes("read")) throw new FsError("permission");
  const sink = await openUpload(context, to, { mode: "replace" });
  await fillSink(sink, () => copyBytes(fs, from, sink, running));
}

/** A folder with what is in it; links and devices are left out. */
async function copyTree(
  context: AccountContext,
  from: string,
  to: string,
  running: WorkContext,
): Promise<void> {
  const { account: { fs } } = context;
  const place = (path: string) =>
    resolvePath(to, `./${path.slice(from === "/" ? 1 : from.length + 1)}`);
  await makeUnlessThere(context, to);
  const options = { budget: newBudget(running.signal), strict: true };
  const open = (path: string) => fs.list(path, { sorted: true });
  for await (const { folder, entry } of walk(from, open, options)) {
    if (entry === null) await makeUnlessThere(context, place(folder));
    else if (entry.type === "file" && entry.link === undefined) {
      const path = joinPath(folder, entry.name);
      await copyFile(context, path, place(path), running);
    }
  }
}

async function makeUnlessThere(
  { account: { fs } }: AccountContext,
  path: string,
): Promise<void> {
  const old = await fs.stat(path).catch((error) => {
    if (error instanceof FsError && error.kind === "not-found") return null;
    throw error;
  });
  if (old === null) return await fs.makeDirectory(path);
  if (old.type !== "directory") throw new FsError("not-directory");
}
