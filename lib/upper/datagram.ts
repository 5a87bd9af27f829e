/**
 * Upper-casing of datagrams.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";
import { type Casing, upperCase } from "./mapping.ts";

/**
 * The answer to a datagram, never longer than the question: a forged sender
 * would be flooded with more than the forger sent. Text that grows in upper
 * case gets its ASCII letters changed only.
 *
 * @example
 * ```ts
 * import { upperDatagram } from "./datagram.ts";
 * const [grown, text] = ["ŉ a", "ä a"].map((text) =>
 *   upperDatagram(new TextEncoder().encode(text), "unicode")
 * );
 * console.assert(new TextDecoder().decode(grown) === "ŉ A");
 * console.assert(new TextDecoder().decode(text) === "Ä A");
 * ```
 */
export function upperDatagram(data: Bytes, casing: Casing): Bytes {
  const answer = upperCase(data, casing);
  return answer.length > data.length ? upperCase(data, "ascii") : answer;
}
