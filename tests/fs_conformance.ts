/**
 * What every file system must do, as one suite.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { type Bytes, writeAll } from "../lib/bytes.ts";
import {
  type FileSystem,
  FsError,
  type FsErrorKind,
  type WriteMode,
} from "../server/fs/file_system.ts";
import { CHANGE_CASES } from "./fs_conformance_change.ts";
import { READ_CASES } from "./fs_conformance_read.ts";
import { WRITE_CASES } from "./fs_conformance_write.ts";

/** What a case does with an empty file system, by what it shows. */
export type Cases = Record<string, (fs: FileSystem) => Promise<void>>;

/**
 * Registers one test per case; `use` lends an empty file system to `act`.
 *
 * @example
 * ```ts ignore
 * testFileSystem("memory", (act) => act(memoryFileSystem()));
 * ```
 */
export function testFileSystem(
  name: string,
  use: (act: (fs: FileSystem) => Promise<void>) => Promise<void>,
): void {
  const cases = { ...READ_CASES, ...WRITE_CASES, ...CHANGE_CASES };
  for (const [title, act] of Object.entries(cases)) {
    Deno.test(`${name} ${title}`, () => use(act));
  }
}

/** Fails unless `act` throws an `FsError` of this kind. */
export async function refuses(
  kind: FsErrorKind,
  act: () => Promise<unknown>,
): Promise<void> {
  const error = await assertRejects(act, FsError);
  assertEquals(error.kind, kind);
}

/** Writes a whole file. */
export async function put(
  fs: FileSystem,
  path: string,
  text: string,
  how: WriteMode = { mode: "replace" },
): Promise<void> {
  const sink = await fs.write(path, how);
  await writeAll(sink, bytesOf(text));
  await sink.close();
}

/** Reads a file from `offset` to its end. */
export async function get(
  fs: FileSystem,
  path: string,
  offset = 0,
): Promise<string> {
  const source = await fs.read(path, offset);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(3);
  let text = "";
  for (let n; (n = await source.read(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, n), { stream: true });
  }
  await source.close();
  return text;
}

/** The names in a folder, sorted by the file system. */
export async function names(fs: FileSystem, path: string): Promise<string[]> {
  const list = await fs.list(path, { sorted: true });
  return (await Array.fromAsync(list)).map((entry) => entry.name);
}

/** Text as bytes. */
export function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}
