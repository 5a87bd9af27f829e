/**
 * The version of the project, from its one place: `deno.json`.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** The version of the library and of every tool, such as `0.1.0`. */
export const VERSION: string = config.version;

/**
 * What `--version` prints: the tool's name, the version, and the runtime it
 * runs on (compiled in or not).
 *
 * @example
 * ```ts
 * import { versionLine } from "./version.ts";
 * console.assert(versionLine("ftpd").startsWith("ftpd "));
 * ```
 */
export function versionLine(name: string): string {
  const { deno, v8 } = Deno.version;
  return `${name} ${VERSION} (deno ${deno}, v8 ${v8})`;
}
