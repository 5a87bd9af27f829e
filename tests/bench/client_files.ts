/**
 * The files that clients fetch and send, and whether they arrived.
 *
 * @module
 */

import { join } from "node:path";
import type { Load } from "./load.ts";

/** Bytes of a small file. */
const SMALL = 1024;

/** When every file was changed, so that a kept time stamp is seen. */
const CHANGED = new Date("2001-02-03T04:05:06Z");

/** Bytes that may be had at a time from the source of random ones. */
const MOST_RANDOM = 65_536;

/** A file, or a folder with files. */
export interface Cargo {
  /** Its name in the served folder. */
  name: string;
  /** The names of the files in it; of none for a file. */
  names: string[];
}

/** Makes a file of `size` bytes in `folder`. */
export async function makeLarge(
  load: Load,
  folder: string,
  size: number,
): Promise<Cargo> {
  const name = "large.bin";
  await load.run("make", join(folder, name), size);
  await Deno.utime(join(folder, name), CHANGED, CHANGED);
  return { name, names: [] };
}

/** Makes a folder with `count` files of 1 KiB in `folder`. */
export async function makeSmall(folder: string, count: number): Promise<Cargo> {
  const name = `small-${count}`;
  await Deno.mkdir(join(folder, name));
  const names = Array.from(
    { length: count },
    (_, index) => `file-${`${index}`.padStart(5, "0")}.bin`,
  );
  const bytes = crypto.getRandomValues(new Uint8Array(MOST_RANDOM));
  for (const [index, file] of names.entries()) {
    const at = index % (MOST_RANDOM - SMALL); // No two files are alike.
    const path = join(folder, name, file);
    await Deno.writeFile(path, bytes.subarray(at, at + SMALL));
    await Deno.utime(path, CHANGED, CHANGED);
  }
  return { name, names };
}

/**
 * Compares every byte and every name of two files or folders.
 *
 * @throws {Error} If there is a difference.
 */
export async function compare(source: string, target: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("diff", {
    args: ["--recursive", "--brief", source, target],
  }).output();
  if (success) return;
  const lines = new TextDecoder().decode(stdout.length ? stdout : stderr)
    .trim().split("\n");
  const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : "";
  throw new Error(`what arrived differs: ${lines[0]}${more}`);
}

/** Whether `path`, or its first file, still has its time stamp. */
export async function isDated(path: string, cargo: Cargo): Promise<boolean> {
  const { mtime } = await Deno.stat(join(path, cargo.names[0] ?? ""));
  return mtime?.getTime() === CHANGED.getTime();
}
