/**
 * Folders with files that are hard to name or hard to move, and how to compare
 * folders.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "node:path";

/** Names that have broken a server or a client somewhere. */
export const SPECIAL_NAMES: readonly string[] = [
  "plain.bin",
  "two  spaces and one",
  " leading space",
  "trailing space ",
  `it's "quoted"`,
  "Grüße – 漢字 – עברית – 😀",
  "n".repeat(255),
  `${"é".repeat(127)}x`, // 255 bytes, too
  ".dot file",
  "...",
  "-dash",
  "what [is] *this?",
  "100%41#;type=a&b=c",
  "back\\slash",
  "$HOME `x` | ~",
];

/** The special names that `pattern`, a client's weakness, does not match. */
export function namesBut(pattern: RegExp): string[] {
  return SPECIAL_NAMES.filter((name) => !pattern.test(name));
}

/** When the files of {@linkcode makeTree} were changed: minutes matter. */
export const OLD: Date = new Date("2021-03-04T05:06:07Z");

/** Makes a file of `size` bytes that look like nothing in particular. */
export async function makeFile(path: string, size = 20_000): Promise<void> {
  const bytes = new Uint8Array(size);
  let seed = size + path.length;
  for (let at = 0; at < size; at++) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    bytes[at] = seed >> 16;
  }
  await Deno.writeFile(path, bytes);
}

/** Makes a file of `size` bytes that takes no room; it ends in `end`. */
export async function makeSparse(
  path: string,
  size: number,
  end: string,
): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const bytes = new TextEncoder().encode(end);
  await file.truncate(size - bytes.length);
  await file.seek(0, Deno.SeekMode.End);
  await file.write(bytes);
}

/**
 * Makes a tree in `folder`: a file of each of `names` here and in a folder
 * whose name has a space, an empty file, an empty folder; all of them old.
 */
export async function makeTree(
  folder: string,
  names: readonly string[],
): Promise<void> {
  const inner = join(folder, "sub folder", "deep");
  await Deno.mkdir(inner, { recursive: true });
  await Deno.mkdir(join(folder, "empty folder"));
  for (const [at, name] of ["empty file", ...names].entries()) {
    for (const home of [folder, inner]) {
      await makeFile(join(home, name), at * 1000);
      await Deno.utime(join(home, name), OLD, OLD);
    }
  }
}

/** What is compared besides names, kinds and contents. */
export interface CompareOptions {
  /** Compare the times of files, to the second. @default {false} */
  times?: boolean;
  /** Leave out what has this name. */
  but?: readonly string[];
}

/** Fails unless both folders hold the same. */
export async function assertSameTree(
  actual: string,
  expected: string,
  options: CompareOptions = {},
): Promise<void> {
  const [got, wanted] = await Promise.all([
    describe(actual, options),
    describe(expected, options),
  ]);
  assertEquals(got, wanted);
}

/** Fails unless both files have the same bytes. */
export async function assertSameFile(
  actual: string,
  expected: string,
  message?: string,
): Promise<void> {
  const [got, wanted] = [
    await describeFile(actual),
    await describeFile(expected),
  ];
  assertEquals(got, wanted, message);
}

async function describe(
  folder: string,
  options: CompareOptions,
  prefix = "",
): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (options.but?.includes(name)) continue;
    const path = join(folder, name);
    const shown = `${prefix}${name}`;
    if (isDirectory) {
      lines.push(`${shown}/`, ...await describe(path, options, `${shown}/`));
      continue;
    }
    const { mtime } = await Deno.stat(path);
    const time = Math.floor((mtime?.getTime() ?? 0) / 1000);
    const at = options.times ? ` at ${time}` : "";
    lines.push(`${shown} ${await describeFile(path)}${at}`);
  }
  return lines.sort();
}

async function describeFile(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `${bytes.length} bytes ${new Uint8Array(digest).toHex().slice(0, 16)}`;
}
