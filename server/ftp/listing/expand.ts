/**
 * Paths with patterns in them, in any component: what they match, found while
 * it is listed.
 *
 * @module
 */

import { globMatcher, isGlob } from "../../../lib/glob.ts";
import { resolvePath } from "../../../lib/ftp/path.ts";
import { type Entry, FsError } from "../../fs/file_system.ts";
import {
  arranged,
  type Item,
  mayDescribe,
  openFolder,
  type View,
} from "./folder_view.ts";

/** Patterns in one path. */
const MAX_PATTERNS = 8;

/**
 * All that matches the path `typed`, which has patterns. The folder in front of
 * the first one is opened when the promise resolves.
 *
 * @throws {FsError} when that cannot be listed, or for more than 8 patterns.
 */
export async function matching(
  view: View,
  typed: string,
): Promise<AsyncIterable<Item>> {
  const parts = typed.split("/");
  const patterns = parts.filter(isGlob).length;
  if (patterns > MAX_PATTERNS) throw new FsError("bad-name");
  const start = nextPattern("", parts);
  const first = await openFolder(view, folderOf(view, start.before));
  const found = expand(view, start, first);
  // As ls does; but clients know names without folders best.
  const isDeep = parts.slice(0, -1).some(isGlob);
  const items = isDeep ? found : shownShort(found);
  if (patterns === 1) return items;
  return arranged(items, view.options, ({ entry }) => entry!);
}

/** A path with a pattern: what is before it, it, and what is behind it. */
interface PatternPath {
  readonly before: string;
  readonly pattern: string;
  readonly behind: readonly string[];
}

function nextPattern(typed: string, parts: readonly string[]): PatternPath {
  const at = parts.findIndex(isGlob);
  const before = [typed, ...parts.slice(0, at).map((part) => `${part}/`)];
  return {
    before: before.join(""),
    pattern: parts[at]!,
    behind: parts.slice(at + 1),
  };
}

function folderOf({ directory }: View, typed: string): string {
  return resolvePath(directory, typed);
}

async function* expand(
  view: View,
  { before, pattern, behind }: PatternPath,
  entries: AsyncIterable<Entry>,
): AsyncGenerator<Item> {
  const isWanted = globMatcher(pattern);
  for await (const entry of entries) {
    view.budget.take();
    if (!isWanted(entry.name)) continue;
    const name = `${before}${entry.name}`;
    if (behind.length === 0) yield { entry, name, shown: name };
    else if (entry.type === "directory") yield* below(view, name, behind);
  }
}

async function* below(
  view: View,
  typed: string,
  behind: readonly string[],
): AsyncGenerator<Item> {
  if (!behind.some(isGlob)) {
    const name = [typed, ...behind].join("/");
    view.budget.take();
    const entry = await described(view, folderOf(view, name)).catch(leftOut);
    if (entry !== null) yield { entry, name, shown: name };
    return;
  }
  const next = nextPattern(`${typed}/`, behind);
  const folder = folderOf(view, next.before);
  const entries = await openFolder(view, folder).catch(leftOut);
  if (entries !== null) yield* expand(view, next, entries);
}

async function described({ fs }: View, path: string): Promise<Entry | null> {
  return await mayDescribe(fs, path) ? await fs.stat(path) : null;
}

/** What a pattern meets on its way and may not look into is no match. */
function leftOut(error: unknown): null {
  if (error instanceof FsError && error.kind !== "io") return null;
  throw error;
}

async function* shownShort(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  for await (const item of items) yield { ...item, shown: item.entry!.name };
}
