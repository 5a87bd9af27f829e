/**
 * What a probe carries: a header that says which probe it is, and a pattern
 * behind it in which every byte is known.
 *
 * The header has 24 bytes, the numbers big-endian:
 *
 * | bytes | |
 * |---|---|
 * | 0–3 | `WEC1` |
 * | 4–7 | the session, a random number |
 * | 8–13 | sequence number |
 * | 14–19 | microseconds since the run began |
 * | 20–23 | check sum of the 20 before |
 *
 * Shorter probes are pattern only. It begins one step further with every
 * probe, so that neighbours differ in each byte.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";

/** Length of the header; probes that are shorter have none. */
export const HEADER_LENGTH = 24;

const MAGIC = 0x57454331;
const CHECKED_LENGTH = 20;
/** The pattern begins anew after so many probes; prime, so in no step with 256. */
const SHIFTS = 251;
/**
 * Added from byte to byte: odd, so that all 256 values come; and one wrong bit
 * never makes one of the 16 bytes around it, so that even a probe of one byte
 * with a wrong bit is not taken for another probe.
 */
const STEP = 167;
/** Added every 256 bytes, so that these differ, too. */
const TWIST = 13;
const TWO_32 = 2 ** 32;

/** One probe, as it is remembered. */
export interface Probe {
  /** Its number, from 0; below 2⁴⁸. */
  readonly sequence: number;
  /** Its length in bytes. */
  readonly size: number;
  /** When it was due, in milliseconds since the run began. */
  readonly start: number;
}

/** Makes the bytes of probes, and knows them again. */
export interface Payloads {
  /** Writes a probe to the front of `buffer` and returns that part of it. */
  write(buffer: Bytes, probe: Probe): Bytes;
  /**
   * Whose header `data` begins with: a sequence number of this session,
   * `"foreign"` for another session's, `null` for none that is intact.
   */
  sequenceOf(data: Bytes): number | "foreign" | null;
  /**
   * The first offset at which `data` is not what stands in `probe` from byte
   * `at` on; `null` when all of it is. `data` does not reach beyond the probe.
   */
  differsAt(data: Bytes, probe: Probe, at?: number): number | null;
  /** In how many bytes `data` differs from the header of `probe`. */
  distance(data: Bytes, probe: Probe): number;
}

/**
 * The probes of one session, of `largest` bytes at most.
 *
 * @param session 32 bits that no other run has.
 *
 * @example
 * ```ts
 * import { createPayloads } from "./payload.ts";
 * const payloads = createPayloads(0xbeef, 1000);
 * const probe = { sequence: 7, size: 56, start: 1.5 };
 * const bytes = payloads.write(new Uint8Array(1000), probe);
 * console.assert(payloads.sequenceOf(bytes) === 7);
 * console.assert(payloads.differsAt(bytes, probe) === null);
 * ```
 */
export function createPayloads(session: number, largest: number): Payloads {
  const pattern = patternOf(session, largest + SHIFTS);
  const header = new Uint8Array(HEADER_LENGTH);
  const filled = ({ sequence, size }: Probe) => {
    const shift = sequence % SHIFTS;
    return pattern.subarray(shift, shift + size);
  };
  const headed = (probe: Probe) => {
    writeHeader(header, session, probe);
    return header;
  };
  const differsAt = (data: Bytes, probe: Probe, at = 0): number | null => {
    const inHeader = probe.size < HEADER_LENGTH
      ? 0
      : Math.max(0, Math.min(HEADER_LENGTH - at, data.length));
    const wrong = inHeader === 0
      ? null
      : firstDifference(data.subarray(0, inHeader), headed(probe), at);
    if (wrong !== null) return wrong;
    const rest = data.subarray(inHeader);
    return firstDifference(rest, filled(probe), at + inHeader);
  };
  return {
    write(buffer, probe) {
      buffer.set(filled(probe));
      if (probe.size >= HEADER_LENGTH) buffer.set(headed(probe));
      return buffer.subarray(0, probe.size);
    },
    sequenceOf: (data) => readHeader(data, session),
    differsAt,
    distance: (data, probe) =>
      distance(
        data,
        probe.size < HEADER_LENGTH ? filled(probe) : headed(probe),
      ),
  };
}

/** Where `data` first differs from `expected`, of which it begins at `at`. */
export function firstDifference(
  data: Bytes,
  expected: Bytes,
  at = 0,
): number | null {
  for (let index = 0; index < data.length; index++) {
    if (data[index] !== expected[at + index]) return at + index;
  }
  return null;
}

function patternOf(session: number, length: number): Bytes {
  const pattern = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    pattern[at] = at * STEP + (at >>> 8) * TWIST + session;
  }
  return pattern;
}

function writeHeader(
  header: Bytes,
  session: number,
  { sequence, start }: Probe,
): void {
  const view = viewOf(header);
  const time = Math.max(0, Math.round(start * 1000));
  view.setUint32(0, MAGIC);
  view.setUint32(4, session);
  view.setUint16(8, sequence / TWO_32);
  view.setUint32(10, sequence % TWO_32);
  view.setUint16(14, time / TWO_32);
  view.setUint32(16, time % TWO_32);
  view.setUint32(CHECKED_LENGTH, checkSum(header));
}

function readHeader(
  data: Bytes,
  session: number,
): number | "foreign" | null {
  if (data.length < HEADER_LENGTH) return null;
  const view = viewOf(data);
  if (view.getUint32(0) !== MAGIC) return null;
  if (view.getUint32(CHECKED_LENGTH) !== checkSum(data)) return null;
  if (view.getUint32(4) !== session >>> 0) return "foreign";
  return view.getUint16(8) * TWO_32 + view.getUint32(10);
}

function viewOf({ buffer, byteOffset }: Bytes): DataView<ArrayBuffer> {
  return new DataView(buffer, byteOffset, HEADER_LENGTH);
}

/** FNV-1a, with its bits mixed once more: one changed byte changes all four. */
function checkSum(header: Bytes): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < CHECKED_LENGTH; at++) {
    sum = Math.imul(sum ^ header[at]!, 0x01000193);
  }
  sum = Math.imul(sum ^ sum >>> 15, 0x2c1b3c6d);
  return (sum ^ sum >>> 13) >>> 0;
}

/** In how many of the header's bytes two texts differ. */
function distance(data: Bytes, expected: Bytes): number {
  const length = Math.min(data.length, expected.length, HEADER_LENGTH);
  let count = 0;
  for (let at = 0; at < length; at++) {
    if (data[at] !== expected[at]) count++;
  }
  return count;
}
