/**
 * Distinguished encoding rules (X.690): what certificates are written in.
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";

/** Tags that certificates use (X.690 section 8). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octets: 0x04,
  oid: 0x06,
  text: 0x0c,
  printable: 0x13,
  t61: 0x14,
  ia5: 0x16,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** Tag of an element that the standard numbers itself: `[n]`. */
export function contextTag(number: number, isConstructed = true): number {
  return (isConstructed ? 0xa0 : 0x80) | number;
}

/** One element: its tag, its length, and the parts one behind the other. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concat(Uint8Array.of(tag, ...lengthOf(length)), ...parts);
}

/** A sequence of elements. */
export function sequence(...parts: readonly Uint8Array[]): Bytes {
  return element(TAG.sequence, ...parts);
}

/** Short form below 128, else the number of bytes and the bytes. */
function lengthOf(length: number): number[] {
  if (length < 128) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
    bytes.unshift(rest % 256);
  }
  return [0x80 | bytes.length, ...bytes];
}

/** An unsigned number of any size, big-endian. */
export function integer(bytes: Uint8Array): Bytes {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Uint8Array.of(0) : bytes.subarray(start);
  const sign = digits[0]! < 0x80 ? [] : [0];
  return element(TAG.integer, Uint8Array.from(sign), digits);
}

/** An object identifier, written as `2.5.29.17`. */
export function oid(dotted: string): Bytes {
  const [first = 0, second = 0, ...arcs] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...arcs].flatMap(base128);
  return element(TAG.oid, Uint8Array.from(bytes));
}

/** Seven bits a byte; all but the last have the eighth set. */
function base128(arc: number): number[] {
  const bytes = [arc & 0x7f];
  for (let rest = arc >> 7; rest > 0; rest >>= 7) {
    bytes.unshift(0x80 | rest & 0x7f);
  }
  return bytes;
}

/** Text in UTF-8. */
export function text(value: string): Bytes {
  return element(TAG.text, new TextEncoder().encode(value));
}

/** Whole bytes as a string of bits. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Bytes {
  return element(TAG.bitString, Uint8Array.of(unusedBits), bytes);
}

/**
 * A moment, to the second: the short form until 2049 (RFC 5280 section 4.1.2.5).
 */
export function time(moment: Date): Bytes {
  const digits = moment.toISOString().replace(/\..*|\D/g, "");
  const isShort = moment.getUTCFullYear() < 2050;
  const written = `${isShort ? digits.slice(2) : digits}Z`;
  const tag = isShort ? TAG.utcTime : TAG.generalizedTime;
  return element(tag, new TextEncoder().encode(written));
}

/** An element that was read. */
export interface Element {
  /** Its tag. */
  readonly tag: number;
  /** All of it, tag and length included. */
  readonly raw: Bytes;
  /** What is in it. */
  readonly content: Bytes;
}

/**
 * The elements that stand one behind the other in `bytes`, 65,535 bytes long
 * each at most.
 *
 * @throws {RangeError} when an element is longer than what is there, or its
 * length is not written in the shortest way.
 */
export function elements(bytes: Bytes): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; at += found.at(-1)!.raw.length) {
    found.push(elementAt(bytes.subarray(at)));
  }
  return found;
}

function elementAt(bytes: Bytes): Element {
  const [tag = 0, first = 0] = bytes;
  const more = first < 0x80 ? 0 : first & 0x7f;
  const start = 2 + more;
  const digits = more === 0 ? bytes.subarray(1, 2) : bytes.subarray(2, start);
  const length = digits.reduce((sum, digit) => sum * 256 + digit, 0);
  if (bytes.length < start || start + length > bytes.length) {
    throw new RangeError("an element ends too early");
  }
  if (more > 2 || lengthOf(length).length !== 1 + more || (tag & 31) === 31) {
    throw new RangeError("an element is not in the shortest form");
  }
  const raw = bytes.subarray(0, start + length);
  return { tag, raw, content: raw.subarray(start) };
}

/** All parts, one behind the other. */
function concat(...parts: readonly Uint8Array[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
