/**
 * The time of RFC 868: whole seconds since 1900-01-01 00:00 UTC in 32 bits.
 *
 * The 32 bits are full on 2036-02-07 at 06:28:16 UTC and begin again with 0.
 * Each round is an **era**: era 0 began in 1900, era 1 begins in 2036. A value
 * alone does not say which era it means; the reader's own clock does, because
 * it is hardly wrong by 68 years.
 *
 * Leap seconds are not counted, as in POSIX: during one the value stands still.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/** Bytes of a time on the wire. */
export const TIME_LENGTH = 4;

/** Seconds from 1900-01-01 to 1970-01-01, the first vector of RFC 868. */
const UNIX_EPOCH = 2_208_988_800;
const ERA_SECONDS = 2 ** 32;

/** Options for {@linkcode decodeTime}. */
export interface DecodeTimeOptions {
  /** The time it should be near to, in milliseconds since 1970. @default now */
  now?: number | undefined;
  /** The era it is of, whatever the clock says. @default the nearest to `now` */
  era?: number | undefined;
}

/** A time that was read. */
export interface DecodedTime {
  /** Milliseconds since 1970, a whole second. */
  readonly time: number;
  /** How often the 32 bits were full by then: 0 from 1900, 1 from 2036. */
  readonly era: number;
}

/**
 * The four bytes of `time`, given in milliseconds since 1970; parts of a second
 * are cut off. Every era has its values, so it works beyond 2036.
 *
 * @example
 * ```ts
 * import { encodeTime } from "./rfc868.ts";
 * console.assert(encodeTime(0).join() === "131,170,126,128");
 * console.assert(encodeTime(Date.UTC(2036, 1, 7, 6, 28, 16)).join() === "0,0,0,0");
 * ```
 */
export function encodeTime(time: number): Bytes {
  const bytes = new Uint8Array(TIME_LENGTH);
  const seconds = Math.floor(time / 1000) + UNIX_EPOCH;
  new DataView(bytes.buffer).setUint32(0, seconds);
  return bytes;
}

/**
 * Reads the first four bytes of `bytes`.
 *
 * @throws {RangeError} If there are fewer than four bytes.
 *
 * @example
 * ```ts
 * import { decodeTime, encodeTime } from "./rfc868.ts";
 * const bytes = encodeTime(Date.UTC(2038, 0, 19, 3, 14, 8));
 * const { time, era } = decodeTime(bytes, { now: Date.UTC(2026, 0) });
 * console.assert(time === Date.UTC(2038, 0, 19, 3, 14, 8) && era === 1);
 * ```
 */
export function decodeTime(
  bytes: Bytes,
  { now = Date.now(), era }: DecodeTimeOptions = {},
): DecodedTime {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const seconds = view.getUint32(0) - UNIX_EPOCH;
  const round = era ?? Math.round((now / 1000 - seconds) / ERA_SECONDS);
  // Adding 0 turns the -0 that rounding may give into 0.
  return { time: (seconds + round * ERA_SECONDS) * 1000, era: round + 0 };
}

/**
 * The era that a time is of.
 *
 * @example
 * ```ts
 * import { eraOf } from "./rfc868.ts";
 * console.assert(eraOf(Date.UTC(2026, 0)) === 0);
 * console.assert(eraOf(Date.UTC(2036, 1, 8)) === 1);
 * ```
 */
export function eraOf(time: number): number {
  return Math.floor((time / 1000 + UNIX_EPOCH) / ERA_SECONDS);
}
