/**
 * What the arguments of LIST, NLST and STAT select: a folder's entries, one
 * file, all that matches a pattern, or whole trees.
 *
 * @module
 */

import { isGlob } from "../../../lib/glob.ts";
import {
  type ListOptions,
  parseListArgument,
} from "../../../lib/ftp/list_options.ts";
import { resolvePath } from "../../../lib/ftp/path.ts";
import { withoutEnd } from "../../../lib/without_end.ts";
import { type Entry, FsError } from "../../fs/file_system.ts";
import { matching } from "./expand.ts";
import {
  type Item,
  mayDescribe,
  openFolder,
  type View,
} from "./folder_view.ts";
import type { AccountContext } from "../session.ts";
import { newBudget, walk } from "./walk.ts";

/** What a listing command is about. */
export interface Selection {
  /** The folder, file or pattern. */
  readonly path: string;
  /** How it is to be listed. */
  readonly options: ListOptions;
  /** What there is to list. */
  readonly items: AsyncIterable<Item>;
  /** Ends a search that is under way: `items` rejects. */
  stop(): void;
}

/** Options for {@linkcode select}. */
export interface SelectOptions {
  /** Entries that patterns and `-R` look at. @default {200000} */
  most?: number;
}

/**
 * What an argument selects. What cannot be listed is refused here, before
 * there is a data connection; what is found on the way is looked at when it is
 * listed.
 *
 * @throws {FsError}
 */
export async function select(
  { account: { fs }, session: { directory }, policy }: AccountContext,
  argument: string,
  { most }: SelectOptions = {},
): Promise<Selection> {
  const { options, name } = parseListArgument(argument);
  const showsDots = policy.dotfiles === "show" ||
    (policy.dotfiles === "ls" && options.dots);
  const gone = new AbortController();
  const stop = () => gone.abort();
  const budget = newBudget(gone.signal, most);
  const view: View = { fs, directory, options, budget, showsDots };
  const path = resolvePath(directory, name);
  const entry = await fs.stat(path).catch((error) => {
    if (isGlob(name) && isNotThere(error)) return null;
    throw error;
  });
  if (entry === null) {
    return { path, options, stop, items: await matching(view, name) };
  }
  if (entry.type === "directory" && !options.itself) {
    return { path, options, stop, items: await contents(view, path, name) };
  }
  if (!await mayDescribe(fs, path)) throw new FsError("permission");
  const shown = entry.name === "/" ? name || "." : entry.name;
  const item = { entry, name: name || ".", shown };
  return { path, options, stop, items: only(item) };
}

function isNotThere(error: unknown): boolean {
  return error instanceof FsError &&
    (error.kind === "not-found" || error.kind === "not-directory");
}

/** What is in a folder, and with `-R` in those below. */
async function contents(
  view: View,
  path: string,
  typed: string,
): Promise<AsyncIterable<Item>> {
  const first = await openFolder(view, path);
  if (view.options.deep) return deepItems(view, path, typed, first);
  return plainItems(first);
}

async function* deepItems(
  view: View,
  path: string,
  typed: string,
  first: AsyncIterable<Entry>,
): AsyncGenerator<Item> {
  const open = (folder: string) =>
    folder === path ? Promise.resolve(first) : openFolder(view, folder);
  const top = typed === "" ? "." : withoutEnd(typed, "/");
  const { length } = path === "/" ? "" : path;
  for await (const step of walk(path, open, { budget: view.budget })) {
    const below = step.folder.slice(length + 1);
    const { entry } = step;
    const name = entry === null
      ? `${top}/${below}:`
      : below === ""
      ? entry.name
      : `${below}/${entry.name}`;
    yield { entry, name, shown: entry?.name ?? name };
  }
}

async function* only(item: Item): AsyncGenerator<Item> {
  yield await Promise.resolve(item);
}

async function* plainItems(
  entries: AsyncIterable<Entry>,
): AsyncGenerator<Item> {
  for await (const entry of entries) {
    yield { entry, name: entry.name, shown: entry.name };
  }
}
