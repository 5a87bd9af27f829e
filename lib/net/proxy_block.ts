/**
 * The binary header of the PROXY protocol, version 2 (HAProxy's
 * `doc/proxy-protocol.txt`, section 2.2): 16 bytes, addresses, and a list of
 * further fields (TLVs).
 *
 * @module
 */

import type { Bytes } from "../bytes.ts";
import type { HostPort } from "../host_port.ts";
import { normalizeAddress } from "./ip.ts";

/** What came in the place of a PROXY header is none, or a broken one. */
export class ProxyHeaderError extends Error {
  /** Says why. */
  constructor(message: string) {
    super(message);
    this.name = "ProxyHeaderError";
  }
}

/** The first twelve bytes of version 2. */
export const SIGNATURE: Bytes = new Uint8Array([
  ...[0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a],
]);
/** Bytes before the addresses. */
export const PREAMBLE_LENGTH = 16;

/** The field that holds a checksum of the whole header (section 2.2.3). */
const CRC32C = 0x03;
/** Bytes of the addresses, by family and protocol; others are refused. */
const ADDRESS_LENGTHS: ReadonlyMap<number, number> = new Map([
  [0x00, 0], // nothing is known
  [0x11, 12], // TCP over IPv4
  [0x21, 36], // TCP over IPv6
  [0x31, 216], // Unix socket
]);

/** What the first 16 bytes say. */
export interface ProxyPreamble {
  /** Whether the balancer speaks for itself, to see whether all is well. */
  readonly isLocal: boolean;
  /** Address family and protocol, as they are written. */
  readonly family: number;
  /** Bytes that follow. */
  readonly length: number;
}

/**
 * Reads the first 16 bytes of a header, signature included.
 *
 * @throws {ProxyHeaderError} for other versions and commands.
 */
export function readPreamble(bytes: Bytes): ProxyPreamble {
  const command = bytes[12]!;
  if (command >> 4 !== 2) {
    throw new ProxyHeaderError(`there is no version ${command >> 4}`);
  }
  if ((command & 15) > 1) {
    throw new ProxyHeaderError(`there is no command ${command & 15}`);
  }
  return {
    isLocal: (command & 15) === 0,
    family: bytes[13]!,
    length: bytes[14]! << 8 | bytes[15]!,
  };
}

/**
 * The ends that a whole header names; `null` when it is the balancer's own
 * connection, or one without addresses.
 *
 * @throws {ProxyHeaderError} when it is broken, or its checksum is wrong.
 *
 * @example
 * ```ts
 * import { parseProxyBlock, SIGNATURE } from "./proxy_block.ts";
 * const local = new Uint8Array([...SIGNATURE, 0x20, 0, 0, 0]);
 * console.assert(parseProxyBlock(local) === null);
 * ```
 */
export function parseProxyBlock(
  bytes: Bytes,
): { peer: HostPort; local: HostPort } | null {
  const { isLocal, family } = readPreamble(bytes);
  if (isLocal) return null;
  const length = ADDRESS_LENGTHS.get(family);
  if (length === undefined) {
    throw new ProxyHeaderError("it is of no TCP connection");
  }
  const block = bytes.subarray(PREAMBLE_LENGTH);
  if (block.length < length) {
    throw new ProxyHeaderError("its addresses are cut off");
  }
  checkFields(bytes, PREAMBLE_LENGTH + length);
  if (family === 0x11) return endsOf(block, 4);
  return family === 0x21 ? endsOf(block, 16) : null;
}

/** Both addresses, then both ports. */
function endsOf(block: Bytes, size: number) {
  const address = (at: number) => addressOf(block.subarray(at, at + size));
  const port = (at: number) => block[at]! << 8 | block[at + 1]!;
  return {
    peer: { hostname: address(0), port: port(2 * size) },
    local: { hostname: address(size), port: port(2 * size + 2) },
  };
}

function addressOf(bytes: Bytes): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from(
    { length: 8 },
    (_, at) => (bytes[2 * at]! << 8 | bytes[2 * at + 1]!).toString(16),
  );
  return normalizeAddress(groups.join(":"));
}

/** Every field has a type, a length of two bytes, and so many bytes. */
function checkFields(bytes: Bytes, start: number): void {
  for (let at = start; at < bytes.length;) {
    const length = bytes[at + 1]! << 8 | bytes[at + 2]!;
    const next = at + 3 + length;
    if (at + 3 > bytes.length || next > bytes.length) {
      throw new ProxyHeaderError("its fields are cut off");
    }
    if (bytes[at] === CRC32C) checkSum(bytes, at + 3, length);
    at = next;
  }
}

function checkSum(bytes: Bytes, at: number, length: number): void {
  const sent = new DataView(bytes.buffer, bytes.byteOffset);
  const zeroed = bytes.slice();
  zeroed.fill(0, at, at + 4);
  if (length !== 4 || sent.getUint32(at) !== crc32c(zeroed)) {
    throw new ProxyHeaderError("its checksum is wrong");
  }
}

/**
 * Castagnoli's checksum (RFC 9260 appendix A), bit by bit: headers are short.
 *
 * @example
 * ```ts
 * import { crc32c } from "./proxy_block.ts";
 * const digits = new TextEncoder().encode("123456789");
 * console.assert(crc32c(digits) === 0xe3069283);
 * ```
 */
export function crc32c(bytes: Bytes): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
    }
  }
  return ~sum >>> 0;
}
