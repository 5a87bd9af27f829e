/**
 * Addresses of data connections: the arguments of PORT (RFC 959 section
 * 4.1.2) and EPRT (RFC 2428 section 2), the replies to PASV and EPSV.
 *
 * @module
 */

import type { HostPort } from "../host_port.ts";

/** The argument of EPRT: an address with its protocol family. */
export interface ExtendedAddress extends HostPort {
  /** Address family number: `1` is IPv4, `2` is IPv6. */
  family: string;
}

/**
 * Parses the argument of PORT: six decimal numbers, `h1,h2,h3,h4,p1,p2`.
 * Returns `null` when it is anything else.
 *
 * @example
 * ```ts
 * import { parsePort } from "./address.ts";
 * console.assert(parsePort("127,0,0,1,8,73")?.port === 2121);
 * console.assert(parsePort("127,0,0,256,8,73") === null);
 * ```
 */
export function parsePort(argument: string): HostPort | null {
  if (!/^\d{1,3}(,\d{1,3}){5}$/.test(argument)) return null;
  const numbers = argument.split(",").map(Number);
  if (numbers.some((number) => number > 255)) return null;
  const [p1, p2] = numbers.splice(4) as [number, number];
  return { hostname: numbers.join("."), port: p1 * 256 + p2 };
}

/**
 * Parses the argument of EPRT: `|family|address|port|` with any printable
 * delimiter. Returns `null` when the form is wrong; the family and the address
 * are not checked.
 *
 * @example
 * ```ts
 * import { parseExtendedPort } from "./address.ts";
 * console.assert(parseExtendedPort("|2|::1|2121|")?.hostname === "::1");
 * ```
 */
export function parseExtendedPort(argument: string): ExtendedAddress | null {
  const delimiter = argument[0];
  if (delimiter === undefined || !/[!-~]/.test(delimiter)) return null;
  const parts = argument.split(delimiter);
  if (parts.length !== 5 || parts[0] !== "" || parts[4] !== "") return null;
  const [, family, hostname, port] = parts as [string, string, string, string];
  if (!/^\d{1,5}$/.test(family) || !/^[0-9A-Fa-f:.]{2,45}$/.test(hostname)) {
    return null;
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) return null;
  return { family, hostname, port: Number(port) };
}

/**
 * An IPv4 address and a port as six numbers, for the reply to PASV.
 *
 * @example
 * ```ts
 * import { formatPort } from "./address.ts";
 * console.assert(
 *   formatPort({ hostname: "10.0.0.1", port: 2121 }) === "10,0,0,1,8,73",
 * );
 * ```
 */
export function formatPort({ hostname, port }: HostPort): string {
  return [...hostname.split("."), port >> 8, port & 255].join(",");
}
