/**
 * From the words of a command line to typed options.
 *
 * The splitting is `@std/cli`'s; what it lets pass (unknown options, missing
 * values, values for flags, a value that is really the next option) is refused
 * here, because a server that misread its options is worse than none.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import {
  type OptionSpec,
  type OptionTable,
  type OptionValues,
  STANDARD_OPTIONS,
  type StandardValues,
  type Tool,
} from "./tool.ts";
import { expected, optionValue, quoted, type Value } from "./values.ts";

/** What was given for options: a text for each time. */
export type OptionTexts = Readonly<Record<string, readonly string[]>>;

/** A command line, understood. */
export interface Parsed<O extends OptionTable> {
  /** The value of every option, given or not. */
  readonly options: OptionValues<O> & StandardValues;
  /** The arguments that are not options, in order. */
  readonly positionals: string[];
  /** The names of the options that were given. */
  readonly given: Set<string>;
  /** What was given for each of them. */
  readonly texts: OptionTexts;
}

/**
 * Reads `args` by the option table of `tool`.
 *
 * Options are `--name value`, `--name=value` and, where the table has one, the
 * short `-n value`; `--` ends them. A value that begins with `-` needs the
 * form with `=`. Short flags may stand together, as `-la`; an option whose
 * choices are `on` and `off` has the form `--no-name`, too.
 *
 * Throws a {@linkcode UsageError} of one line for an option that is unknown,
 * has no value, a bad one or one too many, and for arguments that are too few,
 * too many or empty.
 *
 * @example
 * ```ts
 * import { parseOptions } from "./parse.ts";
 * const { options, positionals } = parseOptions({
 *   name: "echod",
 *   summary: "",
 *   usage: "",
 *   examples: [],
 *   options: { grace: { type: "seconds", default: 5, help: "" } },
 *   positionals: { max: 1 },
 * }, ["--grace", "0.5", "here"]);
 * console.assert(options.grace === 500 && positionals[0] === "here");
 * ```
 */
export function parseOptions<const O extends OptionTable>(
  tool: Tool<O>,
  args: readonly string[],
): Parsed<O> {
  const { texts, positionals } = split(tableOf(tool), args);
  checkPositionals(tool, positionals);
  return parsedOf(tool, texts, positionals);
}

/**
 * The same as {@linkcode parseOptions} for options that are told apart already,
 * by a file for instance.
 *
 * @throws {UsageError} for a value that is none.
 *
 * @example
 * ```ts
 * import { parsedOf } from "./parse.ts";
 * const { options } = parsedOf({
 *   name: "echod",
 *   summary: "",
 *   usage: "",
 *   examples: [],
 *   options: { grace: { type: "seconds", default: 5, help: "" } },
 * }, { grace: ["2m"] }, []);
 * console.assert(options.grace === 120_000);
 * ```
 */
export function parsedOf<const O extends OptionTable>(
  tool: Tool<O>,
  texts: OptionTexts,
  positionals: readonly string[],
): Parsed<O> {
  const options = optionValues(tableOf(tool), texts);
  const given = Object.entries(texts).filter(([, each]) => each.length > 0);
  return {
    options: options as Parsed<O>["options"],
    positionals: [...positionals],
    given: new Set(given.map(([name]) => name)),
    texts: Object.fromEntries(given),
  };
}

/** The value of every option of a table, given or not. */
function optionValues(
  table: OptionTable,
  texts: OptionTexts,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [
      name,
      optionValue(name, spec, texts[name] ?? []),
    ]),
  );
}

function tableOf(tool: Tool): OptionTable {
  return { ...tool.options, ...STANDARD_OPTIONS };
}

interface Split {
  /** What was given for each option, once for each time it was given. */
  readonly texts: Record<string, string[]>;
  readonly positionals: string[];
}

function split(table: OptionTable, args: readonly string[]): Split {
  const names = Object.keys(table);
  const { _: positionals, ...texts } = parseArgs(spellOut(table, args), {
    string: ["_", ...names],
    collect: names,
  });
  return { texts, positionals } as Split;
}

/**
 * The same command line with every option by its long name and every flag with
 * a value, so that no flag takes the argument behind it for its own.
 */
function spellOut(table: OptionTable, args: readonly string[]): string[] {
  const dashes = args.indexOf("--");
  const end = dashes < 0 ? args.length : dashes;
  const spelled: string[] = [];
  for (let at = 0; at < end; at++) {
    const arg = args[at]!;
    if (!isOption(arg)) spelled.push(arg);
    else {
      const { words, usesNext } = spelledOut(table, arg, args[at + 1]);
      spelled.push(...words);
      if (usesNext) at++;
    }
  }
  return [...spelled, ...args.slice(end)];
}

