/**
 * What shells need to complete a tool's command line, made of the same tables
 * as its help.
 *
 * @module
 */

import { bashCompletions } from "./completions/bash.ts";
import { fishCompletions } from "./completions/fish.ts";
import { zshCompletions } from "./completions/zsh.ts";
import { UsageError } from "./errors.ts";
import type { Tool } from "./tool.ts";

const SHELLS: Readonly<
  Record<string, (tool: Tool, jobs: readonly Tool[]) => string>
> = { bash: bashCompletions, zsh: zshCompletions, fish: fishCompletions };

/**
 * The script that `shell` reads to complete command lines of `tool`.
 *
 * @throws {UsageError} for a shell that is not known.
 *
 * @example
 * ```ts
 * import { completions } from "./completions.ts";
 * const tool = {
 *   name: "echod",
 *   summary: "send back what comes",
 *   usage: "echod [options]",
 *   examples: [],
 *   options: {},
 * };
 * console.assert(completions(tool, [], "bash").includes("--help"));
 * ```
 */
export function completions(
  tool: Tool,
  jobs: readonly Tool[],
  shell: string = "",
): string {
  const make = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (make !== undefined) return make(tool, jobs);
  throw new UsageError("--completions takes bash, zsh or fish");
}
