/**
 * Uploads whose bytes count.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { type FileSystem, FsError, type WriteMode } from "./file_system.ts";
import type { Counted } from "./quota.ts";
import type { Amount } from "./usage.ts";

/**
 * Opens a file for writing, in what {@linkcode quota} counts.
 *
 * @example
 * ```ts
 * import { memoryFileSystem } from "./memory.ts";
 * import { openCounted } from "./quota_sink.ts";
 * import { ownUsage, UsageCounter } from "./usage.ts";
 * const counter = new UsageCounter(ownUsage());
 * const nothing = () => Promise.resolve({ bytes: 0, files: 0 });
 * const known = () => counter.known(nothing);
 * const inside = { fs: memoryFileSystem(), max: {}, counter, known };
 * const sink = await openCounted(inside, "/a", { mode: "new" });
 * await sink.write(new Uint8Array(5));
 * await sink.close();
 * console.assert(counter.amount.bytes === 5 && counter.amount.files === 1);
 * ```
 */
export async function openCounted(
  inside: Counted,
  path: string,
  how: WriteMode,
): Promise<Sink> {
  const { counter, max } = inside;
  const count = await inside.known();
  const take: Take = (more) => counter.take(count, more, max);
  const isWhole = how.mode === "replace" || how.mode === "new";
  return isWhole
    ? await openWhole(inside, path, how, take)
    : await openInPlace(inside, path, how, take);
}

/** Takes more, or gives back what is below zero. */
type Take = (more: Partial<Amount>) => void;

/** A file that keeps whatever arrives. */
function openInPlace(
  inside: Counted,
  path: string,
  how: WriteMode,
  take: Take,
): Promise<Sink> {
  const { fs, counter } = inside;
  return counter.locked(async () => {
    const old = await amountAt(fs, path);
    if (how.mode === "append") requireRoom(inside);
    const files = 1 - old.files;
    take({ files });
    try {
      const sink = await fs.write(path, how);
      if (how.mode === "at") take({ bytes: how.offset - old.bytes });
      return {
        write: counting(sink, take),
        close: () => sink.close(),
        abort: () => sink.abort(),
      };
    } catch (error) {
      take({ files: -files });
      throw error;
    }
  });
}

/** A file that takes the place of another when it is complete. */
async function openWhole(
  inside: Counted,
  path: string,
  how: WriteMode,
  take: Take,
): Promise<Sink> {
  const { fs } = inside;
  const old = await amountAt(fs, path);
  if (old.bytes === 0) requireRoom(inside);
  const taken = { bytes: 0, files: 1 - old.files };
  take({ files: taken.files });
  const sink = await fs.write(path, how).catch((error) => {
    take({ files: -taken.files });
    throw error;
  });
  const upload = { path, sink, take, taken, old: old.bytes, size: 0 };
  return wholeSink(inside, upload);
}

/** A file that is not there yet. */
interface Upload {
  readonly path: string;
  readonly sink: Sink;
  readonly take: Take;
  /** What it has taken so far. */
  readonly taken: Amount;
  /** Bytes of the file that it replaces, which are not taken again. */
  readonly old: number;
  /** Its bytes so far. */
  size: number;
}

function wholeSink({ fs, counter }: Counted, upload: Upload): Sink {
  let open = true;
  return {
    write: counting(upload.sink, ({ bytes = 0 }) => grow(upload, bytes)),
    async abort() {
      if (open) await drop(upload);
      open = false;
    },
    async close() {
      if (!open) return;
      open = false;
      await counter.locked(() => complete(fs, upload));
    },
  };
}

function grow(upload: Upload, bytes: number): void {
  const { take, taken, old, size } = upload;
  const more = Math.max(0, size + bytes - old) - taken.bytes;
  take({ bytes: more });
  upload.size += bytes;
  taken.bytes += more;
}

async function drop({ sink, take, taken }: Upload): Promise<void> {
  await sink.abort();
  take({ bytes: -taken.bytes, files: -taken.files });
}

async function complete(fs: FileSystem, upload: Upload): Promise<void> {
  try {
    const late = await settle(fs, upload);
    await upload.sink.close();
    upload.take(late);
  } catch (error) {
    await drop(upload);
    throw error;
  }
}

/** Before anything is sent for nothing. */
function requireRoom({ counter, max }: Counted): void {
  if (counter.amount.bytes < (max.bytes ?? Infinity)) return;
  throw new FsError("over-quota", `Quota exceeded (${max.bytes} bytes).`);
}

/**
 * The old file may be another by now. Takes what is missing, and says what is
 * to be given back once the new one is there.
 */
async function settle(
  fs: FileSystem,
  { path, taken, size, take }: Upload,
): Promise<Amount> {
  const old = await amountAt(fs, path);
  const bytes = size - old.bytes - taken.bytes;
  const files = 1 - old.files - taken.files;
  const more = { bytes: Math.max(0, bytes), files: Math.max(0, files) };
  take(more);
  taken.bytes += more.bytes;
  taken.files += more.files;
  return { bytes: Math.min(0, bytes), files: Math.min(0, files) };
}

/** What a write to `path` replaces, links followed. */
async function amountAt(fs: FileSystem, path: string): Promise<Amount> {
  try {
    const { size } = await fs.stat(path);
    return { bytes: size, files: 1 };
  } catch (error) {
    if (error instanceof FsError) return { bytes: 0, files: 0 };
    throw error;
  }
}

/** Takes each byte before it is written. */
function counting(sink: Sink, take: Take): Sink["write"] {
  return async (bytes) => {
    take({ bytes: bytes.length });
    let count = 0;
    try {
      count = await sink.write(bytes);
      return count;
    } finally {
      if (count < bytes.length) take({ bytes: count - bytes.length });
    }
  };
}
