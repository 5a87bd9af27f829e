/**
 * What this runtime can do that older ones can't.
 *
 * @module
 */

/**
 * Whether the runtime is at least of a version such as `2.9`. A question about
 * an ability itself is better, where there is one.
 *
 * @example
 * ```ts
 * import { runtimeIsAtLeast } from "./runtime.ts";
 * console.assert(runtimeIsAtLeast("2.0") && !runtimeIsAtLeast("99.0"));
 * ```
 */
export function runtimeIsAtLeast(version: `${number}.${number}`): boolean {
  const [major = 0, minor = 0] = numbersOf(Deno.version.deno);
  const [wantedMajor = 0, wantedMinor = 0] = numbersOf(version);
  return major > wantedMajor ||
    (major === wantedMajor && minor >= wantedMinor);
}

function numbersOf(version: string): number[] {
  return version.split(".").map(Number);
}
