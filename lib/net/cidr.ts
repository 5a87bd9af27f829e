/**
 * Blocks of addresses, and who may come in by them.
 *
 * @module
 */
import { addressBytes } from "./ip.ts";

/** A block of addresses: those that begin with the same bits. */
export interface Cidr {
  /** The first address, four or sixteen bytes. */
  readonly bytes: readonly number[];
  /** How many leading bits count. */
  readonly prefix: number;
}

/** Who may come in; the rules of {@linkcode accessRules}. */
export interface AccessRules {
  /** Blocks that may; without any, everybody may. @default {[]} */
  readonly allow?: readonly Cidr[];
  /** Blocks that may not, whatever `allow` says. @default {[]} */
  readonly deny?: readonly Cidr[];
}

/**
 * Reads a block such as `192.0.2.0/24`, `2001:db8::/32`, or a single address
 * (RFC 4632 section 3.1, RFC 4291 section 2.3).
 *
 * @throws {RangeError} If the text is none, or has bits behind the prefix.
 *
 * @example
 * ```ts
 * import { isWithin, parseCidr } from "./cidr.ts";
 * const block = parseCidr("192.0.2.0/24");
 * console.assert(isWithin("192.0.2.7", block));
 * console.assert(!isWithin("192.0.3.7", block));
 * ```
 */
export function parseCidr(text: string): Cidr {
  const [address = "", digits, ...more] = text.split("/");
  const bytes = addressBytes(address);
  if (bytes === null || address.includes("%") || more.length > 0) {
    throw unreadable(text, "expected an address or a block such as 10.0.0.0/8");
  }
  const most = bytes.length * 8;
  const prefix = digits === undefined ? most : readPrefix(digits);
  if (prefix > most) {
    throw unreadable(text, `the length is not a number from 0 to ${most}`);
  }
  const rest = bytes.some((byte, at) => (byte & ~maskAt(at, prefix)) !== 0);
  if (rest) {
    throw unreadable(text, `there are bits behind the first ${prefix}`);
  }
  return { bytes, prefix };
}

/** Whether the address `ip` is in the block; IPv4 mapped into IPv6 is IPv4. */
export function isWithin(ip: string, { bytes, prefix }: Cidr): boolean {
  const address = addressBytes(ip);
  return address?.length === bytes.length &&
    bytes.every((byte, at) => (address[at]! & maskAt(at, prefix)) === byte);
}

/**
 * A function that tells whether an address may come in: not when it is in a
 * block of `deny`; otherwise when it is in one of `allow`, or `allow` is empty.
 * The peer of a Unix socket has no address (`""`) and always may: whoever may
 * open the socket's file was let in by its mode.
 *
 * @example
 * ```ts
 * import { accessRules, parseCidr } from "./cidr.ts";
 * const allows = accessRules({
 *   allow: [parseCidr("10.0.0.0/8")],
 *   deny: [parseCidr("10.0.0.13")],
 * });
 * console.assert(allows("10.1.2.3") && !allows("10.0.0.13"));
 * console.assert(!allows("192.0.2.7"));
 * ```
 */
export function accessRules(
  { allow = [], deny = [] }: AccessRules,
): (ip: string) => boolean {
  return (ip) => {
    if (ip === "") return true;
    if (deny.some((block) => isWithin(ip, block))) return false;
    return allow.length === 0 || allow.some((block) => isWithin(ip, block));
  };
}

function unreadable(text: string, why: string): RangeError {
  return new RangeError(`Cannot read ${JSON.stringify(text)}: ${why}`);
}

function readPrefix(digits: string): number {
  return /^\d{1,3}$/.test(digits) ? Number(digits) : Infinity;
}

/** Which bits of byte `at` count. */
function maskAt(at: number, prefix: number): number {
  const bits = Math.min(8, Math.max(0, prefix - at * 8));
  return 256 - 2 ** (8 - bits);
}
