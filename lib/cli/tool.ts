/**
 * What a tool says about itself: one value from which the command line is
 * read, the help is printed, and the type of the options follows.
 *
 * @module
 */

/** A command-line tool. */
export interface Tool<O extends OptionTable = OptionTable> {
  /** What it is called, such as `ftpd`. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** How it is called, such as `ftpd [options] [DIR]`. */
  readonly usage: string;
  /** Command lines to copy, each with its meaning. The help begins with them. */
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Its own options; {@linkcode STANDARD_OPTIONS} come by themselves. */
  readonly options: O;
  /**
   * How many arguments it takes besides options, and whether one may be empty,
   * as a message may. Default: none.
   */
  readonly positionals?: {
    readonly min?: number;
    readonly max?: number;
    readonly mayBeEmpty?: boolean;
    /** What of the file system they name. Default: `file`. */
    readonly names?: "file" | "folder" | "nothing";
  };
  /**
   * What else it does when its first argument says so: tools of their own, the
   * last word of whose name is that argument. Asked for only when completions
   * or a manual are made. Default: nothing.
   */
  readonly jobs?: () => Promise<readonly Tool[]>;
}

/**
 * Options by name, spelled as on the command line: `"idle-timeout"`.
 *
 * A name cannot begin with `no-`: an option is named after the thing, and
 * switched by a choice such as `on|off`.
 */
export interface OptionTable {
  /** The option of this name. */
  readonly [name: string]: OptionSpec;
  /** Not a name for an option. */
  readonly [name: `no-${string}`]: never;
}

/** One option. */
export type OptionSpec = OptionText & OptionType;

/** What the help says about an option. */
export interface OptionText {
  /** What it does, in a few words. */
  readonly help: string;
  /** What stands for its value in the help, such as `HOST:PORT`. */
  readonly placeholder?: string;
  /** The heading it stands under. Default: `Options`. */
  readonly group?: string;
  /** One letter that means the same, without the hyphen. */
  readonly short?: string;
  /** What of the file system its value names. Default: nothing. */
  readonly names?: "file" | "folder";
  /** Whether only `--help=all` lists it. Default: `false`. */
  readonly rare?: boolean;
  /** Whether no error message may show its value. Default: `false`. */
  readonly secret?: boolean;
  /** A value to copy, for options that have no default. */
  readonly example?: string;
}

/** The value an option takes. */
export type OptionType =
  | { readonly type: "flag" }
  | {
    readonly type: "text";
    readonly default?: string;
    /** The value of the option alone; another one needs the form with `=`. */
    readonly alone?: string;
  }
  | { readonly type: "texts" }
  | {
    readonly type: "choice";
    readonly choices: readonly string[];
    readonly default?: string;
  }
  | SecondsType
  | IntegerType
  | { readonly type: "ports" }
  | FormType
  | FormsType;

/**
 * A time, given in seconds or with a unit (`90`, `0.5`, `500ms`, `2m`, `1h`)
 * and delivered in **milliseconds**.
 */
export interface SecondsType {
  /** The tag of this kind of option. */
  readonly type: "seconds";
  /** The value when not given, in seconds. */
  readonly default: number;
  /** The least value, in seconds. Default: 0. */
  readonly min?: number;
  /** The greatest value, in seconds. Default: what a timer can do, 24 days. */
  readonly max?: number;
}

/** A whole number. */
export interface IntegerType {
  /** The tag of this kind of option. */
  readonly type: "integer";
  /** The value when not given. */
  readonly default: number;
  /** The least value. Default: 0. */
  readonly min?: number;
  /** The greatest value. Default: `Number.MAX_SAFE_INTEGER`. */
  readonly max?: number;
}

/** How values that no other kind of option has are written. */
export interface Form<T = unknown> {
  /** What one looks like, in words: `a size such as 500K or 2G`. */
  readonly expected: string;
  /** The value of a text; `undefined` when it is none. */
  readonly read: (text: string) => T | undefined;
}

/** A value of a form of its own, such as a size. */
export interface FormType<T = unknown> {
  /** The tag of this kind of option. */
  readonly type: "form";
  /** How it is written. */
  readonly form: Form<T>;
}

/** Values of a form of their own, one for each time the option is given. */
export interface FormsType<T = unknown> {
  /** The tag of this kind of option. */
  readonly type: "forms";
  /** How each is written. */
  readonly form: Form<T>;
}

/** A range of ports, both ends included. */
export interface PortRange {
  /** The lowest port, at least 1. */
  readonly first: number;
  /** The highest port, at most 65535. */
  readonly last: number;
}

/** The values of a table's options, each of the type its row asks for. */
export type OptionValues<O extends OptionTable> = {
  readonly [N in keyof O]: OptionValue<O[N]>;
};

/** The type of one option's value. */
export type OptionValue<S> = S extends { type: "flag" } ? boolean
  : S extends { type: "texts" } ? string[]
  : S extends { type: "ports" } ? PortRange | undefined
  : S extends { type: "form"; form: Form<infer T> } ? T | undefined
  : S extends { type: "forms"; form: Form<infer T> } ? T[]
  : S extends { type: "seconds" | "integer" } ? number
  : S extends { type: "choice"; choices: readonly (infer C)[] }
    ? C | WithoutDefault<S>
  : S extends { type: "text" } ? string | WithoutDefault<S>
  : never;

/** `undefined` for an option that may be absent. */
export type WithoutDefault<S> = S extends { default: string } ? never
  : undefined;

/** The options every tool has. */
export interface StandardValues {
  /** `--help`: print the help, do nothing. */
  readonly help: boolean;
  /** `--version`: print the version, do nothing. */
  readonly version: boolean;
  /** `--quiet`: log only warnings and errors. */
  readonly quiet: boolean;
  /** `--log`: how log lines look. */
  readonly log: "text" | "json";
}

/** The rows of {@linkcode StandardValues}. */
export const STANDARD_OPTIONS: OptionTable = {
  help: { type: "flag", short: "h", help: "print this", group: "General" },
  version: { type: "flag", help: "print the version", group: "General" },
  quiet: {
    type: "flag",
    help: "log only warnings and errors",
    group: "General",
  },
  log: {
    type: "choice",
    choices: ["text", "json"],
    default: "text",
    help: "how log lines look",
    group: "General",
  },
};

/**
 * Gives back `tool` with the exact type of its options, choices included.
 *
 * @example
 * ```ts
 * import { defineTool } from "./tool.ts";
 * const tool = defineTool({
 *   name: "echoc",
 *   summary: "send a line, print what comes back",
 *   usage: "echoc HOST",
 *   examples: [["echoc localhost", "talk to this machine"]],
 *   options: { count: { type: "integer", default: 1, help: "how often" } },
 *   positionals: { min: 1, max: 1 },
 * });
 * console.assert(tool.options.count.type === "integer");
 * ```
 */
export function defineTool<const O extends OptionTable>(
  tool: Tool<O>,
): Tool<O> {
  return tool;
}
