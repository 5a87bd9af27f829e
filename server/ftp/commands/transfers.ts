/**
 * Files over data connections: RETR STOR APPE STOU ABOR (RFC 959 section
 * 4.1.3).
 *
 * @module
 */

import { fromAscii, toAscii } from "../../../lib/ftp/ascii.ts";
import type { Sink } from "../../../lib/bytes.ts";
import { baseName, joinPath, resolvePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { FsError, type WriteMode } from "../../fs/file_system.ts";
import type { CommandTable } from "../commands.ts";
import type { AccountContext, Outcome } from "../session.ts";
import { firstBytes, takeRange, takeRestart } from "./ranges.ts";

/** Told when a transfer is asked for and nobody said how to connect. */
export const NO_DATA_PORT: Reply = reply(
  425,
  "Use PASV, EPSV, PORT or EPRT first.",
);

/** Commands that move files. */
export const transferCommands: CommandTable = {
  RETR: {
    argument: "required",
    help: "RETR <SP> file: fetch a file",
    run: retrieve,
  },
  STOR: {
    argument: "required",
    help: "STOR <SP> file: store a file",
    async run(context, argument) {
      if (context.session.range !== null) return notWithRange(context, "STOR");
      const offset = takeRestart(context.session);
      const path = resolvePath(context.session.directory, argument);
      const how: WriteMode = offset > 0
        ? { mode: "at", offset }
        : { mode: "replace" };
      return await store(context, "STOR", path, how);
    },
  },
  APPE: {
    argument: "required",
    help: "APPE <SP> file: store behind what the file has",
    async run(context, argument) {
      if (context.session.range !== null) return notWithRange(context, "APPE");
      if (takeRestart(context.session) > 0) {
        return reply(450, "Can't APPE while REST request is pending.");
      }
      const path = resolvePath(context.session.directory, argument);
      return await store(context, "APPE", path, { mode: "append" });
    },
  },
  STOU: {
    argument: "optional",
    help: "STOU [<SP> name]: store under a name that is not taken",
    async run(context, argument) {
      const { session } = context;
      if (session.range !== null) return notWithRange(context, "STOU");
      if (takeRestart(session) > 0) {
        return reply(450, "Can't STOU while REST request is pending.");
      }
      const wanted = resolvePath(session.directory, argument || "ftpd");
      const name = `${baseName(wanted)}.${crypto.randomUUID().slice(0, 8)}`;
      const path = joinPath(resolvePath(wanted, ".."), name);
      return await store(context, "STOU", path, { mode: "new" });
    },
  },
  ABOR: {
    argument: "none",
    help: "ABOR: stop the transfer",
    run({ session, stopped }) {
      if (stopped) return reply(226, "ABOR command successful.");
      if (session.dataPort === null) {
        return reply(225, "No transfer to abort.");
      }
      session.dataPort.close();
      session.dataPort = null;
      return reply(225, "ABOR command successful; data channel closed.");
    },
  },
};

function converts({ session, policy }: AccountContext): boolean {
  return session.type === "ascii" && policy.ascii;
}

async function retrieve(
  context: AccountContext,
  argument: string,
): Promise<Outcome> {
  const { account, session } = context;
  const range = takeRange(session);
  const offset = range?.first ?? takeRestart(session);
  if (session.dataPort === null) return NO_DATA_PORT;
  const path = resolvePath(session.directory, argument);
  const file = await account.fs.read(path, offset)
    .catch((error) => badOffset(error, context, path, offset));
  if ("code" in file) return file;
  const text = converts(context);
  // Clients take this number for the length of what follows.
  const isWhole = offset === 0 && range === null && session.mode === "stream";
  const hint = isWhole && !text ? ` (${file.size} bytes)` : "";
  const part = range ? firstBytes(file, range.last - offset + 1) : file;
  const kind = text ? "ASCII" : "BINARY";
  return {
    end: { send: text ? toAscii(part) : part },
    verb: "RETR",
    path,
    opening: `Opening ${kind} mode data connection for ${
      baseName(path)
    }${hint}.`,
    done: "Transfer complete.",
  };
}

async function badOffset(
  error: unknown,
  { account }: AccountContext,
  path: string,
  offset: number,
): Promise<Reply> {
  if (!(error instanceof FsError) || error.kind !== "bad-offset") throw error;
  const { size } = await account.fs.stat(path);
  const problem = `position ${offset} > file size ${size}`;
  return reply(554, `Invalid REST parameter (${problem}).`);
}

/** Bytes in the middle of a file are not replaced; REST cuts it there. */
function notWithRange({ session }: AccountContext, verb: string): Reply {
  takeRestart(session);
  return reply(450, `Can't ${verb} while RANG request is pending.`);
}

async function store(
  context: AccountContext,
  verb: "STOR" | "APPE" | "STOU",
  path: string,
  how: WriteMode,
): Promise<Outcome> {
  const { session } = context;
  if (session.dataPort === null) return NO_DATA_PORT;
  const offset = how.mode === "at" ? how.offset : 0;
  const sink = await openUpload(context, path, how)
    .catch((error) => badOffset(error, context, path, offset));
  if ("code" in sink) return sink;
  return {
    end: { receive: converts(context) ? fromAscii(sink) : sink },
    verb,
    path,
    opening: verb === "STOU"
      ? `FILE: ${baseName(path)}`
      : `Ready to receive ${baseName(path)}.`,
    done: "Transfer complete.",
  };
}

/** Opens a file for writing, which gets the bits that SITE UMASK leaves. */
export async function openUpload(
  context: AccountContext,
  path: string,
  how: WriteMode,
): Promise<Sink> {
  const { fs } = context.account;
  const mode = await modeFor(context, path);
  const file = await fs.write(path, how);
  return mode === null ? file : thenDo(file, () => fs.setMode(path, mode));
}

/** Permission bits for a new file, if the session chose (SITE UMASK). */
async function modeFor(
  { account, session: { umask } }: AccountContext,
  path: string,
): Promise<number | null> {
  const mayChoose = account.fs.rights(path).includes("chmod");
  if (umask === null || !mayChoose) return null;
  // A file that is there keeps the bits it has.
  const old = await account.fs.stat(path).catch(() => null);
  return old === null ? 0o666 & ~umask : null;
}

/** The same sink; closing it also does `last`. */
function thenDo(sink: Sink, last: () => Promise<void>): Sink {
  return {
    write: (bytes) => sink.write(bytes),
    abort: () => sink.abort(),
    async close() {
      await sink.close();
      await last();
    },
  };
}
