/**
 * How far memory rises while something goes on: the kernel keeps the most that
 * each process ever had, and can be told to begin anew, so nothing has to be
 * sampled meanwhile.
 *
 * @module
 */

import { treeOf } from "./process_tree.ts";

/** Bytes that `root` and all it started have in memory now (VmRSS). */
export async function residentOf(root: number): Promise<number> {
  return await sumOf(root, "VmRSS");
}

/** The most bytes that they had since {@linkcode forgetPeaks} (VmHWM). */
export async function peakOf(root: number): Promise<number> {
  return await sumOf(root, "VmHWM");
}

/** Lets the most bytes be those that they have now (proc(5), clear_refs). */
export async function forgetPeaks(root: number): Promise<void> {
  for (const pid of await treeOf(root)) {
    await Deno.writeTextFile(`/proc/${pid}/clear_refs`, "5");
  }
}

async function sumOf(root: number, field: string): Promise<number> {
  let sum = 0;
  for (const pid of await treeOf(root)) {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    sum += bytesIn(status, field);
  }
  return sum;
}

/**
 * The value of `field` in a `status` of proc(5), which says `kB` for 1,024; 0
 * for what has no memory of its own, as a process that has just ended.
 */
export function bytesIn(status: string, field: string): number {
  const [, amount = "0"] =
    status.match(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m")) ?? [];
  return 1024 * Number(amount);
}
