/**
 * Values that are made when they are first wanted: a tool that starts for one
 * small thing need not make what it never uses.
 *
 * @module
 */

/**
 * A function that makes its value once and then gives it back.
 *
 * @example
 * ```ts
 * import { lazy } from "./lazy.ts";
 * let made = 0;
 * const value = lazy(() => ++made);
 * console.assert(made === 0 && value() === 1 && value() === 1);
 * ```
 */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
