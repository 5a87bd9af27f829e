/**
 * IP addresses as text: what they are, and whether two are the same.
 *
 * A dual-stack socket shows an IPv4 peer as `::ffff:192.0.2.7` (RFC 4291
 * section 2.5.5.2). Everything here sees such an address as the IPv4 address
 * that it is, so that limits, checks and logs have one form to deal with.
 *
 * @module
 */

/**
 * The four bytes of an IPv4 address, or `null`. Leading zeros are refused:
 * programs disagree on whether `010` is eight or ten.
 */
function ipv4Bytes(text: string): number[] | null {
  const parts = text.split(".");
  const fits = (part: string) => /^(0|[1-9]\d{0,2})$/.test(part) && +part < 256;
  return parts.length === 4 && parts.every(fits) ? parts.map(Number) : null;
}

/** The 16-bit groups that `text` spells out between two `::`. */
function ipv6Part(text: string): number[] | null {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const v4 = last && part.includes(".") ? ipv4Bytes(part) : null;
    if (v4) groups.push(v4[0]! << 8 | v4[1]!, v4[2]! << 8 | v4[3]!);
    else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(parseInt(part, 16));
    else return null;
  }
  return groups;
}

/** The eight 16-bit groups of an IPv6 address without its zone, or `null`. */
function ipv6Groups(text: string): number[] | null {
  const [head = "", tail, ...more] = withoutZone(text).split("::");
  if (more.length > 0 || (tail !== undefined && head.includes("."))) {
    return null;
  }
  const front = ipv6Part(head);
  const back = ipv6Part(tail ?? "");
  if (!front || !back) return null;
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  return [...front, ...Array<number>(missing).fill(0), ...back];
}

function withoutZone(text: string): string {
  const at = text.indexOf("%");
  return at > 0 ? text.slice(0, at) : text;
}

/** The `%eth0` of a link-local address, or nothing. */
function zoneOf(text: string): string {
  return text.slice(withoutZone(text).length);
}

/** IPv6 text in the form of RFC 5952: lower case, the longest run of zeros as `::`. */
function ipv6Text(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(":");
  const runs = text.match(/\b0(:0)+\b/g) ?? [];
  const longest = runs.reduce((a, b) => b.length > a.length ? b : a, "");
  if (longest === "") return text;
  const at = text.search(new RegExp(`\\b${longest}\\b`));
  const before = text.slice(0, at).replace(/:$/, "");
  const after = text.slice(at + longest.length).replace(/^:/, "");
  return `${before}::${after}`;
}

/** The four bytes of an IPv4 address, also of one mapped into IPv6. */
function asIpv4(ip: string): number[] | null {
  const groups = ip.includes(":") ? ipv6Groups(ip) : null;
  if (!groups) return ipv4Bytes(ip);
  const mapped = groups[5] === 0xffff &&
    groups.slice(0, 5).every((g) => g === 0);
  return mapped ? groups.slice(6).flatMap((g) => [g >> 8, g & 0xff]) : null;
}

/**
 * The bytes of an address, four or sixteen, or `null` when it is none. IPv4
 * mapped into IPv6 has four, a zone does not count.
 *
 * @example
 * ```ts
 * import { addressBytes } from "./ip.ts";
 * console.assert(addressBytes("::ffff:192.0.2.7")?.join() === "192,0,2,7");
 * ```
 */
export function addressBytes(ip: string): number[] | null {
  return asIpv4(ip) ??
    ipv6Groups(ip)?.flatMap((group) => [group >> 8, group & 0xff]) ?? null;
}

/**
 * Whether `ip` is the text of an IPv4 address (4), of an IPv6 address (6,
 * with or without a zone such as `%eth0`), or of neither (`null`).
 *
 * @example
 * ```ts
 * import { ipVersion } from "./ip.ts";
 * console.assert(ipVersion("127.0.0.1") === 4);
 * console.assert(ipVersion("fe80::1%eth0") === 6);
 * console.assert(ipVersion("localhost") === null);
 * ```
 */
