/**
 * Names in the served folder, read in batches.
 *
 * @module
 */

import { giveWay } from "./give_way.ts";
import { isPartName } from "./local_path.ts";
import { isOneLine, sortNames } from "./names.ts";

/** Names in the first batch, so that a listing begins soon. */
const FIRST_BATCH = 64;
/** Names in the longest batches. */
const LONGEST_BATCH = 256;

/**
 * The names in the folder at the real path `folder` that can be listed, some at
 * a time: those on one line that are no parts of uploads. Sorted, they come in
 * the order of their UTF-8 bytes, and all have been read before the first one
 * comes.
 *
 * @example
 * ```ts
 * import { namesIn } from "./local_names.ts";
 * const folder = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(folder + "/a", "text");
 * const batches = await Array.fromAsync(namesIn(folder, false));
 * console.assert(batches.flat().join() === "a");
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export function namesIn(
  folder: string,
  sorted: boolean,
): AsyncIterable<string[]> {
  return sorted ? sortedBatches(folder) : batches(folder);
}

async function* batches(folder: string): AsyncGenerator<string[], void, void> {
  let batch: string[] = [];
  let size = FIRST_BATCH;
  for await (const { name } of Deno.readDir(folder)) {
    if (isOneLine(name) && !isPartName(name)) batch.push(name);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
    size = Math.min(2 * size, LONGEST_BATCH);
  }
  yield batch;
}

/**
 * Sorts batches, then merges them two by two, which is what sorting does with
 * two sorted halves: at once, 100,000 names would hold others up for 70 ms.
 */
async function* sortedBatches(
  folder: string,
): AsyncGenerator<string[], void, void> {
  const runs: string[][] = [];
  for await (const batch of batches(folder)) {
    sortNames(batch);
    runs.push(batch);
    await giveWay(folder);
  }
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const both = runs[at]!.concat(runs[at + 1]!);
    sortNames(both);
    runs.push(both);
    [runs[at], runs[at + 1]] = [[], []];
    await giveWay(folder);
  }
  yield runs.at(-1)!;
}
