/**
 * What may be done with files and folders, as words.
 *
 * @module
 */

/**
 * Something that may be done.
 *
 * - `list`: see what is there (LIST, NLST, MLSD, MLST, SIZE, MDTM, STAT).
 * - `read`: fetch files and their checksums.
 * - `write`: store files, also in the place of others.
 * - `append`: go on with a file that is there (APPE, REST and STOR).
 * - `delete`: remove files and folders.
 * - `rename`: rename files and folders.
 * - `make`: make folders.
 * - `chmod`: set modes, groups and times.
 */
export type Permission =
  | "list"
  | "read"
  | "write"
  | "append"
  | "delete"
  | "rename"
  | "make"
  | "chmod";

/** Every permission that there is. */
export const PERMISSIONS: readonly Permission[] = [
  "list",
  "read",
  "write",
  "append",
  "delete",
  "rename",
  "make",
  "chmod",
];

/** What is left where nothing may be changed. */
export const READING: readonly Permission[] = ["list", "read"];

/** Other permissions in a folder, and in all that is below it. */
export interface FolderRule {
  /** Virtual path of the folder, such as `/incoming`; the deepest rule counts. */
  readonly path: string;
  /** All that may be done there. */
  readonly permissions: readonly Permission[];
}

/**
 * What is in both.
 *
 * @example
 * ```ts
 * import { common } from "./rights.ts";
 * console.assert(common(["list", "read"], ["read", "write"]).join() === "read");
 * ```
 */
export function common(
  some: readonly Permission[],
  others: readonly Permission[],
): readonly Permission[] {
  if (some === others || others.length === PERMISSIONS.length) return some;
  return some.filter((permission) => others.includes(permission));
}

/**
 * Whether who has these permissions learns nothing of what is there: what they
 * do looks the same whatever it is. The drop box's are of this kind.
 *
 * @example
 * ```ts
 * import { isBlind } from "./rights.ts";
 * console.assert(isBlind(["write", "make"]) && !isBlind(["write", "list"]));
 * ```
 */
export function isBlind(permissions: readonly Permission[]): boolean {
  return permissions.every((one) => one === "write" || one === "make");
}
