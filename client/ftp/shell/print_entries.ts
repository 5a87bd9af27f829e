/**
 * Shows entries while they come: sorted as long as they are few enough, in
 * bounded memory however many there are.
 *
 * @module
 */

import type { ListEntry } from "../listing.ts";
import { type EntryLook, longLines, nameLines } from "./entry_lines.ts";
import type { EntryOrder } from "./entry_order.ts";
import { entryRecord } from "./entry_record.ts";
import { shownPath } from "./on_server.ts";
import type { Shell } from "./shell.ts";
import { createUnreadable } from "./unreadable.ts";

/** How entries are shown. */
export interface EntryForm {
  /** Mode, size and time, too. */
  readonly long: boolean;
  /** Sizes with units. */
  readonly human: boolean;
  /** The order; `null` for the server's. */
  readonly order: EntryOrder | null;
  /** Names with a leading dot, too. */
  readonly hidden: boolean;
  /** What stands for an entry: its name, or the path to it. */
  readonly label: "name" | "path";
}

/** Options for {@linkcode printEntries}. */
export interface PrintOptions {
  /**
   * What was asked for. An entry of this very path is no content but the thing
   * itself: it is shown, whatever it is called, and by its path.
   */
  readonly path?: string;
  /** Whether the path stands above what is in it. @default {false} */
  readonly titled?: boolean;
  /** Most entries that are sorted. @default {100000} */
  readonly mostSorted?: number;
}

/** Characters of names that are kept for sorting. */
const MOST_LETTERS = 1 << 23;
/** Entries that are laid out and written at once when there are too many. */
const BATCH = 1000;

/** Shows all entries of a listing. */
export async function printEntries(
  shell: Shell,
  entries: AsyncIterable<ListEntry> | Iterable<ListEntry>,
  form: EntryForm,
  options: PrintOptions = {},
): Promise<void> {
  const { path = "", titled = false, mostSorted = 100_000 } = options;
  const { output } = shell;
  const isAsked = (entry: ListEntry) => path !== "" && entry.path === path;
  const unreadable = createUnreadable(shell);
  let waiting: ListEntry[] = [];
  let most = mostOf(shell, form, mostSorted);
  let letters = 0;
  let begun = !titled;

  function flush(): void {
    const asked = waiting.length === 1 && isAsked(waiting[0]!);
    if (!begun && !asked) output.line(`${shownPath(path)}:`);
    begun = true;
    print(shell, waiting, asked ? { ...form, label: "path" } : form);
    waiting = [];
    letters = 0;
  }

  for await (const entry of entries) {
    if (unreadable.add(entry)) continue;
    if (!isAsked(entry) && isLeftOut(entry, form)) continue;
    waiting.push(entry);
    letters += lettersOf(entry);
    if (waiting.length < most && letters < MOST_LETTERS) continue;
    if (most === mostSorted && form.order !== null) {
      tellUnsorted(shell, waiting.length);
    }
    most = BATCH;
    flush();
  }
  if (form.order !== null && most !== BATCH) waiting.sort(form.order);
  if (waiting.length > 0 || !begun) flush();
  unreadable.end();
}

/** What an entry takes in memory, roughly. */
function lettersOf({ name, path, target = "" }: ListEntry): number {
  return name.length + path.length + target.length;
}

/** What needs no order, and no columns, need not wait. */
function mostOf({ output }: Shell, form: EntryForm, most: number): number {
  return output.json && form.order === null ? 1 : most;
}

function tellUnsorted({ output }: Shell, most: number): void {
  output.warn(`there are more than ${most} entries: they are not sorted`);
}

function isLeftOut({ name }: ListEntry, { hidden }: EntryForm): boolean {
  return !hidden && name.startsWith(".");
}

function print(
  { output }: Shell,
  entries: readonly ListEntry[],
  form: EntryForm,
): void {
  if (output.json) {
    for (const entry of entries) output.record(entryRecord(entry));
    return;
  }
  const labelled = form.label === "name"
    ? entries
    : entries.map((entry) => ({ ...entry, name: entry.path }));
  const { color, columns } = output;
  const look: EntryLook = { human: form.human, color, columns };
  for (let at = 0; at < labelled.length; at += BATCH) {
    // All of few names are laid out together.
    const part = labelled.slice(at, at + BATCH);
    const lines = form.long ? longLines(part, look) : nameLines(part, look);
    output.text(lines.map((line) => `${line}\n`).join(""));
  }
}
