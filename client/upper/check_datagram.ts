/**
 * Whether a datagram's answer is right.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { upperDatagram } from "../../lib/upper/datagram.ts";
import type { Casing } from "../../lib/upper/mapping.ts";
import { AnswerCheck } from "./check.ts";
import { WrongAnswer } from "./wrong_answer.ts";

/**
 * Compares the answer to one datagram, which may be line `line` of a text. An
 * answer that was kept from growing, as upperd does over UDP, is right, too.
 *
 * @returns characters that were not compared.
 * @throws {WrongAnswer} when it is wrong.
 *
 * @example
 * ```ts
 * import { checkDatagram } from "./check_datagram.ts";
 * const [question, answer] = ["hello", "HELLO"].map((text) =>
 *   new TextEncoder().encode(text)
 * );
 * console.assert(checkDatagram(question!, answer!, "ascii", 1) === 0);
 * ```
 */
export function checkDatagram(
  question: Bytes,
  answer: Bytes,
  casing: Casing,
  line?: number,
): number {
  const check = new AnswerCheck(casing);
  try {
    check.sent(question);
    check.got(answer);
    check.end();
    return check.unjudged;
  } catch (error) {
    if (!(error instanceof WrongAnswer)) throw error;
    if (isSame(answer, upperDatagram(question, casing))) return 0;
    if (line === undefined) throw error;
    throw new WrongAnswer({ ...error.wrong, line }, error.hint);
  }
}

function isSame(one: Bytes, other: Bytes): boolean {
  return one.length === other.length &&
    one.every((byte, at) => byte === other[at]);
}
