/**
 * What addresses are counted as.
 *
 * @module
 */

import { networkKey } from "../../../lib/net/ip.ts";

/** Networks of which everybody has a part: fc00::/7 and fe80::/10. */
const PRIVATE = /^(f[cd]|fe[89ab]|::1$)/;

/**
 * What an address is counted as: an IPv6 address of the internet as its /64
 * network, all of which one household or server has; any other as itself.
 *
 * @param address Normalised, as `normalizeAddress` makes it.
 *
 * @example
 * ```ts
 * import { offenderOf } from "./offender.ts";
 * console.assert(offenderOf("2001:db8::7") === "2001:db8::/64");
 * console.assert(offenderOf("fd00::7") === "fd00::7");
 * ```
 */
export function offenderOf(address: string): string {
  if (!address.includes(":") || PRIVATE.test(address)) return address;
  return address.endsWith("/64") ? address : networkKey(address);
}
