/**
 * Addresses as the answers of look-ups show them.
 *
 * @module
 */

import { ipVersion, normalizeAddress } from "../../lib/net/address.ts";

/**
 * An address in its shortest form. Unlike everywhere else, one that is mapped
 * into IPv6 stays so: an answer is shown as it is.
 *
 * @example
 * ```ts
 * import { ipText } from "./ip_text.ts";
 * console.assert(ipText("0:0:0:0:0:0:0:1") === "::1");
 * console.assert(ipText("::FFFF:192.0.2.1") === "::ffff:192.0.2.1");
 * ```
 */
export function ipText(address: string): string {
  const text = normalizeAddress(address);
  const isMapped = address.includes(":") && !text.includes(":");
  return isMapped ? `::ffff:${text}` : text;
}

/**
 * Whether programs take `name` for an address: what ends in a number is one,
 * whatever form it has.
 *
 * @example
 * ```ts
 * import { isReadAsAddress } from "./ip_text.ts";
 * console.assert(isReadAsAddress("127.1") && isReadAsAddress("0x7F000001"));
 * console.assert(!isReadAsAddress("127.example"));
 * ```
 */
export function isReadAsAddress(name: string): boolean {
  const last = name.replace(/\.$/, "").split(".").at(-1)!;
  return ipVersion(name) !== null || /^(\d+|0x[\da-f]*)$/i.test(last);
}

/**
 * The name in DNS under which the names of an address stand (RFC 1035 section
 * 3.5, RFC 3596 section 2.5). A zone is left out.
 *
 * @throws {RangeError} when `address` is none.
 *
 * @example
 * ```ts
 * import { reverseName } from "./ip_text.ts";
 * console.assert(reverseName("192.0.2.1") === "1.2.0.192.in-addr.arpa");
 * console.assert(reverseName("::1").startsWith("1.0.0.0."));
 * ```
 */
export function reverseName(address: string): string {
  if (ipVersion(address) === null) throw new RangeError("it is no address");
  const text = normalizeAddress(address).replace(/%.*$/s, "");
  if (!text.includes(":")) {
    return `${text.split(".").toReversed().join(".")}.in-addr.arpa`;
  }
  const [front = "", back] = text.split("::");
  const [head, tail] = [groupsOf(front), groupsOf(back ?? "")];
  const zeros = Array<string>(8 - head.length - tail.length).fill("0000");
  const digits = [...head, ...zeros, ...tail].join("");
  return `${[...digits].toReversed().join(".")}.ip6.arpa`;
}

function groupsOf(text: string): string[] {
  const groups = text === "" ? [] : text.split(":");
  return groups.map((group) => group.padStart(4, "0"));
}
