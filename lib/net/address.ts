/**
 * Addresses to listen on, as people write them.
 *
 * @module
 */
import { ipVersion } from "./ip.ts";

import type { HostPort } from "../host_port.ts";

export {
  ipVersion,
  isLoopback,
  isPrivate,
  networkKey,
  normalizeAddress,
  sameAddress,
} from "./ip.ts";

/** Where to listen for TCP connections. */
export interface TcpAddress extends HostPort {
  /** TCP, as opposed to a Unix socket. */
  transport: "tcp";
}

/** Where to listen on a Unix socket. */
export interface UnixAddress {
  /** A Unix socket, as opposed to TCP. */
  transport: "unix";
  /** The socket's file; Linux allows 107 bytes. */
  path: string;
}

/** Where to listen; port 0 stands for any free port. */
export type ListenAddress = TcpAddress | UnixAddress;

/** Where a server does listen: numeric, with the real port. */
export type BoundAddress = ListenAddress;

/** Why a text is no listen address; {@linkcode parseListenAddress} adds the rest. */
function unreadable(text: string, why: string): RangeError {
  return new RangeError(
    `Cannot read listen address ${JSON.stringify(text)}: ${why}`,
  );
}

function parsePort(text: string, digits: string): number {
  if (/^\d{1,5}$/.test(digits) && Number(digits) < 65536) return Number(digits);
  const shown = JSON.stringify(digits);
  throw unreadable(text, `${shown} is not a port number from 0 to 65535`);
}

/** A numeric address, or something that can be a host's name. */
function isHost(host: string): boolean {
  if (/^[\d.]+$/.test(host)) return ipVersion(host) === 4;
  return host.length <= 253 && /^[a-z\d_]([a-z\d_.-]*[a-z\d_.])?$/i.test(host);
}

/** Takes `HOST`, `HOST:PORT`, `[IPv6]` and `[IPv6]:PORT` apart. */
function splitHostPort(text: string): { host: string; digits?: string } {
  const [, ipv6, after = ""] = /^\[([^\]]*)\](.*)$/.exec(text) ?? [];
  if (ipv6 !== undefined) {
    if (ipVersion(ipv6) !== 6) {
      throw unreadable(text, "brackets hold an IPv6 address, as in [::1]:2121");
    }
    if (after === "") return { host: ipv6 };
    if (!after.startsWith(":")) {
      throw unreadable(text, `a colon must follow the brackets`);
    }
    return { host: ipv6, digits: after.slice(1) };
  }
  const colon = text.indexOf(":");
  if (colon !== text.lastIndexOf(":")) {
    throw unreadable(text, "an IPv6 address needs brackets, as in [::1]:2121");
  }
  if (colon < 0) {
    return /^\d+$/.test(text)
      ? { host: "127.0.0.1", digits: text }
      : { host: text };
  }
  return { host: text.slice(0, colon) || "::", digits: text.slice(colon + 1) };
}

/**
 * Reads where to listen:
 *
 * | text | meaning |
 * |---|---|
 * | `HOST:PORT`, `[IPv6]:PORT` | that address; a name stands for the first address it has |
 * | `PORT` | that port for this machine only, 127.0.0.1 |
 * | `:PORT`, `*:PORT` | that port on every address, IPv6 and IPv4 (`::`) |
 * | `HOST`, `[IPv6]` | that address with `defaultPort` |
 * | `unix:PATH` | a Unix socket |
 *
 * Port 0 stands for any free port.
 *
 * @throws {RangeError} If the text is none of these: one line that says why.
 *
 * @example
 * ```ts
 * import { parseListenAddress } from "./address.ts";
 * const address = parseListenAddress("[::1]:2121");
 * console.assert(address.transport === "tcp" && address.hostname === "::1");
 * ```
 */
export function parseListenAddress(
  text: string,
  defaultPort?: number,
): ListenAddress {
  // A host of this name would be written as a socket, with its port.
  if (text === "unix" || text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    if (path === "" || path.includes("\0")) {
      throw unreadable(text, "the path is missing, as in unix:/run/ftpd.sock");
    }
    return { transport: "unix", path };
  }
  const { host, digits } = splitHostPort(text);
  const hostname = host === "*" ? "::" : host;
  if (ipVersion(hostname) === null && !isHost(hostname)) {
    throw unreadable(
      text,
      "expected HOST:PORT, [IPv6]:PORT, PORT or unix:PATH",
    );
  }
  if (digits !== undefined) {
    return { transport: "tcp", hostname, port: parsePort(text, digits) };
  }
  if (defaultPort === undefined) {
    throw unreadable(text, "the port is missing, as in localhost:2121");
  }
  return { transport: "tcp", hostname, port: defaultPort };
}

/**
 * Writes a host and a port as one word, IPv6 in brackets.
 *
 * @example
 * ```ts
 * import { formatHostPort } from "./address.ts";
 * console.assert(formatHostPort("::1", 21) === "[::1]:21");
 * console.assert(formatHostPort("localhost", 21) === "localhost:21");
 * ```
 */
export function formatHostPort(hostname: string, port: number): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

/**
 * Writes an address so that {@linkcode parseListenAddress} reads it back.
 *
 * @example
 * ```ts
 * import { formatListenAddress } from "./address.ts";
 * console.assert(
 *   formatListenAddress({ transport: "unix", path: "/run/a" }) === "unix:/run/a",
 * );
 * ```
 */
export function formatListenAddress(address: ListenAddress): string {
  if (address.transport === "unix") return `unix:${address.path}`;
  return formatHostPort(address.hostname, address.port);
}
