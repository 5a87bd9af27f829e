/**
 * Which options say something else than their defaults, and who said so.
 *
 * @module
 */

import type { OptionSpec, OptionTable, OptionTexts } from "../../../lib/cli.ts";
import { optionValue, type Value } from "../../../lib/cli/values.ts";
import type { ConfigText } from "./config_file.ts";

/** An option that says something else than its default. */
export interface ToldOption {
  /** Its name. */
  readonly name: string;
  /** What it says, as on a command line; what may be secret is not shown. */
  readonly value: string;
  /** `command line`, or `FILE:LINE`. */
  readonly from: string;
}

/** What is done at once, and is no setting. */
const DONE: ReadonlySet<string> = new Set(["check", "print-config", "config"]);

/**
 * The options that say something else than their defaults. `texts` are those
 * that count, `typed` those of the command line.
 *
 * @example
 * ```ts
 * import { toldOptions } from "./told.ts";
 * const table = {
 *   grace: { type: "seconds", default: 10, help: "" },
 * } as const;
 * const [grace] = toldOptions(table, { grace: ["5"] }, { grace: ["5"] });
 * console.assert(grace?.from === "command line" && grace.value === "5");
 * console.assert(toldOptions(table, { grace: ["10s"] }, {}).length === 0);
 * ```
 */
export function toldOptions(
  table: OptionTable,
  texts: OptionTexts,
  typed: OptionTexts,
  config?: Pick<ConfigText, "file" | "lines">,
): ToldOption[] {
  return Object.entries(texts).flatMap(([name, each]) => {
    const spec = Object.hasOwn(table, name) ? table[name] : undefined;
    if (spec === undefined || each.length === 0 || DONE.has(name)) return [];
    const value = optionValue(name, spec, each);
    if (isSame(value, optionValue(name, spec, []))) return [];
    const line = config?.lines[name];
    const isTyped = name in typed || line === undefined;
    const from = isTyped ? "command line" : `${config?.file}:${line}`;
    return [{ name, value: shown(spec, each), from }];
  });
}

function isSame(one: Value, other: Value): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function shown(
  { secret = false, type }: OptionSpec,
  texts: readonly string[],
): string {
  if (secret) return "…";
  return type === "flag" ? "true" : texts.join(", ");
}
