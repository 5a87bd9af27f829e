/**
 * Types of the `@std/*` modules in use.
 *
 * `deno.json` maps these names to the npm build of the standard library, which
 * ships no types of its own. Only what the project uses is declared; a new
 * `@std` module is one line in `deno.json` and one block here.
 *
 * @module
 */

/** Assertions for tests and doc examples. */
declare module "@std/assert" {
  /** A class, abstract ones included. */
  // deno-lint-ignore no-explicit-any
  export type AnyConstructor<T = unknown> = abstract new (...args: any[]) => T;

  /** What every assertion here throws. */
  export class AssertionError extends Error {
    /** Makes the error. */
    constructor(message: string, options?: ErrorOptions);
  }

  /** Fails unless `expr` is truthy. */
  export function assert(expr: unknown, msg?: string): asserts expr;
  /** Fails unless `expr` is falsy. */
  export function assertFalse(
    expr: unknown,
    msg?: string,
  ): asserts expr is false | 0 | "" | null | undefined;
  /** Fails unless both are deeply equal. */
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  /** Fails when both are deeply equal. */
  export function assertNotEquals<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  /** Fails unless both are the same by `Object.is`. */
  export function assertStrictEquals<T>(
    actual: unknown,
    expected: T,
    msg?: string,
  ): asserts actual is T;
  /** Fails when both are the same by `Object.is`. */
  export function assertNotStrictEquals<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  /** Fails when `actual` is `null` or `undefined`. */
  export function assertExists<T>(
    actual: T,
    msg?: string,
  ): asserts actual is NonNullable<T>;
  /** Fails unless `actual` is an instance of `expectedType`. */
  export function assertInstanceOf<T extends AnyConstructor>(
    actual: unknown,
    expectedType: T,
    msg?: string,
  ): asserts actual is InstanceType<T>;
  /** Fails when `actual` is an instance of `unexpectedType`. */
  export function assertNotInstanceOf<A, T>(
    actual: A,
    unexpectedType: AnyConstructor<T>,
    msg?: string,
  ): asserts actual is Exclude<A, T>;
  /** Fails unless the numbers differ by at most `tolerance`. */
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    msg?: string,
  ): void;
  /** Fails unless `actual > expected`. */
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  /** Fails unless `actual >= expected`. */
  export function assertGreaterOrEqual<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  /** Fails unless `actual < expected`. */
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  /** Fails unless `actual <= expected`. */
  export function assertLessOrEqual<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  /** Fails unless `actual` contains every element of `expected`. */
  export function assertArrayIncludes<T>(
    actual: ArrayLike<T>,
    expected: ArrayLike<T>,
    msg?: string,
  ): void;
  /** Fails unless `actual` contains `expected`. */
  export function assertStringIncludes(
    actual: string,
    expected: string,
    msg?: string,
  ): void;
  /** Fails unless `expected` matches `actual`. */
  export function assertMatch(
    actual: string,
    expected: RegExp,
    msg?: string,
  ): void;
  /** Fails when `expected` matches `actual`. */
  export function assertNotMatch(
    actual: string,
    expected: RegExp,
    msg?: string,
  ): void;
  /** Fails unless `actual` has at least what `expected` has, deeply. */
  export function assertObjectMatch(
    actual: object,
    expected: object,
    msg?: string,
  ): void;
  /** Fails unless `error` is an error of this class and message. */
  export function assertIsError<E extends Error = Error>(
    error: unknown,
    // deno-lint-ignore no-explicit-any
    ErrorClass?: abstract new (...args: any[]) => E,
    msgMatches?: string | RegExp,
    msg?: string,
  ): asserts error is E;
  /** Fails unless `fn` throws; returns what it threw. */
  export function assertThrows(fn: () => unknown, msg?: string): unknown;
  /** Fails unless `fn` throws an error of this class and message. */
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any
    ErrorClass: abstract new (...args: any[]) => E,
    msgIncludes?: string | RegExp,
    msg?: string,
  ): E;
  /** Fails unless the promise of `fn` is rejected; gives the reason. */
  export function assertRejects(
    fn: () => PromiseLike<unknown>,
    msg?: string,
  ): Promise<unknown>;
  /** Fails unless it is rejected with an error of this class and message. */
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any
    ErrorClass: abstract new (...args: any[]) => E,
    msgIncludes?: string | RegExp,
    msg?: string,
  ): Promise<E>;
  /** Whether both are deeply equal. */
  export function equal(a: unknown, b: unknown): boolean;
  /** Fails, always. */
  export function fail(msg?: string): never;
  /** Fails because this place cannot be reached. */
  export function unreachable(msg?: string): never;
}

/** Command-line arguments. */
declare module "@std/cli/parse-args" {
  /** Options for {@linkcode parseArgs}. */
  export interface ParseOptions {
    /** Names that are always `true` or `false`; `true` for all of them. */
    boolean?: boolean | string | readonly string[];
    /** Names whose value is always a string. */
    string?: string | readonly string[];
    /** Names that may be given several times; their value is an array. */
    collect?: string | readonly string[];
    /** Names that `--no-NAME` turns off. */
    negatable?: string | readonly string[];
    /** Other names of an option: `{ help: "h" }`. */
    alias?: Readonly<Record<string, string | readonly string[]>>;
    /** Values of options that are not given. */
    default?: Readonly<Record<string, unknown>>;
    /** Puts what follows `--` into the result's `"--"`. */
    "--"?: boolean;
    /** Stops at the first argument that is not an option. */
    stopEarly?: boolean;
    /** Called for each unknown option; `false` leaves it out of the result. */
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }

  /** The options by name; `_` holds the other arguments. */
  export interface Args {
    /** The arguments that are not options; numbers if they look like ones. */
    _: (string | number)[];
    /** What followed `--`, when asked for. */
    "--"?: string[];
    /** The value of each option. */
    [name: string]: unknown;
  }

  /** Sorts `args` into options and the rest. */
  export function parseArgs(
    args: readonly string[],
    options?: ParseOptions,
  ): Args;
}

/** The nearest of several words. */
declare module "@std/text/closest-string" {
  /** Options for {@linkcode closestString}. */
  export interface ClosestStringOptions {
    /** Whether upper and lower case differ. Default: `false`. */
    caseSensitive?: boolean;
    /** Distance of two words. Default: the Levenshtein distance. */
    compareFn?: (a: string, b: string) => number;
  }

  /**
   * The word of `possibleWords` that is nearest to `givenWord`.
   *
   * Throws a `TypeError` when there is none to choose from.
   */
  export function closestString(
    givenWord: string,
    possibleWords: readonly string[],
    options?: ClosestStringOptions,
  ): string;
}
