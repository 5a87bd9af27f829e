/**
 * A disk for a test, where this process may mount one.
 *
 * @module
 */

import { assert } from "@std/assert";
import { IS_ROOT } from "../ftp/helpers.ts";
import { succeeds } from "./programs.ts";

/** A disk that is mounted; disposing of it unmounts it. */
export interface Disk extends AsyncDisposable {
  /** Where it is. */
  readonly path: string;
  /** Whether it can be written, from now on. */
  mayWrite(yes: boolean): Promise<void>;
}

/** Mounts a disk of `megabytes` at `path`. */
export async function mountDisk(
  path: string,
  megabytes: number,
): Promise<Disk> {
  const size = `size=${megabytes}m`;
  assert(await succeeds("mount", "-t", "tmpfs", "-o", size, "tmpfs", path));
  return {
    path,
    async mayWrite(yes) {
      const how = `remount,${yes ? "rw" : "ro"}`;
      assert(await succeeds("mount", "-o", how, path));
    },
    async [Symbol.asyncDispose]() {
      assert(await succeeds("umount", path));
    },
  };
}

/** Whether that can be done here. */
export const CAN_MOUNT: boolean = await canMount();

async function canMount(): Promise<boolean> {
  if (Deno.build.os !== "linux" || !IS_ROOT) return false;
  const folder = await Deno.makeTempDir({ prefix: "wharf-disk-" });
  const mounted = await succeeds("mount", "-t", "tmpfs", "tmpfs", folder);
  if (mounted) await succeeds("umount", folder);
  await Deno.remove(folder);
  return mounted;
}
