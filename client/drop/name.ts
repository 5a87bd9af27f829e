/**
 * Names of files, in a drop box and here.
 *
 * @module
 */

import { ToolError } from "../../lib/cli/errors.ts";
import { quoted } from "../../lib/cli/values.ts";
import { nameProblem, nameRulesOf } from "../ftp/mirror/local_name.ts";

/**
 * Refuses a name that would be more than a name in the protocol, or lead out
 * of a folder here; whether the box takes it, the box says.
 *
 * @throws {ToolError} when it does.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { checkName } from "./name.ts";
 * checkName("a.txt");
 * assertThrows(() => checkName("a\nget b"), Error, "control character");
 * ```
 */
export function checkName(name: string): void {
  const problem = nameProblem(name, nameRulesOf());
  if (problem !== null) throw new ToolError(`${quoted(name)}: ${problem}`);
}

/**
 * The last part of a path: what a file is called in the box.
 *
 * @param system The system whose path it is, as `linux`.
 *
 * @example
 * ```ts
 * import { lastName } from "./name.ts";
 * console.assert(lastName("docs/a.txt", "linux") === "a.txt");
 * console.assert(lastName("docs\\a.txt", "windows") === "a.txt");
 * ```
 */
export function lastName(
  path: string,
  system: string = Deno.build.os,
): string {
  const separators = system === "windows" ? /[/\\:]/ : /\//;
  return path.split(separators).at(-1) ?? "";
}
