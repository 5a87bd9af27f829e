/**
 * A served folder for one test, with a secret beside it.
 *
 * @module
 */

import type { FileSystem } from "../../server/fs/file_system.ts";
import { localFileSystem } from "../../server/fs/local.ts";

/** What a test gets to work with. */
export interface TempRoot {
  /** The file system under test. */
  fs: FileSystem;
  /** The served folder; a real path. */
  root: string;
  /** A folder beside it, whose name begins with the root's. */
  outside: string;
}

/** What the file `secret` in the folder outside holds. */
export const SECRET = "top secret";

/** Runs `act` with a served folder that is removed afterwards. */
export async function withRoot(
  act: (temp: TempRoot) => Promise<void>,
): Promise<void> {
  const base = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    const root = `${base}/a`;
    const outside = `${base}/ab`;
    Deno.mkdirSync(root);
    Deno.mkdirSync(outside);
    Deno.writeTextFileSync(`${outside}/secret`, SECRET);
    await act({ fs: localFileSystem(root), root, outside });
  } finally {
    Deno.removeSync(base, { recursive: true });
  }
}
