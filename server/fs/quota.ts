/**
 * A file system that holds only so much.
 *
 * What is promised: the numbers never say less than what the account's own
 * sessions have stored, in whatever order they do it and in however many
 * threads. So bytes are taken before they are written, and given back when they
 * are gone. Where something goes wrong in between (a thread dies, somebody else
 * changes the tree) the numbers are too high or too low until the next count,
 * which comes when the account has had no session for a moment.
 *
 * @module
 */

import { type CountOptions, countTree } from "./count_tree.ts";
import {
  type FileSystem,
  FsError,
  type RenameOptions,
  type Usage,
} from "./file_system.ts";
import { ownAmount } from "./own_amount.ts";
import { openCounted } from "./quota_sink.ts";
import { type MaxAmount, ownUsage, UsageCounter } from "./usage.ts";
import { wrapped } from "./wrapped.ts";

/** Options for {@linkcode quota}. */
export interface QuotaOptions extends Omit<CountOptions, "isWanted"> {
  /** Where it is counted. @default for this file system alone */
  readonly counter?: UsageCounter;
}

/**
 * `fs` with at most `max.bytes` in at most `max.files` files and folders; what
 * would pass that throws `over-quota`.
 *
 * A file that is replaced gives its bytes to the one that replaces it. Links
 * count nothing.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { memoryFileSystem } from "./memory.ts";
 * import { quota } from "./quota.ts";
 * const fs = quota(memoryFileSystem({ "/a": "12345" }), { bytes: 8 });
 * const sink = await fs.write("/b", { mode: "replace" });
 * await sink.write(new Uint8Array(3));
 * await assertRejects(() => sink.write(new Uint8Array(1)), Error, "Quota");
 * await sink.abort();
 * ```
 */
export function quota(
  fs: FileSystem,
  max: MaxAmount,
  { counter = newCounter(), ...places }: QuotaOptions = {},
): FileSystem {
  const known = () =>
    counter.known((isWanted) => countTree(fs, { ...places, isWanted }));
  const inside = { fs, max, counter, known };
  return wrapped(fs, {
    write: (path, how) => openCounted(inside, path, how),
    remove: (path) => giveBack(inside, path, () => fs.remove(path)),
    removeDirectory: (path) =>
      giveBack(inside, path, () => fs.removeDirectory(path)),
    rename: (from, to, options) => rename(inside, from, to, options),
    makeDirectory: (path) => makeDirectory(inside, path),
    async setMode(path, mode) {
      // A folder that the server can't read would be left out of a count.
      if ((mode & 0o700) !== 0o700 && await isFolder(fs, path)) {
        throw new FsError("permission", READABLE);
      }
      await fs.setMode(path, mode);
    },
    usage: () => usage(inside),
    async space(path) {
      const { bytes } = await usage(inside);
      const left = await fs.space(path);
      if (max.bytes === undefined) return left;
      return Math.min(Math.max(0, max.bytes - bytes), left ?? Infinity);
    },
  });
}

const READABLE = "With a quota, folders must stay readable for their owner.";

/** What a quota works with. */
export interface Counted {
  /** What is counted. */
  fs: FileSystem;
  /** The most there may be. */
  max: MaxAmount;
  /** What there is. */
  counter: UsageCounter;
  /** The number of the count that holds. */
  known(): Promise<bigint>;
}

function newCounter(): UsageCounter {
  return new UsageCounter(ownUsage());
}

async function isFolder(fs: FileSystem, path: string): Promise<boolean> {
  return (await fs.stat(path)).type === "directory";
}

async function makeDirectory(
  { fs, max, counter, known }: Counted,
  path: string,
): Promise<void> {
  const count = await known();
  await counter.locked(async () => {
    counter.take(count, { files: 1 }, max);
    try {
      await fs.makeDirectory(path);
    } catch (error) {
      counter.take(count, { files: -1 }, max);
      throw error;
    }
  });
}

/** Removes something, and what it took is free again. */
async function giveBack(
  { fs, max, counter, known }: Counted,
  path: string,
  remove: () => Promise<void>,
): Promise<void> {
  const count = await known();
  await counter.locked(async () => {
    const { bytes, files } = await ownAmount(fs, path);
    await remove();
    counter.take(count, { bytes: -bytes, files: -files }, max);
  });
}

async function rename(
  { fs, max, counter, known }: Counted,
  from: string,
  to: string,
  options?: RenameOptions,
): Promise<void> {
  const count = await known();
  await counter.locked(async () => {
    const { unique } = await ownAmount(fs, from);
    const old = await ownAmount(fs, to);
    await fs.rename(from, to, options);
    // One file with two names stays, and so does what is renamed to itself.
    if (old.unique === unique) return;
    counter.take(count, { bytes: -old.bytes, files: -old.files }, max);
  });
}

async function usage({ max, counter, known }: Counted): Promise<Usage> {
  await known();
  return { ...counter.amount, maxBytes: max.bytes, maxFiles: max.files };
}
