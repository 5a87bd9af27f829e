/**
 * Downloads: RETR, checked and resumed.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { fromAscii } from "../../lib/ftp/ascii.ts";
import { pathArgument } from "./command_text.ts";
import { FtpError, IncompleteError } from "./errors.ts";
import { ifKnown, modifiedOf, sizeOf } from "./files.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { FtpSession } from "./session.ts";
import type { Target } from "./targets.ts";
import { transfer } from "./transfer.ts";
import type { Job, Transferred } from "./transfer_job.ts";

/** How far a transfer is. */
export interface Progress {
  /** The path on the server. */
  readonly path: string;
  /** Bytes of the file that are there, those of earlier attempts included. */
  readonly position: number;
  /** Bytes of the file; `null` when that is not known. */
  readonly size: number | null;
}

/** What downloads and uploads have in common. */
export interface TransferOptions {
  /** Cancels it; the connection stays usable, or is closed. */
  signal?: AbortSignal | undefined;
  /** Called whenever bytes were moved. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** `ascii` converts line ends and cannot resume. @default {"binary"} */
  type?: "binary" | "ascii";
  /** Go on where an earlier transfer of the same file stopped. @default {false} */
  resume?: boolean;
  /** Keep the time of last modification. @default {true} for paths */
  preserveTime?: boolean;
  /** Bytes per second; may be shared by several transfers. @default no limit */
  rateLimit?: RateLimit | undefined;
}

/** Options for a download. */
export interface DownloadOptions extends TransferOptions {
  /** Leave what came as `.part` when it fails. @default {resume} */
  keepPart?: boolean;
  /** Replace a local file that is there. @default {true} */
  overwrite?: boolean;
  /** Bytes, when a listing has told them; saves a question. */
  size?: number | null | undefined;
  /** Last modification, when it is known; saves a question. */
  modified?: Date | null | undefined;
  /** Whether a wrong number of bytes is an error. @default {true} */
  verify?: boolean;
}

/** How a transfer went. */
export interface TransferResult {
  /** The path on the server; `null` when STOU did not tell. */
  readonly path: string | null;
  /** Bytes of the file, those of earlier attempts included. */
  readonly size: number;
  /** Bytes that were moved now. */
  readonly bytes: number;
}

/** One download, over as many attempts as it takes. */
export interface Download {
  /** The path on the server. */
  readonly path: string;
  /** Where it goes. */
  readonly target: Target;
  /** How. */
  readonly options: DownloadOptions;
  /** Bytes that were moved so far. */
  moved: number;
  /** Bytes of the file when it was last asked. */
  size?: number | null;
  /** Last modification, when it shall be kept. */
  modified?: Date | null;
}

/**
 * Tries to get all that is missing.
 *
 * @throws {IncompleteError} when the server sent less, or more, than it said.
 */
export async function attemptDownload(
  session: FtpSession,
  download: Download,
  signal: AbortSignal,
): Promise<void> {
  const { target } = download;
  const known = learn(session, download, signal);
  // What is here already is only right when it fits what is there now.
  if (target.position > 0 || !session.control.hurries) await known;
  if (isWhole(download)) return;
  // Otherwise the server is asked all at once: its answers come in order.
  const [learnt, got] = await Promise.allSettled([
    known,
    getMissing(session, download, signal),
  ]);
  if (learnt.status === "rejected") throw learnt.reason;
  if (got.status === "rejected") throw got.reason;
  mustBeWhole(download);
}

/** Asks for size and time, and begins again when the file has changed. */
async function learn(
  session: FtpSession,
  download: Download,
  signal: AbortSignal,
): Promise<void> {
  const { target } = download;
  const [size] = await Promise.all([
    expectedSize(session, download, signal),
    timeToKeep(session, download, signal),
  ]);
  const changed = download.size !== undefined && download.size !== size;
  download.size = size;
  const tooMuch = size !== null && target.position > size;
  // Offsets of converted text are not the server's.
  const useless = changed || tooMuch || download.options.type === "ascii";
  if (target.position > 0 && useless) await target.restart();
}

