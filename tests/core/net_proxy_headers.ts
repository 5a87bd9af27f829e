/**
 * PROXY headers as balancers send them, for tests.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { crc32c, SIGNATURE } from "../../lib/net/proxy_block.ts";

/** A client of 192.0.2.7 that connected to 203.0.113.1, as a line. */
export const LINE = "PROXY TCP4 192.0.2.7 203.0.113.1 40001 21\r\n";

/** What {@linkcode LINE} says. */
export const ENDS = {
  peer: { hostname: "192.0.2.7", port: 40001 },
  local: { hostname: "203.0.113.1", port: 21 },
};

/** The addresses and ports of {@linkcode LINE}, in binary. */
export const BLOCK_4: readonly number[] = [
  ...[192, 0, 2, 7, 203, 0, 113, 1],
  ...[40001 >> 8, 40001 & 255, 0, 21],
];

/** 2001:db8::7 to 2001:db8::1, the same ports, in binary. */
export const BLOCK_6: readonly number[] = [
  ...[0x20, 0x01, 0x0d, 0xb8, ...Array<number>(11).fill(0), 7],
  ...[0x20, 0x01, 0x0d, 0xb8, ...Array<number>(11).fill(0), 1],
  ...BLOCK_4.slice(8),
];

/** A header of version 2: command, family and what follows. */
export function binary(
  command: number,
  family: number,
  block: readonly number[],
): Bytes {
  const { length } = block;
  return new Uint8Array([
    ...[...SIGNATURE, command, family, length >> 8, length & 255],
    ...block,
  ]);
}

/** A field: its type, its length, its bytes. */
export function field(type: number, bytes: readonly number[]): number[] {
  return [type, bytes.length >> 8, bytes.length & 255, ...bytes];
}

/** The same header with its checksum as its last field. */
export function summed(
  command: number,
  family: number,
  block: readonly number[],
): Bytes {
  const whole = binary(command, family, [...block, ...field(3, [0, 0, 0, 0])]);
  new DataView(whole.buffer).setUint32(whole.length - 4, crc32c(whole));
  return whole;
}