export function ipVersion(ip: string): 4 | 6 | null {
  if (ipv4Bytes(ip)) return 4;
  return ipv6Groups(ip) ? 6 : null;
}

/**
 * The one way to write an address: IPv4 mapped into IPv6 becomes plain IPv4,
 * IPv6 takes the shortest form of RFC 5952 and keeps its zone, any other text
 * (a host name) becomes lower case.
 *
 * @example
 * ```ts
 * import { normalizeAddress } from "./ip.ts";
 * console.assert(normalizeAddress("::FFFF:c000:207") === "192.0.2.7");
 * console.assert(normalizeAddress("2001:DB8:0:0:0:0:0:1") === "2001:db8::1");
 * ```
 */
export function normalizeAddress(ip: string): string {
  if (!ip.includes(":")) return ip.toLowerCase(); // IPv4 has one form only.
  const v4 = asIpv4(ip);
  if (v4) return v4.join(".");
  const groups = ipv6Groups(ip);
  return groups ? ipv6Text(groups) + zoneOf(ip) : ip.toLowerCase();
}

/**
 * Whether two texts name the same address, however they are written. A zone
 * counts only when both have one, because the runtime leaves it out of the
 * addresses of peers.
 *
 * @example
 * ```ts
 * import { sameAddress } from "./ip.ts";
 * console.assert(sameAddress("::ffff:127.0.0.1", "127.0.0.1"));
 * console.assert(sameAddress("::1", "0:0:0:0:0:0:0:1"));
 * ```
 */
export function sameAddress(a: string, b: string): boolean {
  if (zoneOf(a) && zoneOf(b)) {
    return normalizeAddress(a) === normalizeAddress(b);
  }
  return normalizeAddress(withoutZone(a)) === normalizeAddress(withoutZone(b));
}

/**
 * Whether `ip` is an address of this machine alone: 127.0.0.0/8 or `::1`.
 *
 * @example
 * ```ts
 * import { isLoopback } from "./ip.ts";
 * console.assert(isLoopback("127.0.0.53") && isLoopback("::1"));
 * console.assert(!isLoopback("0.0.0.0"));
 * ```
 */
export function isLoopback(ip: string): boolean {
  return asIpv4(ip)?.[0] === 127 || normalizeAddress(ip) === "::1";
}

/**
 * Whether `ip` belongs to this machine or to a private network: loopback,
 * RFC 1918, link-local (169.254.0.0/16, fe80::/10), or fc00::/7 (RFC 4193).
 *
 * @example
 * ```ts
 * import { isPrivate } from "./ip.ts";
 * console.assert(isPrivate("172.16.0.1") && isPrivate("fd00::1"));
 * console.assert(!isPrivate("172.32.0.1") && !isPrivate("2001:db8::1"));
 * ```
 */
export function isPrivate(ip: string): boolean {
  if (isLoopback(ip)) return true;
  const [a, b = 0] = asIpv4(ip) ?? [];
  if (a !== undefined) {
    return a === 10 || (a === 172 && b >> 4 === 1) ||
      (a === 192 && b === 168) || (a === 169 && b === 254);
  }
  const first = ipv6Groups(ip)?.[0] ?? 0;
  return (first & 0xffc0) === 0xfe80 || (first & 0xfe00) === 0xfc00;
}

/**
 * What to count a sender by: an IPv4 address itself, the /64 network of an
 * IPv6 address, since one household or server owns all of it.
 *
 * @example
 * ```ts
 * import { networkKey } from "./ip.ts";
 * console.assert(networkKey("192.0.2.7") === "192.0.2.7");
 * console.assert(networkKey("2001:db8::7") === networkKey("2001:db8::8"));
 * ```
 */
export function networkKey(ip: string): string {
  const groups = asIpv4(ip) ? null : ipv6Groups(ip);
  if (!groups) return normalizeAddress(ip);
  return ipv6Text([...groups.slice(0, 4), 0, 0, 0, 0]) + "/64";
}
