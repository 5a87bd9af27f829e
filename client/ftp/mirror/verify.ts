/**
 * Checking what was moved.
 *
 * @module
 */

import { compareByHash } from "../hash.ts";
import type { Run } from "./run.ts";
import type { MirrorStep } from "./step.ts";

/**
 * Whether the file of a step is the same on both sides, as far as wanted and
 * as far as the server tells.
 */
export async function hasSameHash(
  { job, signal }: Run,
  { path }: MirrorStep,
): Promise<boolean> {
  const { pool, files, local, remote, options } = job;
  if (options.verify !== "hash") return true;
  const found = await pool.run(
    (client, signal) =>
      compareByHash(client, remote.at(path), files, local.at(path), { signal }),
    { signal },
  );
  return found !== "different";
}
