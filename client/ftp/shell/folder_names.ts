/**
 * Names in folders, for completion: quick, few, and never an error.
 *
 * @module
 */

import { within } from "../../../lib/net/wait.ts";
import { visible } from "../../../lib/visible.ts";
import { withoutEnd } from "../../../lib/without_end.ts";
import { localPath, type Shell } from "./shell.ts";

/** A name that can be typed. */
export interface KnownName {
  /** The name, without its folder. */
  readonly name: string;
  /** A link may be a folder. */
  readonly type: "file" | "directory" | "link";
}

/** Names in folders; a folder is empty or ends with a slash. */
export interface FolderNames {
  /** Those of a folder on the server. */
  remote(folder: string, signal: AbortSignal): Promise<readonly KnownName[]>;
  /** Those of a folder of this machine. */
  local(folder: string, signal: AbortSignal): Promise<readonly KnownName[]>;
}

/** Nobody waits longer at a prompt, milliseconds. */
const PATIENCE_MS = 3_000;
/** How long a listing counts as new, milliseconds. */
const FRESH_MS = 10_000;
/** Folders that are remembered. */
const MOST_FOLDERS = 20;
/** Names that are more than anybody reads. */
const MOST_NAMES = 5_000;

interface Remembered {
  readonly names: readonly KnownName[];
  readonly until: number;
}

/** Finds names for this shell, and remembers those on the server for a while. */
export function folderNames(shell: Shell): FolderNames {
  const remembered = new Map<string, Remembered>();

  async function remote(
    folder: string,
    signal: AbortSignal,
  ): Promise<readonly KnownName[]> {
    const { site } = shell.state;
    if (site === null) return [];
    const key = JSON.stringify([site.url, site.pool.folder, folder]);
    const known = remembered.get(key);
    if (known !== undefined && known.until > shell.clock.now()) {
      return known.names;
    }
    const names = await inTime(
      shell,
      signal,
      (signal) => listed(shell, folder, signal),
    );
    remembered.delete(key);
    remembered.set(key, { names, until: shell.clock.now() + FRESH_MS });
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_FOLDERS) remembered.delete(oldest!);
    return names;
  }

  return {
    remote,
    local: (folder, signal) =>
      inTime(shell, signal, () => {
        const path = localPath(shell, folder === "" ? "." : folder);
        return collected(shell.files.list(path));
      }),
  };
}

/** What `task` finds before nobody waits any more; nothing when it fails. */
async function inTime(
  { clock }: Shell,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<readonly KnownName[]>,
): Promise<readonly KnownName[]> {
  const enough = new AbortController();
  const found = task(AbortSignal.any([signal, enough.signal])).catch(() => []);
  try {
    return await within(found, PATIENCE_MS, [], { clock, signal });
  } finally {
    enough.abort();
  }
}

async function listed(
  { state }: Shell,
  folder: string,
  signal: AbortSignal,
): Promise<readonly KnownName[]> {
  const path = folder.length > 1 ? withoutEnd(folder, "/") || "/" : folder;
  return await state.site!.pool.run(
    (client, signal) => collected(client.list(path, { signal, hidden: true })),
    { signal },
  );
}

/** The first names that can be typed. */
async function collected(
  entries: AsyncIterable<{ readonly name: string; readonly type: string }>,
): Promise<readonly KnownName[]> {
  const names: KnownName[] = [];
  for await (const { name, type } of entries) {
    if (!isTypeable(name)) continue;
    const known = type === "directory" || type === "link" ? type : "file";
    names.push({ name, type: known });
    if (names.length >= MOST_NAMES) break;
  }
  return names;
}

/** Not what a terminal would obey, nor what is a path. */
function isTypeable(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." &&
    !name.includes("/") && visible(name) === name;
}
