/**
 * The values of options: from what was typed to what a tool works with.
 *
 * @module
 */

import { visible } from "../visible.ts";
import { UsageError } from "./errors.ts";
import type {
  IntegerType,
  OptionSpec,
  PortRange,
  SecondsType,
} from "./tool.ts";

/** The longest time a timer can take, in whole seconds: 24 days. */
const LONGEST_SECONDS = 2_147_483;
const LAST_PORT = 65535;
const UNITS: Record<string, number> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
};

/** What an option delivers. */
export type Value =
  | boolean
  | string
  | string[]
  | number
  | object
  | undefined;

/**
 * The value of option `name`, given as `texts` (once for each time it stood on
 * the command line).
 *
 * Throws a {@linkcode UsageError} that names the option, what it takes and
 * what it got.
 *
 * @example
 * ```ts
 * import { optionValue } from "./values.ts";
 * const spec = { type: "seconds", default: 300, help: "" } as const;
 * console.assert(optionValue("idle-timeout", spec, ["2m"]) === 120_000);
 * ```
 */
export function optionValue(
  name: string,
  spec: OptionSpec,
  texts: readonly string[],
): Value {
  if (spec.type === "flag") return texts.length > 0;
  if (texts.includes("")) {
    throw new UsageError(`--${name} is empty: expected ${expected(spec)}`);
  }
  if (spec.type === "texts") return [...texts];
  if (spec.type === "forms") {
    return texts.map((text) => readValue(name, spec, text));
  }
  if (texts.length > 1) {
    throw new UsageError(
      `--${name} is given ${texts.length} times, but takes only one value`,
    );
  }
  const [text] = texts;
  return text === undefined ? defaultValue(spec) : readValue(name, spec, text);
}

/** What an error says of a value that may be, or hold, a password. */
export const NOT_SHOWN: string = "got something else (secret, so not shown)";

/** What an option takes, in words: `seconds such as 30, 0.5, 500ms or 2m`. */
export function expected(spec: OptionSpec): string {
  switch (spec.type) {
    case "choice":
      return spec.choices.join(" or ");
    case "seconds":
      return `seconds such as 30, 0.5, 500ms or 2m,${
        limits(secondsRange(spec))
      }`;
    case "integer":
      return `a whole number${limits(integerRange(spec))}`;
    case "ports":
      return `ports FIRST-LAST, such as 50000-50100`;
    case "form":
    case "forms":
      return spec.form.expected;
    default:
      return spec.placeholder ?? "a value";
  }
}

/** A piece of the command line, fit for an error message. */
export function quoted(text: string): string {
  return `"${visible(text.length > 60 ? `${text.slice(0, 60)}…` : text)}"`;
}

function defaultValue(spec: OptionSpec): Value {
  if (!("default" in spec)) return undefined;
  return spec.type === "seconds" ? milliseconds(spec.default) : spec.default;
}

function readValue(name: string, spec: OptionSpec, text: string): Value {
  const value = parseValue(spec, text);
  if (value !== undefined) return value;
  throw new UsageError(
    `--${name}: expected ${expected(spec)}, ` +
      (spec.secret ? NOT_SHOWN : `got ${quoted(text)}`),
  );
}

/** The value, or `undefined` when `text` is not one. */
function parseValue(spec: OptionSpec, text: string): Value {
  switch (spec.type) {
    case "choice":
      return spec.choices.includes(text) ? text : undefined;
    case "seconds":
      return parseSeconds(spec, text);
    case "integer":
      return parseInteger(spec, text);
    case "ports":
      return parsePorts(text);
    case "form":
    case "forms":
      return spec.form.read(text) as Value;
    default:
      return text;
  }
}

function parseSeconds(spec: SecondsType, text: string): number | undefined {
  const parts = /^(\d+\.?\d*|\.\d+)(ms|s|m|h)?$/.exec(text);
  if (!parts) return undefined;
  const seconds = Number(parts[1]) * (UNITS[parts[2] ?? "s"] ?? 1);
  if (!within(seconds, secondsRange(spec))) return undefined;
  return milliseconds(seconds);
}

function parseInteger(spec: IntegerType, text: string): number | undefined {
  if (!/^-?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return within(value, integerRange(spec)) ? value : undefined;
}

function parsePorts(text: string): PortRange | undefined {
  const parts = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  if (!parts) return undefined;
  const first = Number(parts[1]);
  const last = Number(parts[2]);
  return first >= 1 && first <= last && last <= LAST_PORT
    ? { first, last }
    : undefined;
}

/** Rounded up: a time-out that was asked for never becomes 0. */
function milliseconds(seconds: number): number {
  return Math.ceil(Number((seconds * 1000).toFixed(3)));
}

interface Range {
  readonly min: number;
  readonly max: number;
}

function secondsRange({ min = 0, max = LONGEST_SECONDS }: SecondsType): Range {
  return { min, max };
}

function integerRange(
  { min = 0, max = Number.MAX_SAFE_INTEGER }: IntegerType,
): Range {
  return { min, max };
}

function within(value: number, { min, max }: Range): boolean {
  return value >= min && value <= max;
}

function limits({ min, max }: Range): string {
  if (max < Number.MAX_SAFE_INTEGER) return ` from ${min} to ${max}`;
  return min === 0 ? "" : ` of at least ${min}`;
}
