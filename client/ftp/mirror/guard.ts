/**
 * Keeping a mirror in its local folder, whatever lies on the way.
 *
 * @module
 */

import { LocalError } from "../errors.ts";
import { attempt } from "../targets.ts";
import type { MirrorJob } from "./job.ts";
import { above } from "./step.ts";

/** Makes sure that a folder of the target is one, and those above it. */
export type Guard = (path: string) => Promise<void>;

/**
 * Guards the local target: no folder below it may be a link, as it would lead
 * out of it. Each is looked at once. A target on a server needs no guard.
 */
export function createGuard({ isUpload, files, local }: MirrorJob): Guard {
  const known = new Map<string, Promise<void>>([["", Promise.resolve()]]);

  async function look(path: string): Promise<void> {
    await guard(above(path));
    const place = local.at(path);
    const found = await attempt("read", place, files.stat(place));
    if (found?.type === "directory") return;
    known.delete(path); // It may become one.
    const what = found === null ? "gone" : `a ${found.type}`;
    throw new LocalError(`Cannot write into ${place}: it is ${what}`);
  }

  async function guard(path: string): Promise<void> {
    let looked = known.get(path);
    if (looked === undefined) {
      looked = look(path);
      known.set(path, looked);
    }
    await looked;
  }

  return isUpload ? () => Promise.resolve() : guard;
}
