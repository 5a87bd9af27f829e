/**
 * Plain data without fields that say nothing.
 *
 * @module
 */

/** The same fields, none of them `undefined`. */
export type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/**
 * The fields of `fields` that have a value.
 *
 * @example
 * ```ts
 * import { present } from "./present.ts";
 * const fields = present({ size: 1, rate: undefined });
 * console.assert(Object.keys(fields).join() === "size");
 * ```
 */
export function present<T extends object>(fields: T): Present<T> {
  const told: Record<string, unknown> = {};
  // Called for each of perhaps 100,000 accounts: lists of pairs take long.
  for (const name of Object.keys(fields)) {
    const value = fields[name as keyof T];
    if (value !== undefined) told[name] = value;
  }
  return told as Present<T>;
}
