/**
 * Lines as the stamp service answers them: with their endings, and in parts
 * when they are longer than anyone should keep in memory.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { unfinished } from "../../lib/upper/utf8.ts";

/** How a line ends; the last one of a stream may have no ending. */
export type LineEnding = "" | "\n" | "\r\n";

/** A line, or a part of a long one. */
export interface LinePart {
  /** What is in it, without the ending; valid until the next part is taken. */
  readonly bytes: Bytes;
  /** Where in its line it begins, in bytes: 0 unless the line was cut. */
  readonly offset: number;
  /** Its ending; what is cut off ends as the line before did. */
  readonly ending: LineEnding;
}

/** The least limit of {@linkcode LineParts}: a part holds some character. */
export const MIN_MAX_LINE = 4;

const LF = 10;
const CR = 13;
const FIRST_BUFFER = 256;

/**
 * Takes a stream apart at LF and CRLF, however its pieces are cut; a CR by
 * itself is a byte like any other. A line of more than `maxLine` bytes comes
 * in parts of that length, or up to three bytes less where a character would
 * be cut. It keeps `maxLine + 2` bytes at most.
 *
 * @example
 * ```ts
 * import { LineParts } from "./stamp_lines.ts";
 * const lines = new LineParts(80);
 * const parts = lines.push(new TextEncoder().encode("one\r\ntwo\nth"));
 * const endings = Array.from(parts, ({ ending }) => ending);
 * console.assert(endings.join("|") === "\r\n|\n");
 * ```
 */
export class LineParts {
  readonly #maxLine: number;
  /** The longest line, a CR that may belong to its ending, one byte more. */
  readonly #most: number;
  #kept: Bytes = new Uint8Array(FIRST_BUFFER);
  #length = 0;
  #offset = 0;
  #lastEnding: LineEnding = "\n";

  /** Throws a `RangeError` when `maxLine` is below {@linkcode MIN_MAX_LINE}. */
  constructor(maxLine: number) {
    if (!(maxLine >= MIN_MAX_LINE)) {
      throw new RangeError(
        `Cannot cut lines at ${maxLine} bytes: at least ${MIN_MAX_LINE}`,
      );
    }
    this.#maxLine = maxLine;
    this.#most = maxLine + 2;
  }

  /** The parts that `piece` completes. Take all of them before the next piece. */
  *push(piece: Bytes): Generator<LinePart> {
    let start = 0;
    for (;;) {
      const found = piece.indexOf(LF, start);
      if (found < 0) break;
      yield* this.#keep(piece.subarray(start, found));
      yield* this.#line();
      start = found + 1;
    }
    yield* this.#keep(piece.subarray(start));
  }

  /** What is left, if anything: the stream has ended. */
  *end(): Generator<LinePart> {
    if (this.#length > 0) yield* this.#finish("");
  }

  /** Keeps `bytes`, and cuts off what is too much. */
  *#keep(bytes: Bytes): Generator<LinePart> {
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + this.#most - this.#length);
      this.#append(taken);
      at += taken.length;
      if (this.#length === this.#most) yield this.#cut();
    }
  }

  #append(bytes: Bytes): void {
    const length = this.#length + bytes.length;
    if (length > this.#kept.length) {
      const grown = new Uint8Array(Math.min(length * 2, this.#most));
      grown.set(this.#kept.subarray(0, this.#length));
      this.#kept = grown;
    }
    this.#kept.set(bytes, this.#length);
    this.#length = length;
  }

  /** Cuts the first part off a line that is too long. */
  #cut(): LinePart {
    const whole = this.#kept.subarray(0, this.#maxLine);
    // Not where the next part is: it is only moved when this one was used.
    const bytes = whole.slice(0, whole.length - unfinished(whole));
    const part = { bytes, offset: this.#offset, ending: this.#lastEnding };
    this.#kept.copyWithin(0, bytes.length, this.#length);
    this.#length -= bytes.length;
    this.#offset += bytes.length;
    return part;
  }

  *#line(): Generator<LinePart> {
    const hasCr = this.#length > 0 && this.#kept[this.#length - 1] === CR;
    const ending = hasCr ? "\r\n" : "\n";
    yield* this.#finish(ending);
    this.#lastEnding = ending;
  }

  *#finish(ending: LineEnding): Generator<LinePart> {
    const cr = ending === "\r\n" ? 1 : 0;
    while (this.#length - cr > this.#maxLine) yield this.#cut();
    const bytes = this.#kept.subarray(0, this.#length - cr);
    const part = { bytes, offset: this.#offset, ending };
    this.#length = this.#offset = 0;
    yield part;
  }
}
