/**
 * Uploads: STOR, APPE and STOU, checked and resumed.
 *
 * @module
 */

import { toAscii } from "../../lib/ftp/ascii.ts";
import { parseUniqueName } from "../../lib/ftp/replies.ts";
import { type Command, pathArgument } from "./command_text.ts";
import type { Turn } from "./control.ts";
import type { TransferOptions, TransferResult } from "./download.ts";
import { FtpError, IncompleteError } from "./errors.ts";
import {
  folderOf,
  ifKnown,
  setModified,
  setModifiedIn,
  sizeOf,
} from "./files.ts";
import { pathIn } from "./listing.ts";
import type { FtpSession } from "./session.ts";
import type { Supply } from "./supplies.ts";
import { transfer } from "./transfer.ts";
import type { Transferred } from "./transfer_job.ts";

/** Options for an upload. */
export interface UploadOptions extends TransferOptions {
  /** Bytes of what is there, `null` for nothing, if known; saves a question. */
  there?: number | null | undefined;
  /** Add to the end of what is there (APPE). @default {false} */
  append?: boolean;
  /** Let the server choose a name that is free (STOU). @default {false} */
  unique?: boolean;
  /** Ask for the size afterwards and compare. @default {true} when resumed */
  verify?: boolean;
}

/** One upload, over as many attempts as it takes. */
export interface Upload {
  /** The path on the server. */
  readonly path: string;
  /** Where it comes from. */
  readonly supply: Supply;
  /** How. */
  readonly options: UploadOptions;
  /** Whether there will be another attempt when this one fails. */
  readonly mayRetry: boolean;
  /** Bytes that were moved so far. */
  moved: number;
  /** Position behind the last byte that was sent. */
  sent: number;
  /** Bytes of what was there before; `null` for nothing. */
  before?: number | null;
}

/** Tries to send all that is missing. */
export async function attemptUpload(
  session: FtpSession,
  upload: Upload,
  signal: AbortSignal,
): Promise<TransferResult> {
  const { path, supply, options } = upload;
  const offset = await startOf(session, upload, signal);
  const whole = offset > 0 && offset === supply.size;
  const verified = options.verify ?? offset > 0;
  const time = options.preserveTime === false ? null : supply.modified;
  // Where nothing comes in between, the time goes behind the file at once.
  const early = verified || options.unique || whole ? null : time;
  const done = whole ? null : await store(session, upload, offset, {
    signal,
    time: early,
  });
  const stored = done === null ? path : nameOf(path, options, done);
  if (verified) await verify(session, upload, signal);
  if (time !== null && early === null && stored !== null) {
    await setModified(session, stored, time, signal).catch(ifRefused);
  }
  const size = offset + (done?.bytes ?? 0);
  return { path: stored, size, bytes: upload.moved };
}

/** The file is there; that its time cannot be set is no reason to fail. */
function ifRefused(error: unknown): void {
  if (!(error instanceof FtpError) || error.transient) throw error;
}

/**
 * Where to start: behind what is there, when the user says that it is ours,
 * or when it can only be what an earlier attempt sent.
 */
async function startOf(
  session: FtpSession,
  upload: Upload,
  signal: AbortSignal,
): Promise<number> {
  const { path, options, supply, mayRetry, before } = upload;
  if (options.append || options.unique || options.type === "ascii") return 0;
  if (!options.resume && !mayRetry) return 0;
  if (!options.resume && before === undefined && options.there !== undefined) {
    upload.before = options.there;
    return 0;
  }
  const there = await ifKnown(
    session,
    "SIZE",
    () => sizeOf(session, path, signal),
  );
  if (options.resume) return fitting(there ?? 0, supply.size);
  if (before === undefined) {
    upload.before = there;
    return 0;
  }
  const isOurs = there !== null && there !== before && there <= upload.sent;
  return isOurs ? there : 0;
}

/** What is longer than the source cannot be a part of it. */
function fitting(there: number, size: number | null): number {
  return size !== null && there > size ? 0 : there;
}

async function store(
  session: FtpSession,
  upload: Upload,
  offset: number,
  { signal, time }: { signal: AbortSignal; time: Date | null },
): Promise<Transferred> {
  const { supply, options, path } = upload;
  const source = await supply.open(offset);
  const isText = options.type === "ascii";
  upload.sent = offset;
  const job = {
    command: commandFor(path, options),
    type: isText ? "A" as const : "I" as const,
    offset,
    end: { send: isText ? toAscii(source) : source },
    moved: (bytes: number) => {
      upload.moved += bytes;
      upload.sent += bytes;
      const position = upload.sent;
      options.onProgress?.({ path, position, size: supply.size });
    },
    rateLimit: options.rateLimit,
    afterwards: async (turn: Turn) => {
      if (time === null) return;
      await setModifiedIn(turn, session, path, time).catch(ifRefused);
    },
  };
  try {
    return await transfer(session, job, signal);
  } catch (error) {
    const refused = error instanceof FtpError &&
      error.command.startsWith("REST ");
    if (!refused) throw error;
    // What is there is followed by what is missing: APPE needs no REST.
    const command = { verb: "APPE", argument: pathArgument(path) };
    return await transfer(session, { ...job, command, offset: 0 }, signal);
  }
}

function commandFor(path: string, options: UploadOptions): Command {
  if (!options.unique) {
    const verb = options.append ? "APPE" : "STOR";
    return { verb, argument: pathArgument(path) };
  }
  return path === ""
    ? { verb: "STOU" }
    : { verb: "STOU", argument: pathArgument(path) };
}

function nameOf(
  path: string,
  { unique = false }: UploadOptions,
  { begun, ended }: Transferred,
): string | null {
  if (!unique) return path;
  // Pure-FTPd tells it in the first of two lines.
  const said = [...begun.lines, ...ended.lines].map(parseUniqueName);
  const name = said.find((name) => name !== null) ?? null;
  if (name === null || name.startsWith("/")) return name;
  return pathIn(folderOf(path), name);
}

async function verify(
  session: FtpSession,
  { path, supply, options, sent }: Upload,
  signal: AbortSignal,
): Promise<void> {
  const comparable = options.type !== "ascii" && !options.append &&
    !options.unique;
  if (!comparable) return;
  const size = await ifKnown(
    session,
    "SIZE",
    () => sizeOf(session, path, signal),
  );
  const expected = supply.size ?? sent;
  if (size === null || size === expected) return;
  throw new IncompleteError(path, expected, size);
}
