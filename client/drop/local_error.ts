/**
 * What the system says about files of this machine, in one line.
 *
 * @module
 */

import { EXIT, ToolError } from "../../lib/cli/errors.ts";

/** What can be done with a file. */
export type Doing = "read" | "write";

/**
 * Does `action`; what it throws becomes a line that says what could not be
 * done with which file, why, and which flag is missing.
 *
 * @throws {ToolError} when `action` throws.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { attempt } from "./local_error.ts";
 * const gone = () => Promise.reject(new Deno.errors.NotFound());
 * await assertRejects(
 *   () => attempt("read", "none", gone),
 *   Error,
 *   "cannot read none: there is no such file",
 * );
 * ```
 */
export async function attempt<T>(
  doing: Doing,
  path: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const why = reasonOf(error, doing, path);
    throw new ToolError(`cannot ${doing} ${path}: ${why}`, EXIT.failed, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown, doing: Doing, path: string): string {
  if (error instanceof Deno.errors.NotFound) {
    return `there is no such ${doing === "read" ? "file" : "folder"}`;
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `the runtime needs --allow-${doing}=${path}`;
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ \(os error \d+\).*/s, "");
}
