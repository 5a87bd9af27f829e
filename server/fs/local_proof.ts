/**
 * Proof that what was opened or seen lies where it should, although another
 * program may swap a folder for a link at any moment.
 *
 * @module
 */

import { orNull, parentOf, virtualPath, WINDOWS } from "./local_path.ts";

/**
 * How often {@linkcode isAt} looks. A program that swaps a folder and a link
 * gets through once in 2 to the power of this: after weeks of trying without
 * pause.
 */
const LOOKS = 32;

/**
 * Whether the file that `info` describes is the one at the real path `path`,
 * reached without any link and below the root.
 *
 * For a file that was opened through a link in the middle of its path, "is the
 * path real" holds only while a folder stands there, "is it this file" only
 * while the link does. They are asked in random order, so a program that swaps
 * the two has to guess each question. Takes 0.1 ms.
 *
 * @example
 * ```ts
 * import { isAt } from "./local_proof.ts";
 * const root = Deno.realPathSync(Deno.makeTempDirSync());
 * using file = Deno.createSync(root + "/a");
 * console.assert(isAt(root, root + "/a", file.statSync()));
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function isAt(
  root: string,
  path: string,
  info: Deno.FileInfo,
): boolean {
  if (virtualPath(root, path) === null) return false;
  const realRoot = Deno.realPathSync(root);
  const folder = parentOf(path);
  // The root is its owner's, and right below it there is no folder to be swapped.
  if (path === realRoot || folder === realRoot) return isFileAt(path, info);
  const isThere = () => isFileAt(path, info);
  const hasFolders = () => isReal(realRoot, folder);
  return hasFolders() && isThere() &&
    crypto.getRandomValues(new Uint8Array(LOOKS))
      .every((random) => random & 1 ? hasFolders() : isThere());
}

/** Something that was seen, and where. */
export interface Seen {
  /** Its real path; that of a link itself, for a link. */
  readonly path: string;
  /** What was seen there. */
  readonly info: Deno.FileInfo;
}

/**
 * Whether all these were seen in the real folder `folder`, reached without any
 * link and below the root. At least one is wanted.
 *
 * They are asked the questions of {@linkcode isAt}, each of any one of them:
 * what was seen through a link is not found in the folder that it replaced. Of
 * those seen while a link was there only for a moment, some may pass. Takes
 * 0.1 ms, however many they are.
 *
 * @example
 * ```ts
 * import { areAt } from "./local_proof.ts";
 * const root = Deno.realPathSync(Deno.makeTempDirSync());
 * Deno.symlinkSync("a", root + "/link");
 * const info = Deno.lstatSync(root + "/link");
 * console.assert(areAt(root, root, [{ path: root + "/link", info }]));
 * Deno.removeSync(root, { recursive: true });
 * ```
 */
export function areAt(
  root: string,
  folder: string,
  seen: readonly Seen[],
): boolean {
  if (virtualPath(root, folder) === null) return false;
  const isThere = (random: number) => {
    const { path, info } = seen[random % seen.length]!;
    return isFileAt(path, info);
  };
  const realRoot = Deno.realPathSync(root);
  // Below the root itself there is no folder to be swapped.
  const looks = folder === realRoot ? 1 : LOOKS;
  const [first = 0, ...more] = crypto.getRandomValues(new Uint32Array(looks));
  const hasFolders = () => isReal(realRoot, folder);
  return hasFolders() && isThere(first) &&
    more.every((random) => random & 1 ? hasFolders() : isThere(random >>> 1));
}

/**
 * Whether `folder` and all that it is in, up to the real root, are folders and no
 * links. What is above the root is the owner's: nobody asks about it 32 times.
 */
function isReal(root: string, folder: string): boolean {
  // There are more kinds of links there.
  if (WINDOWS) return orNull(() => Deno.realPathSync(folder)) === folder;
  for (let at = folder; at !== root; at = parentOf(at)) {
    // The root is another one since a moment ago.
    if (at.length <= root.length) return false;
    if (!orNull(() => Deno.lstatSync(at))?.isDirectory) return false;
  }
  return true;
}

function isFileAt(path: string, info: Deno.FileInfo): boolean {
  const there = orNull(() => Deno.lstatSync(path));
  return there !== null && there.ino === info.ino && there.dev === info.dev;
}
