/**
 * Where an answer goes: to a file or a pipe as it is, to a terminal so that it
 * can do no harm there, or into a JSON object.
 *
 * @module
 */

import { type Bytes, type Sink, writeAll } from "../../lib/bytes.ts";
import { visible } from "../../lib/visible.ts";

/** Takes an answer. */
export interface AnswerOutput {
  /** Takes a piece of it. */
  write(piece: Bytes): Promise<void>;
  /** It has ended. */
  end(): Promise<void>;
}

/** Options for {@linkcode answerOutput}. */
export interface AnswerOutputOptions {
  /** Whether a person looks at it: then control characters are shown. */
  readonly isTerminal: boolean;
  /** Whether it ends with a line end in any case. */
  readonly wholeLine: boolean;
}

const LF = 10;
const encoder = new TextEncoder();

/**
 * Writes an answer to `sink`.
 *
 * @example
 * ```ts
 * import { answerOutput } from "./output.ts";
 * let text = "";
 * const sink = {
 *   write(bytes: Uint8Array) {
 *     text += new TextDecoder().decode(bytes);
 *     return Promise.resolve(bytes.length);
 *   },
 * };
 * const output = answerOutput(sink, { isTerminal: true, wholeLine: true });
 * await output.write(new TextEncoder().encode("HI\x1b[2J"));
 * await output.end();
 * console.assert(text === "HI\\x1b[2J\n");
 * ```
 */
export function answerOutput(
  sink: Pick<Sink, "write">,
  { isTerminal, wholeLine }: AnswerOutputOptions,
): AnswerOutput {
  const shown = isTerminal ? showing() : asItIs();
  let last = LF;
  async function put(bytes: Bytes): Promise<void> {
    last = bytes.at(-1) ?? last;
    await writeAll(sink, bytes);
  }
  return {
    write: (piece) => put(shown.push(piece)),
    async end() {
      await put(shown.end());
      if (wholeLine && last !== LF) await put(Uint8Array.of(LF));
    },
  };
}

/** What becomes of bytes on their way out. */
interface Filter {
  push(piece: Bytes): Bytes;
  end(): Bytes;
}

function asItIs(): Filter {
  return { push: (piece) => piece, end: () => new Uint8Array(0) };
}

/** Text for a terminal: line ends and tabs stay, other controls are shown. */
function showing(): Filter {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let cr = "";
  function show(text: string): Bytes {
    const whole = cr + text;
    // A CR at the end may be half of a line end.
    cr = whole.endsWith("\r") ? "\r" : "";
    const lines = whole.slice(0, whole.length - cr.length)
      .replaceAll("\r\n", "\n");
    return encoder.encode(lines.replaceAll(/[^\n\t]+/g, visible));
  }
  return {
    push: (piece) => show(decoder.decode(piece, { stream: true })),
    end: () => encoder.encode(visible(cr + decoder.decode())),
  };
}

/** An answer that is kept, as far as it is not too long. */
export interface KeptAnswer extends AnswerOutput {
  /** Its text; `null` when it is longer than 64 KiB, or not UTF-8. */
  readonly text: string | null;
}

const MAX_KEPT = 65_536;

/**
 * Keeps an answer, for JSON.
 *
 * @example
 * ```ts
 * import { keptAnswer } from "./output.ts";
 * const kept = keptAnswer();
 * await kept.write(new TextEncoder().encode("HELLO"));
 * console.assert(kept.text === "HELLO");
 * ```
 */
export function keptAnswer(): KeptAnswer {
  const bytes = new Uint8Array(MAX_KEPT);
  let length = 0;
  return {
    write(piece) {
      if (length + piece.length <= MAX_KEPT) bytes.set(piece, length);
      length += piece.length;
      return Promise.resolve();
    },
    end: () => Promise.resolve(),
    get text() {
      return length > MAX_KEPT ? null : textOf(bytes.subarray(0, length));
    },
  };
}

function textOf(bytes: Bytes): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    return null;
  }
}
