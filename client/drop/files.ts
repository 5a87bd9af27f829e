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
import type { DropOutput } from "./output.ts";

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
  readonly output: DropOutput;
  /** Takes complaints, a line each. */
  readonly complain: (line: string) => void;
}

/** A file that is to be moved. */
export interface FileToMove {
  /** Its name in the box. */
  readonly name: string;
  /** Where it is here; `-` is standard input or output. */
  readonly path: string;
}

/** What {@linkcode eachFile} tells with. */
export type Teller =
  & Pick<DropRun, "json" | "complain">
  & { readonly output: Pick<DropOutput, "text"> };

/**
 * Does `move`, which returns how many bytes it moved, with each of `files` and
 * returns the exit code: a file that cannot be moved is told, and the next one
 * is tried.
 *
 * @throws {ServiceError} when the server cannot be used: then all would fail.
 *
 * @example
 * ```ts
 * import { eachFile } from "./files.ts";
 * let text = "";
 * const output = { text: (lines: string) => void (text += lines) };
 * const code = await eachFile(
 *   { json: true, output, complain() {} },
 *   [{ name: "a.txt", path: "in/a.txt" }],
 *   () => Promise.resolve(5),
 * );
 * const told = '{"name":"a.txt","path":"in/a.txt","bytes":5}\n';
 * console.assert(code === 0 && text === told);
 * ```
 */
export async function eachFile(
  { json, output, complain }: Teller,
  files: readonly FileToMove[],
  move: (file: FileToMove) => Promise<number>,
): Promise<number> {
  const tell = (record: unknown) => {
    if (json) output.text(jsonLine(record));
  };
  let failed = 0;
  for (const { name, path } of files) {
    try {
      const bytes = await move({ name, path });
      tell({ name, path, bytes });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      tell({ name, path, error: error.message });
      if (error instanceof ServiceError) throw error;
      failed++;
      complain(visible(error.message));
    }
  }
  return failed === 0 ? EXIT.done : EXIT.failed;
}

/** A JSON object on a line of its own, safe to show. */
export function jsonLine(value: unknown): string {
  return `${visibleJson(JSON.stringify(value))}\n`;
}
