/**
 * Words for a person or a pipe: whole, and quiet when nobody listens any more.
 *
 * @module
 */

import { ToolError } from "./errors.ts";

/** The part of `Deno.stdout` that is needed here. */
export interface Stream {
  /** Writes some of `bytes` at once and returns how many. */
  writeSync(bytes: Uint8Array): number;
}

/** How long a full pipe is waited for before the rest is given up. */
const PATIENCE_MS = 5_000;
const NAP_MS = 5;

/**
 * Writes all of `text` to the standard output. A reader that has gone
 * (`tool | head -1`) is no error; a full disk is, and throws a
 * {@linkcode ToolError}.
 *
 * @example
 * ```ts
 * import { writeOut } from "./output.ts";
 * writeOut("ready\n");
 * ```
 */
export function writeOut(text: string): void {
  try {
    writeText(Deno.stdout, text, PATIENCE_MS);
  } catch (error) {
    throw streamError("cannot write to standard output", error);
  }
}

/**
 * What a standard stream threw, as an error that says `what` could not be
 * done. A reader that has gone (`BrokenPipe`) stays as it is: mostly that is
 * no error.
 *
 * @example
 * ```ts
 * import { streamError } from "./output.ts";
 * const cause = new Error("No space left on device (os error 28)");
 * console.assert(
 *   streamError("cannot write to standard output", cause).message ===
 *     "cannot write to standard output: no space left on device",
 * );
 * ```
 */
export function streamError(what: string, error: unknown): Error {
  if (error instanceof Deno.errors.BrokenPipe) return error;
  const said = error instanceof Error ? error.message : String(error);
  const why = said.replace(/ \(os error \d+\).*/s, "")
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  return new ToolError(`${what}: ${why}`, undefined, { cause: error });
}

/**
 * Writes all of `text` to the standard error, if it can: there is no other
 * place to complain, so this never throws.
 *
 * @example
 * ```ts
 * import { writeErr } from "./output.ts";
 * writeErr("3 files done\n");
 * ```
 */
export function writeErr(text: string): void {
  try {
    writeText(Deno.stderr, text, PATIENCE_MS);
  } catch {
    // Nobody can be told.
  }
}

/**
 * Writes all of `text` to `stream`, in one call when the stream takes it. A
 * stream that is full is waited for, at most `patienceMs` milliseconds without
 * progress; then it throws what the stream threw. A reader that has gone ends
 * it without an error.
 *
 * @example
 * ```ts
 * import { writeText } from "./output.ts";
 * writeText({ writeSync: (bytes) => bytes.length }, "text", 0);
 * ```
 */
export function writeText(
  stream: Stream,
  text: string,
  patienceMs: number,
): void {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  let left = patienceMs;
  while (at < bytes.length) {
    try {
      at += stream.writeSync(bytes.subarray(at));
      left = patienceMs;
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return;
      if (!(error instanceof Deno.errors.WouldBlock) || left <= 0) throw error;
      left -= nap();
    }
  }
}

/** Waits without going on to anything else; returns for how long. */
function nap(): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NAP_MS);
  return NAP_MS;
}
