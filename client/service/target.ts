/**
 * Where a client's server is, as people write it.
 *
 * @module
 */

import { UsageError } from "../../lib/cli/errors.ts";
import { quoted } from "../../lib/cli/values.ts";
import { formatHostPort, ipVersion } from "../../lib/net/address.ts";
import { servicePort } from "../../lib/services.ts";

/** A server on TCP. */
export interface TcpTarget {
  /** TCP. */
  readonly transport: "tcp";
  /** Name or IP address, IPv6 without brackets. */
  readonly hostname: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** A server on UDP. */
export interface UdpTarget {
  /** UDP. */
  readonly transport: "udp";
  /** Name or IP address, IPv6 without brackets. */
  readonly hostname: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** A server on a Unix socket. */
export interface UnixTarget {
  /** A Unix socket. */
  readonly transport: "unix";
  /** The socket's file; Linux allows 107 bytes. */
  readonly path: string;
}

/** Where a server is. */
export type Target = TcpTarget | UdpTarget | UnixTarget;

/** A server that is talked to over a connection. */
export type StreamTarget = TcpTarget | UnixTarget;

/** Which way to a server was asked for; TCP when none was. */
export interface TargetOptions {
  /** Over UDP. */
  readonly udp: boolean;
  /** Over TCP. */
  readonly tcp: boolean;
  /** Over the Unix socket of this path. */
  readonly unix?: string | undefined;
}

const LONGEST_NAME = 253;
// deno-lint-ignore no-control-regex -- These are what it is about.
const NOT_IN_NAMES = /[\x00-,/:-@[-^`{-\x9f\s]/;

/**
 * Reads `HOST`, `HOST:PORT`, an IPv6 address with or without brackets, or
 * `[IPv6]:PORT`. The port is a number from 1 to 65535 or the name of a service
 * (`localhost:echo`); `defaultPort` when there is none. With `options.unix`
 * there is no host.
 *
 * @throws {UsageError} when it is none of these, or the options contradict
 * each other.
 *
 * @example
 * ```ts
 * import { readTarget } from "./target.ts";
 * const target = readTarget("[::1]:7", { udp: true, tcp: false }, 50000);
 * console.assert(target.transport === "udp" && target.port === 7);
 * ```
 */
export function readTarget(
  host: string | undefined,
  options: TargetOptions,
  defaultPort: number,
): Target {
  const { udp, tcp, unix } = options;
  if (udp && tcp) throw new UsageError("--udp and --tcp: choose one");
  if (unix !== undefined) return unixTarget(host, options, unix);
  if (host === undefined) {
    throw new UsageError("which server? Give HOST, HOST:PORT or --unix PATH");
  }
  const transport = udp ? "udp" : "tcp";
  const { hostname, port } = splitHost(host);
  return {
    transport,
    hostname,
    port: port === undefined ? defaultPort : readPort(host, port, transport),
  };
}

/**
 * Writes a target for a person: `127.0.0.1:7 (udp)`, `[::1]:7 (tcp)`,
 * `/run/echo.sock (unix)`.
 *
 * @example
 * ```ts
 * import { formatTarget } from "./target.ts";
 * const text = formatTarget({ transport: "udp", hostname: "::1", port: 7 });
 * console.assert(text === "[::1]:7 (udp)");
 * ```
 */
export function formatTarget(target: Target): string {
  const place = target.transport === "unix"
    ? target.path
    : formatHostPort(target.hostname, target.port);
  return `${place} (${target.transport})`;
}

function unixTarget(
  host: string | undefined,
  { udp, tcp }: TargetOptions,
  path: string,
): UnixTarget {
  if (udp || tcp) {
    throw new UsageError(`--unix and --${udp ? "udp" : "tcp"}: choose one`);
  }
  if (host !== undefined) {
    throw new UsageError(`--unix takes no host, got ${quoted(host)}`);
  }
  if (path.includes("\0")) {
    throw new UsageError("--unix: a path has no NUL character");
  }
  return { transport: "unix", path };
}

/** A text as {@linkcode readTarget} takes it, in its two parts. */
function splitHost(text: string): { hostname: string; port?: string } {
  if (ipVersion(text) === 6) return { hostname: text };
  const [, ipv6, after = ""] = /^\[([^\]]*)\](.*)$/s.exec(text) ?? [];
  if (ipv6 === undefined) return splitName(text);
  if (ipVersion(ipv6) !== 6) {
    throw unreadable(text, "brackets hold an IPv6 address, as in [::1]:7");
  }
  if (after === "") return { hostname: ipv6 };
  if (!after.startsWith(":")) {
    throw unreadable(text, "a colon must follow the brackets");
  }
  return { hostname: ipv6, port: after.slice(1) };
}

function splitName(text: string): { hostname: string; port?: string } {
  const [, scheme] = /^(\w+:)\/\//.exec(text) ?? [];
  if (scheme !== undefined) {
    throw unreadable(text, `write HOST:PORT, without ${scheme}//`);
  }
  const [hostname = "", port, ...more] = text.split(":");
  if (more.length > 0) {
    throw unreadable(text, "an IPv6 address needs brackets, as in [::1]:7");
  }
  if (hostname === "") throw unreadable(text, "the host is missing");
  if (!isHost(hostname)) {
    throw unreadable(text, "this cannot be the name of a host");
  }
  return port === undefined ? { hostname } : { hostname, port };
}

/** Letters of any script: who resolves the name judges the rest. */
function isHost(name: string): boolean {
  if (/^[\d.]+$/.test(name)) return ipVersion(name) === 4;
  const isName = !NOT_IN_NAMES.test(name) && name.isWellFormed();
  return isName && !name.startsWith("-") && name.length <= LONGEST_NAME;
}

function readPort(
  text: string,
  port: string,
  transport: "tcp" | "udp",
): number {
  const number = /^\d{1,5}$/.test(port)
    ? Number(port)
    : servicePort(port, transport);
  if (number === undefined) {
    throw unreadable(
      text,
      `${quoted(port)} is neither a port nor a service known for ${transport}`,
    );
  }
  if (number >= 1 && number <= 65535) return number;
  throw unreadable(text, "a port is a number from 1 to 65535");
}

function unreadable(text: string, why: string): UsageError {
  return new UsageError(`Cannot read host ${quoted(text)}: ${why}`);
}
