/**
 * Making a folder in the target of a mirror.
 *
 * @module
 */

import { LocalError } from "../errors.ts";
import { attempt } from "../targets.ts";
import type { Guard } from "./guard.ts";
import type { Run } from "./run.ts";
import { above, type MirrorStep } from "./step.ts";

/** Makes the folder of a step; one that is there already will do. */
export async function makeFolder(
  run: Run,
  guard: Guard,
  { path }: MirrorStep,
): Promise<void> {
  const { job: { isUpload, remote, pool }, signal } = run;
  if (!isUpload) return await makeLocal(run, guard, path);
  const options = { parents: true, signal };
  await pool.run(
    (client, signal) =>
      client.makeDirectory(remote.at(path), { ...options, signal }),
    { signal },
  );
}

async function makeLocal(
  { job: { files, local } }: Run,
  guard: Guard,
  path: string,
): Promise<void> {
  const place = local.at(path);
  if (path !== "") {
    await guard(above(path));
    const found = await attempt("read", place, files.stat(place));
    if (found?.type === "directory") return;
    if (found !== null) {
      throw new LocalError(
        `Cannot make the folder ${place}: a ${found.type} is in the way`,
      );
    }
  }
  await attempt("make the folder", place, files.makeDirectory(place));
}
