/**
 * A table of a configuration file by a table of keys: the same rows, and the
 * same readers, as for options of the command line.
 *
 * @module
 */

import {
  type OptionSpec,
  type OptionTable,
  type OptionValues,
  UsageError,
} from "../../../lib/cli.ts";
import { nearest } from "../../../lib/cli/nearest.ts";
import {
  expected,
  NOT_SHOWN,
  optionValue,
  quoted,
} from "../../../lib/cli/values.ts";
import {
  isList,
  isTable,
  type TomlEntry,
  type TomlTable,
  TomlTime,
  type TomlValue,
} from "../../../lib/toml.ts";
import type { Mistakes } from "./mistakes.ts";

/** What a table says. */
export interface Told<O extends OptionTable = OptionTable> {
  /** The values of those keys that are there. */
  readonly values: Partial<OptionValues<O>>;
  /** The same as texts, as on a command line. */
  readonly texts: Record<string, string[]>;
  /** The line of each key. */
  readonly lines: Record<string, number>;
}

/**
 * Reads those keys of `table` that `keys` has. Other keys are mistakes, but for
 * the names of `tables`, when they are tables (or lists of them).
 */
export function readTable<const O extends OptionTable>(
  table: TomlTable,
  keys: O,
  { mistakes, tables = [], typed = [] }: ReadTableOptions,
): Told<O> {
  const values: Record<string, unknown> = {};
  const texts: Record<string, string[]> = {};
  const lines: Record<string, number> = {};
  for (const [name, entry] of table.entries) {
    const spec = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (spec === undefined) {
      if (typed.includes(name)) {
        mistakes.add(entry.line, `${name} is for the command line alone`);
      } else if (!tables.includes(name)) {
        mistakes.add(entry.line, unknownKey(name, entry, keys, tables));
      }
      continue;
    }
    const read = readEntry(name, spec, entry.value);
    if (typeof read === "string") {
      mistakes.add(entry.line, read + accountHint(entry, tables));
    } else {
      lines[name] = entry.line;
      texts[name] = read.texts;
      values[name] = read.value;
    }
  }
  return { values: values as Told<O>["values"], texts, lines };
}

/** Options for {@linkcode readTable}. */
export interface ReadTableOptions {
  /** Takes what is wrong. */
  readonly mistakes: Mistakes;
  /** Names that somebody else reads. @default {[]} */
  readonly tables?: readonly string[];
  /** Names that only a command line may say. @default {[]} */
  readonly typed?: readonly string[];
}

function unknownKey(
  name: string,
  { value }: Pick<TomlEntry, "value">,
  keys: OptionTable,
  tables: readonly string[],
): string {
  const isOne = isTable(value);
  const names = isOne ? tables : [...Object.keys(keys), ...tables];
  const near = nearest(names, name);
  const hint = near === undefined
    ? accountHint({ value }, tables)
    : `; did you mean ${quoted(near)}?`;
  return `unknown ${isOne ? "table" : "key"} ${quoted(name)}${hint}`;
}

/** Whoever writes `[anonymous]` or `[users.bob]` means an account. */
function accountHint(
  { value }: Pick<TomlEntry, "value">,
  tables: readonly string[],
): string {
  return isTable(value) && tables.includes("account")
    ? "; accounts are tables [account.NAME]"
    : "";
}

/** The value of a key, or what is wrong with it. */
function readEntry(
  name: string,
  spec: OptionSpec,
  value: TomlValue,
): { value: unknown; texts: string[] } | string {
  const texts = textsOf(spec, value);
  if (texts === undefined) {
    const got = spec.secret ? NOT_SHOWN : `got ${kindOf(value)}`;
    return `${name}: expected ${expectedOf(spec)}, ${got}`;
  }
  try {
    return { texts, value: optionValue(name, spec, texts) };
  } catch (error) {
    if (error instanceof UsageError) return error.message.replace(/^--/, "");
    throw error;
  }
}

/** What a command line would say; `undefined` for a value of a wrong type. */
function textsOf(spec: OptionSpec, value: TomlValue): string[] | undefined {
  if (spec.type === "flag") {
    return typeof value === "boolean" ? value ? ["given"] : [] : undefined;
  }
  if (spec.type !== "texts" && spec.type !== "forms") {
    const text = textOf(spec, value);
    return text === undefined ? undefined : [text];
  }
  const items = isList(value) ? value.map(({ value }) => value) : [value];
  const texts = items.map((item) => textOf(spec, item));
  return texts.includes(undefined) ? undefined : texts as string[];
}

function textOf(spec: OptionSpec, value: TomlValue): string | undefined {
  const takes = TAKES[spec.type];
  if (isSwitch(spec) && value !== "on" && value !== "off") {
    return typeof value === "boolean" ? value ? "on" : "off" : undefined;
  }
  if (value === true && spec.type === "text") return spec.alone;
  if (typeof value === "string" && takes.includes("text")) return value;
  if (typeof value === "number" && takes.includes("number")) return `${value}`;
  if (value instanceof TomlTime && takes.includes("time")) return value.text;
  return undefined;
}

/** What each kind of option may be in a file, besides switches and lists. */
const TAKES: Readonly<
  Record<OptionSpec["type"], readonly ("text" | "number" | "time")[]>
> = {
  flag: [],
  text: ["text"],
  texts: ["text"],
  choice: ["text"],
  seconds: ["text", "number"],
  integer: ["number"],
  ports: ["text"],
  form: ["text", "number", "time"],
  forms: ["text", "number", "time"],
};

/** Whether a choice is between `on` and `off`. */
function isSwitch(spec: OptionSpec): boolean {
  return spec.type === "choice" && spec.choices.length === 2 &&
    spec.choices.includes("on") && spec.choices.includes("off");
}

/** What a key takes, in words. */
function expectedOf(spec: OptionSpec): string {
  if (spec.type === "flag" || isSwitch(spec)) return "true or false";
  if (spec.type === "text") return "a text in quotes";
  if (spec.type === "texts") return "texts in quotes";
  return expected(spec);
}

function kindOf(value: TomlValue): string {
  if (typeof value === "string") return quoted(value);
  if (value instanceof TomlTime) return `the time ${value.text}`;
  if (isList(value)) return "a list";
  return isTable(value) ? "a table" : `${value}`;
}