function isWhole({ size, target }: Download): boolean {
  return size !== undefined && size !== null && size > 0 &&
    target.position === size;
}

async function getMissing(
  session: FtpSession,
  download: Download,
  signal: AbortSignal,
): Promise<void> {
  const { target } = download;
  const offset = target.position;
  try {
    check(download, await retrieve(session, download, signal), offset);
  } catch (error) {
    if (!isRefusedRestart(error) || !target.restartable) throw error;
    await target.restart();
    check(download, await retrieve(session, download, signal), 0);
  }
}

function mustBeWhole({ path, size, target, options }: Download): void {
  if (options.type === "ascii" || options.verify === false) return;
  if (size === undefined || size === null || target.position >= size) return;
  throw new IncompleteError(path, size, target.position);
}

async function expectedSize(
  session: FtpSession,
  { path, options, size }: Download,
  signal: AbortSignal,
): Promise<number | null> {
  if (options.type === "ascii") return null;
  if (size === undefined && options.size !== undefined) return options.size;
  return await ifKnown(session, "SIZE", () => sizeOf(session, path, signal));
}

function isRefusedRestart(error: unknown): boolean {
  return error instanceof FtpError && error.command.startsWith("REST ");
}

async function retrieve(
  session: FtpSession,
  download: Download,
  signal: AbortSignal,
): Promise<Transferred> {
  const { path, target, options } = download;
  const isText = options.type === "ascii";
  const sink = {
    write: (bytes: Bytes) => store(download, bytes),
    close: () => {},
    abort: () => {},
  };
  const converter = isText ? fromAscii(sink) : sink;
  const job: Job = {
    command: { verb: "RETR", argument: pathArgument(path) },
    type: isText ? "A" : "I",
    offset: target.position,
    end: { receive: converter },
    rateLimit: options.rateLimit,
    isWhole: (bytes, hint) => isKnownWhole(session, download, bytes, hint),
  };
  const done = await transfer(session, job, signal);
  await converter.close();
  return done;
}

/**
 * Whether all bytes that the server told of have come. What it said in clear,
 * somebody else may have said.
 */
function isKnownWhole(
  { tls }: FtpSession,
  { target, options, size }: Download,
  bytes: number,
  hint: number | null,
): boolean {
  if (options.type === "ascii" || options.verify === false) return false;
  if (tls?.commands !== "private") return false;
  if (size !== undefined && size !== null) return target.position === size;
  return hint === bytes;
}

/** More than the server said is stopped here, before it fills the disk. */
async function store(download: Download, bytes: Bytes): Promise<number> {
  const { path, target, options, size = null } = download;
  const after = target.position + bytes.length;
  if (size !== null && after > size && options.verify !== false) {
    throw new IncompleteError(path, size, after);
  }
  const written = await target.write(bytes);
  download.moved += written;
  options.onProgress?.({ path, position: target.position, size });
  return written;
}

/** The 150's number is all of the file on some servers, the rest on others. */
function check(
  { path, size, options }: Download,
  { bytes, hint }: Transferred,
  offset: number,
): void {
  const known = size !== null && size !== undefined;
  if (options.verify === false || options.type === "ascii") return;
  if (known || hint === null) return;
  if (hint === bytes || hint - offset === bytes) return;
  throw new IncompleteError(path, hint, bytes);
}

/** Finds out the last modification, unless it is known or not wanted. */
async function timeToKeep(
  session: FtpSession,
  download: Download,
  signal: AbortSignal,
): Promise<void> {
  const { path, target, options } = download;
  if (!target.keepsTime || options.preserveTime === false) return;
  if (options.modified !== undefined) {
    download.modified = options.modified;
    return;
  }
  const ask = () => modifiedOf(session, path, signal);
  download.modified = await ifKnown(session, "MDTM", ask);
}
