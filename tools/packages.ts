/**
 * The packages from npm that are used: what `deno.lock` pins, and where Deno
 * keeps them.
 *
 * @module
 */

/** One package from npm. */
export interface LockedPackage {
  /** Its name. */
  name: string;
  /** Its version. */
  version: string;
  /** Its checksum as npm gives it: an algorithm, a dash, base64. */
  integrity: string;
}

/** What this module reads of the lock file. */
export interface Lock {
  /** Packages from npm, by `name@version`. */
  npm?: Readonly<Record<string, { integrity: string }>>;
}

/** Reads `deno.lock` in the current folder. */
export async function readLock(): Promise<Lock> {
  return JSON.parse(await Deno.readTextFile("deno.lock")) as Lock;
}

/**
 * The packages of a lock file, sorted by name.
 *
 * @example
 * ```ts
 * import { lockedPackages } from "./packages.ts";
 * const [first] = lockedPackages({ npm: { "@a/b@1.2.3": { integrity: "x" } } });
 * console.assert(first?.name === "@a/b" && first.version === "1.2.3");
 * ```
 */
export function lockedPackages({ npm = {} }: Lock): LockedPackage[] {
  return Object.entries(npm).map(([key, { integrity }]) => {
    const at = key.lastIndexOf("@");
    return { name: key.slice(0, at), version: key.slice(at + 1), integrity };
  }).sort((one, other) => one.name < other.name ? -1 : 1);
}

/**
 * The folders of a package in Deno's cache: one for each registry it was
 * fetched from (a mirror is another one), none when it was not.
 *
 * @example
 * ```ts
 * import { cachedFolders } from "./packages.ts";
 * const it = { name: "a", version: "1.0.0", integrity: "" };
 * console.assert((await cachedFolders("/nowhere", it)).length === 0);
 * ```
 */
export async function cachedFolders(
  cache: string,
  { name, version }: LockedPackage,
): Promise<string[]> {
  const registries = await entriesOf(`${cache}/npm`);
  const folders = registries
    .filter((it) => it.isDirectory)
    .map(({ path }) => `${path}/${name}/${version}`);
  const found = await Promise.all(folders.map(entriesOf));
  return folders.filter((_, index) => found[index]?.length);
}

interface Entry {
  path: string;
  isDirectory: boolean;
}

/** What a folder holds; nothing where there is none. */
async function entriesOf(folder: string): Promise<Entry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.map(({ name, isDirectory }) => {
      return { path: `${folder}/${name}`, isDirectory };
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
