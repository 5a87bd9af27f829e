/**
 * Which datagrams are worth a record.
 *
 * @module
 */

import { type Cidr, isWithin } from "../../../lib/net/cidr.ts";
import { type Level, LEVELS } from "../../../lib/spew/label.ts";
import { containing } from "./pattern.ts";
import type { DebugRecord } from "./record.ts";
import { shownText } from "./text.ts";

/** What {@linkcode recordFilter} goes by; without any rule all pass. */
export interface FilterRules {
  /** Blocks of addresses: the sender is in one of them. @default {[]} */
  readonly from?: readonly Cidr[];
  /** Patterns: the text contains one of them. @default {[]} */
  readonly match?: readonly string[];
  /** Patterns: the text contains none of them. @default {[]} */
  readonly except?: readonly string[];
  /** Whether patterns take `A` for `a`. @default {false} */
  readonly ignoreCase?: boolean;
  /** The least serious level; without a label it is `info`. @default all */
  readonly level?: Level | undefined;
  /** Tags: the label has one of them. @default {[]} */
  readonly tags?: readonly string[];
}

/** Says yes or no to a record. */
export type RecordFilter = (record: Judged) => boolean;

/** What of a record is judged. */
export type Judged = Pick<DebugRecord, "from" | "data" | "label">;

/**
 * A function that tells which records pass all of `rules`. Patterns look at
 * the text as it would be shown, label included.
 *
 * @example
 * ```ts
 * import { recordFilter } from "./filter.ts";
 * const passes = recordFilter({ match: ["error"] });
 * const from = { hostname: "192.0.2.7", port: 40001 };
 * const record = (text: string) => ({
 *   from,
 *   data: new TextEncoder().encode(text),
 *   label: null,
 * });
 * console.assert(passes(record("an error")) && !passes(record("all well")));
 * ```
 */
export function recordFilter(rules: FilterRules): RecordFilter {
  const { from = [], tags = [], level = "debug" } = rules;
  const checks = [
    from.length > 0 ? bySender(from) : null,
    tags.length > 0 ? byTag(tags) : null,
    level !== "debug" ? byLevel(level) : null,
    byText(rules),
  ].filter((check) => check !== null);
  return (record) => checks.every((check) => check(record));
}

function bySender(blocks: readonly Cidr[]): RecordFilter {
  return ({ from: { hostname } }) =>
    blocks.some((block) => isWithin(hostname, block));
}

function byTag(tags: readonly string[]): RecordFilter {
  return ({ label }) => tags.includes(label?.label.tag ?? "");
}

function byLevel(level: Level): RecordFilter {
  const least = LEVELS.indexOf(level);
  return ({ label }) => LEVELS.indexOf(label?.label.level ?? "info") >= least;
}

/** Reading the text is the dearest check: it is made last, and only if asked for. */
function byText(rules: FilterRules): RecordFilter | null {
  const { match = [], except = [], ignoreCase = false } = rules;
  if (match.length + except.length === 0) return null;
  const compile = (pattern: string) => containing(pattern, { ignoreCase });
  const [wanted, unwanted] = [match.map(compile), except.map(compile)];
  return ({ data }) => {
    const text = shownText(data);
    const isIn = (contains: (text: string) => boolean) => contains(text);
    return (wanted.length === 0 || wanted.some(isIn)) && !unwanted.some(isIn);
  };
}
