/**
 * Whether an answer is the upper case of what was sent, byte by byte.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { ToolError } from "../../lib/cli.ts";
import {
  type Casing,
  type Upper,
  upperStream,
} from "../../lib/upper/mapping.ts";
import { unknownOnOneSide } from "./unknown.ts";
import { WrongAnswer } from "./wrong_answer.ts";

/** Bytes that may wait for their answer. */
const MAX_WAITING = 64 * 1024 * 1024;
/** An answer that is so far ahead is none: more than one cut character. */
const MAX_AHEAD = 4;

/**
 * Compares an answer with what was sent, while both are on their way.
 *
 * With Unicode letters, a character that only one of the two Unicode versions
 * knows is counted in {@linkcode AnswerCheck.unjudged} and not compared. What
 * waits for its answer is kept, up to 64 MiB.
 *
 * @example
 * ```ts
 * import { AnswerCheck } from "./check.ts";
 * const check = new AnswerCheck("ascii");
 * check.sent(new TextEncoder().encode("abc"));
 * check.got(new TextEncoder().encode("AB"));
 * check.got(new TextEncoder().encode("C"));
 * check.end(); // Each of them throws when a byte is wrong.
 * console.assert(check.unjudged === 0);
 * ```
 */
export class AnswerCheck {
  readonly #casing: Casing;
  readonly #upper: Upper;
  /** What is expected; whole characters, but for bytes that are not UTF-8. */
  readonly #waiting: Bytes[] = [];
  #waitingLength = 0;
  /** How much of the first of them was compared. */
  #compared = 0;
  /** Bytes of the answer that cannot be judged yet. */
  #held: Bytes = new Uint8Array(0);
  #offset = 0;
  #unjudged = 0;

  /** Nothing was sent yet. */
  constructor(casing: Casing) {
    this.#casing = casing;
    this.#upper = upperStream(casing);
  }

  /** Characters that were not compared. */
  get unjudged(): number {
    return this.#unjudged;
  }

  /**
   * Expects the answer to `piece`, which is about to be sent.
   *
   * @throws {ToolError} when too much waits for its answer.
   */
  sent(piece: Bytes): void {
    this.#expect(this.#upper.push(piece.slice()));
  }

  /** Expects what is left: everything was sent. */
  sentAll(): void {
    this.#expect(this.#upper.end());
  }

  /**
   * Compares a piece of the answer.
   *
   * @throws {WrongAnswer} when it is wrong.
   */
  got(piece: Bytes): void {
    let rest = this.#held.length === 0 ? piece : joined(this.#held, piece);
    while (rest.length > 0 && this.#waiting.length > 0) {
      const used = this.#compare(rest);
      if (used === 0) break;
      rest = rest.subarray(used);
    }
    if (rest.length > MAX_AHEAD) throw this.#wrong(rest[0]!);
    this.#held = rest.slice();
  }

  /**
   * The answer has ended, and everything was sent.
   *
   * @throws {WrongAnswer} when it is too short or too long.
   */
  end(): void {
    this.sentAll();
    this.got(new Uint8Array(0));
    const [got] = this.#held;
    if (got !== undefined || this.#waiting.length > 0) {
      throw this.#wrong(got ?? null);
    }
  }

  #expect(bytes: Bytes): void {
    if (bytes.length === 0) return;
    this.#waitingLength += bytes.length;
    if (this.#waitingLength > MAX_WAITING) {
      throw new ToolError(
        "--check: the server has left 64 MiB unanswered, and more is not kept",
      );
    }
    this.#waiting.push(bytes);
  }

  /** Compares the beginnings; how much of `answer` is done with. */
  #compare(answer: Bytes): number {
    const waiting = this.#waiting[0]!;
    const end = Math.min(waiting.length, this.#compared + answer.length);
    const start = this.#compared;
    let at = start;
    while (at < end && waiting[at] === answer[at - start]) at++;
    this.#advance(at - start, at - start);
    return at === end
      ? at - start
      : at - start + this.#skip(answer, at - start);
  }

  /**
   * Goes past a character that the two sides know differently. Zero when the
   * answer is cut within it.
   */
  #skip(answer: Bytes, from: number): number {
    const different = this.#casing === "ascii" ? null : unknownOnOneSide(
      { bytes: this.#waiting[0]!, at: this.#compared },
      answer.subarray(from),
    );
    if (different === null) throw this.#wrong(answer[from]!);
    if (different === "cut") return 0;
    this.#unjudged++;
    this.#advance(different.expected, different.got);
    return different.got;
  }

  #advance(expected: number, got: number): void {
    this.#compared += expected;
    this.#waitingLength -= expected;
    this.#offset += got;
    if (this.#compared < this.#waiting[0]!.length) return;
    this.#waiting.shift();
    this.#compared = 0;
  }

  #wrong(got: number | null): WrongAnswer {
    const expected = this.#waiting[0]?.[this.#compared] ?? null;
    const isLetter = this.#casing !== "ascii" &&
      Math.max(expected ?? 0, got ?? 0) >= 0x80;
    return new WrongAnswer(
      { offset: this.#offset, expected, got },
      isLetter ? "; does the server map all letters, as upperd --unicode?" : "",
    );
  }
}

function joined(first: Bytes, second: Bytes): Bytes {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