/** An option in its long form, and whether the next argument is its value. */
interface Spelled {
  readonly words: readonly string[];
  readonly usesNext: boolean;
}

function spelledOut(
  table: OptionTable,
  arg: string,
  next: string | undefined,
): Spelled {
  const flags = flagsOf(table, arg);
  if (flags !== null) return { words: flags, usesNext: false };
  const { typed, value } = cut(arg);
  const [name, spec] = lookUp(table, typed) ?? [];
  const off = value === undefined ? switchedOff(table, typed) : undefined;
  const word = (value: string) => ({ words: [value], usesNext: false });
  if (off !== undefined) return word(`--${off}=off`);
  if (spec === undefined) throw unknownOption(table, typed);
  if (spec.type === "flag") {
    if (value === undefined) return word(`--${name}=given`);
    throw new UsageError(`--${name} takes no value, got ${quoted(value)}`);
  }
  const alone = spec.type === "text" ? spec.alone : undefined;
  const given = value ?? alone;
  if (given !== undefined) return word(`--${name}=${given}`);
  if (next === undefined || isOption(next)) {
    throw valueMissing(table, name!, next);
  }
  return { words: [`--${name}=${next}`], usesNext: true };
}

function valueMissing(
  table: OptionTable,
  name: string,
  next: string | undefined,
): UsageError {
  const isValue = next !== undefined && next !== "--" &&
    lookUp(table, cut(next).typed) === undefined;
  const hint = isValue
    ? ` (one that begins with "-" is given as --${name}=VALUE)`
    : "";
  return new UsageError(
    `--${name} needs a value: expected ${expected(table[name]!)}${hint}`,
  );
}

/** The flags of `-la`; `null` when it is something else. */
function flagsOf(table: OptionTable, arg: string): string[] | null {
  if (!/^-[a-z0-9]{2,}$/i.test(arg)) return null;
  const rows = [...arg.slice(1)].map((letter) => lookUp(table, `-${letter}`));
  return rows.every((row) => row?.[1].type === "flag")
    ? rows.map((row) => `--${row![0]}=given`)
    : null;
}

/** The option that `--no-name` switches off, when it can be. */
function switchedOff(table: OptionTable, typed: string): string | undefined {
  const name = /^--no-(.+)$/.exec(typed)?.[1] ?? "";
  const spec = Object.hasOwn(table, name) ? table[name] : undefined;
  const isSwitch = spec?.type === "choice" && spec.choices.length === 2 &&
    spec.choices.includes("on") && spec.choices.includes("off");
  return isSwitch ? name : undefined;
}

function isOption(arg: string): boolean {
  return arg.startsWith("-") && arg !== "-";
}

function cut(arg: string): { typed: string; value?: string } {
  const at = arg.indexOf("=");
  if (at < 0) return { typed: arg };
  return { typed: arg.slice(0, at), value: arg.slice(at + 1) };
}

/** The option that was typed as `--name` or `-n`. */
function lookUp(
  table: OptionTable,
  typed: string,
): readonly [name: string, spec: OptionSpec] | undefined {
  return Object.entries(table).find(([name, { short }]) =>
    typed === `--${name}` || (short !== undefined && typed === `-${short}`)
  );
}

function unknownOption(table: OptionTable, typed: string): UsageError {
  const near = nearest(Object.keys(table), typed.replace(/^-+/, ""));
  const hint = near === undefined ? "" : `; did you mean --${near}?`;
  return new UsageError(
    `unknown option ${unquoted(typed)}${hint} (--help lists them)`,
  );
}

function unquoted(text: string): string {
  return quoted(text).slice(1, -1);
}

function checkPositionals(tool: Tool, positionals: readonly string[]): void {
  const { min = 0, max = 0, mayBeEmpty = false } = tool.positionals ?? {};
  const extra = positionals[max];
  if (extra !== undefined) {
    throw new UsageError(
      `unexpected argument ${quoted(extra)} (usage: ${tool.usage})`,
    );
  }
  if (positionals.length < min) {
    throw new UsageError(`an argument is missing (usage: ${tool.usage})`);
  }
  if (positionals.includes("") && !mayBeEmpty) {
    throw new UsageError(`an argument is empty (usage: ${tool.usage})`);
  }
}
