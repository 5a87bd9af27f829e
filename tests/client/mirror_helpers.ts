/**
 * Trees to mirror, and mirrors of which all must go well.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  mirror,
  type MirrorOptions,
  type MirrorResult,
  type MirrorSide,
  planMirror,
} from "../../client/ftp/mirror/mod.ts";
import { FtpPool } from "../../client/ftp/pool.ts";
import type { PoolOptions } from "../../client/ftp/pool_options.ts";

/** Milliseconds. */
export const HOUR: number = 3_600_000;
/** A time that LIST tells without a time of day. */
export const LONG_AGO: Date = new Date("2020-02-03T04:05:06Z");
/** Names that are ordinary, whatever they look like. */
export const NAMES: readonly string[] = [
  "-rf",
  "|touch y",
  "$(x)",
  "a  b",
  "ä",
  "[1]",
  ".hidden",
  "~",
];
/** More than what is uploaded under its final name. */
export const BIG: Uint8Array<ArrayBuffer> = new Uint8Array(9_000_000).map((
  _,
  at,
) => at * 7 % 251);

/** Runs `action` with a pool for a server on this machine. */
export async function withPool(
  port: number,
  action: (pool: FtpPool) => Promise<void>,
  options: Partial<PoolOptions> = {},
): Promise<void> {
  const hostname = "127.0.0.1";
  await using pool = await FtpPool.connect({ hostname, port, ...options });
  await action(pool);
}

/** Steps that do something, by what they do. */
export async function changes(
  source: MirrorSide,
  target: MirrorSide,
  options: MirrorOptions = {},
): Promise<string[]> {
  const { steps, failed } = await planMirror(source, target, options);
  assertEquals(failed, []);
  return steps.filter(({ action }) => action !== "skip")
    .map(({ action, path }) => `${action} ${path}`);
}

/** Mirrors without a failure. */
export async function mirrored(
  source: MirrorSide,
  target: MirrorSide,
  options: MirrorOptions = {},
): Promise<MirrorResult> {
  const result = await mirror(source, target, options);
  assertEquals(result.failed, []);
  return result;
}

/** A tree with odd names, an empty file and an empty folder. */
export async function makeTree(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/sub/deep`, { recursive: true });
  await Deno.mkdir(`${folder}/empty`);
  for (const [n, name] of NAMES.entries()) {
    for (const path of [`${folder}/${name}`, `${folder}/sub/${name}`]) {
      await Deno.writeTextFile(path, `${name} ${"x".repeat(n * 1000)}`);
      const time = n % 2 === 0 ? LONG_AGO : new Date(Date.now() - n * HOUR);
      await Deno.utime(path, time, time);
    }
  }
  await Deno.writeTextFile(`${folder}/sub/deep/nothing`, "");
  await Deno.mkdir(`${folder}/[e]mpty`);
  await Deno.writeTextFile(`${folder}/[e]mpty/not`, "not empty");
}

/** Paths with contents, and times to the second. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      tree[`${name}/`] = "";
      const inner = Object.entries(await treeOf(path));
      for (const [below, what] of inner) tree[`${name}/${below}`] = what;
      continue;
    }
    const { mtime } = await Deno.stat(path);
    const seconds = Math.floor(mtime!.getTime() / 1000);
    tree[name] = `${seconds} ${await Deno.readTextFile(path)}`;
  }
  return Object.fromEntries(Object.entries(tree).toSorted());
}
