/**
 * Moving many files, one after the other, and telling of each.
 *
 * @module
 */

import { EXIT, ToolError } from "../../lib/cli/errors.ts";
import type { ProgressBoard } from "../../lib/terminal/progress.ts";
import { visible, visibleJson } from "../../lib/visible.ts";
import { ServiceError } from "../service/errors.ts";
import type { StreamTarget } from "../service/target.ts";

/** What every verb of `dropc` works with. */
export interface DropRun {
  /** The drop box. */
  readonly target: StreamTarget;
  /** Milliseconds in which the server must move. */
  readonly timeout: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Where progress is shown. */
  readonly board: ProgressBoard;
  /** Whether results are JSON. */
  readonly json: boolean;
  /** Takes results. */
  readonly out: (text: string) => void;
  /** Takes complaints, a line each. */
  readonly complain: (line: string) => void;
}

/** What became of a file. */
export interface Moved {
  /** Its name in the box. */
  readonly name: string;
  /** Its size. */
  readonly bytes: number;
  /** Where it is here. */
  readonly path?: string;
}

/**
 * Does `move` with each of `names` and returns the exit code: a file that
 * cannot be moved is told, and the next one is tried.
 *
 * @throws {ServiceError} when the server cannot be used: then all would fail.
 *
 * @example
 * ```ts
 * import { eachFile } from "./files.ts";
 * const lines: string[] = [];
 * const out = (text: string) => lines.push(text);
 * const code = await eachFile(
 *   { json: true, out, complain: out },
 *   ["a.txt"],
 *   (name) => Promise.resolve({ name, bytes: 5 }),
 * );
 * console.assert(code === 0 && lines[0] === '{"name":"a.txt","bytes":5}\n');
 * ```
 */
export async function eachFile(
  { json, out, complain }: Pick<DropRun, "json" | "out" | "complain">,
  names: readonly string[],
  move: (name: string) => Promise<Moved>,
): Promise<number> {
  let failed = 0;
  for (const name of names) {
    try {
      const moved = await move(name);
      if (json) out(jsonLine(moved));
    } catch (error) {
      if (!isOfFile(error)) throw error;
      failed++;
      complain(visible(error.message));
      if (json) out(jsonLine({ name, error: error.message }));
    }
  }
  return failed === 0 ? EXIT.done : EXIT.failed;
}

/** Whether the next file may fare better. */
function isOfFile(error: unknown): error is ToolError {
  return error instanceof ToolError && !(error instanceof ServiceError);
}

/** A JSON object on a line of its own, safe to show. */
export function jsonLine(value: unknown): string {
  return `${visibleJson(JSON.stringify(value))}\n`;
}
