/**
 * In which order entries are shown.
 *
 * @module
 */

import type { OptionValues } from "../../../lib/cli.ts";
import type { ListEntry } from "../listing.ts";

/** The options of every verb that lists. */
export const LIST_OPTIONS = {
  long: { type: "flag", short: "l", help: "mode, size, time and name" },
  names: { type: "flag", short: "1", help: "names only" },
  all: { type: "flag", short: "a", help: "also names with a leading dot" },
  human: { type: "flag", short: "h", help: "sizes with units" },
  time: { type: "flag", short: "t", help: "newest first", group: "Order" },
  size: { type: "flag", short: "S", help: "largest first", group: "Order" },
  reverse: {
    type: "flag",
    short: "r",
    help: "the other way round",
    group: "Order",
  },
} as const;

/** Those that say in which order. */
export type OrderValues = Pick<
  OptionValues<typeof LIST_OPTIONS>,
  "time" | "size" | "reverse"
>;

/** Compares two entries, as sorting does. */
export type EntryOrder = (a: ListEntry, b: ListEntry) => number;

/**
 * The order that options ask for: by name unless they say otherwise. What has
 * no time or size comes last.
 *
 * @example
 * ```ts
 * import { entryOrder } from "./entry_order.ts";
 * const entry = { path: "", type: "file", size: null, modified: null } as const;
 * const order = entryOrder({ time: false, size: false, reverse: true });
 * console.assert(order({ ...entry, name: "a" }, { ...entry, name: "b" }) > 0);
 * ```
 */
export function entryOrder({ time, size, reverse }: OrderValues): EntryOrder {
  const key = time ? timeOf : size ? sizeOf : () => 0;
  const sign = reverse ? -1 : 1;
  return (a, b) => sign * (key(b) - key(a) || byName(a, b));
}

function timeOf({ modified }: ListEntry): number {
  return modified?.getTime() ?? Number.MIN_SAFE_INTEGER;
}

function sizeOf({ size }: ListEntry): number {
  return size ?? -1;
}

/** By code units: the same on every machine, in every language. */
function byName({ name: a }: ListEntry, { name: b }: ListEntry): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
