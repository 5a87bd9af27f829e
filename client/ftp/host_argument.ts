/**
 * Hosts as people write them: `HOST`, `HOST:PORT`, `[IPv6]:PORT`, `USER@HOST`.
 *
 * @module
 */

import { UsageError } from "../../lib/cli/errors.ts";
import { quoted } from "../../lib/cli/values.ts";
import { ipVersion } from "../../lib/net/ip.ts";
import type { FtpUrl } from "./url.ts";

/** Makes the error for a text that cannot be read, from the reason. */
export type Fail = (why: string) => UsageError;

const LONGEST_NAME = 253;
const NAME_REGEXP =
  /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_.])?$/u;
/** What only a URL says. */
const NOTHING = {
  tls: null,
  password: null,
  path: "",
  type: null,
  hasPath: false,
} as const;
// deno-lint-ignore no-control-regex -- These are what it is about.
const CONTROL_REGEXP = /[\x00-\x1f\x7f]/;

/** Whether `text` holds what may never go into a command: a control character. */
export function hasControl(text: string): boolean {
  return CONTROL_REGEXP.test(text) || !text.isWellFormed();
}

/**
 * Reads a host from the command line: `HOST`, `HOST:PORT`, an IPv6 address with
 * or without brackets, `[IPv6]:PORT`, each with `USER@` in front or not. The
 * result is that of a URL with no more in it.
 *
 * @throws {UsageError} when it is none of these, or holds a password, which
 * the line then does not show.
 *
 * @example
 * ```ts
 * import { parseHostArgument } from "./host_argument.ts";
 * const { hostname, port, user } = parseHostArgument("ada@[::1]:2121");
 * console.assert(hostname === "::1" && port === 2121 && user === "ada");
 * ```
 */
export function parseHostArgument(text: string): FtpUrl {
  const at = text.lastIndexOf("@");
  const host = text.slice(at + 1);
  const user = at < 0 ? null : text.slice(0, at);
  const shown = at < 0 ? text.replace(/:(?!\d{0,5}$).*$/s, ":****") : host;
  const fail: Fail = (why) => {
    const from = at < 0 ? "" : "****@";
    return new UsageError(`Cannot read host ${quoted(from + shown)}: ${why}`);
  };
  if (hasControl(text)) throw fail("it has a control character");
  if (user === "") throw fail("the user's name is missing");
  if (user?.includes(":")) {
    throw fail("a password does not belong here; it is asked for");
  }
  if (host.includes("/")) throw fail("write ftp:// in front of a path's host");
  const { hostname, port } = ipVersion(host) === 6
    ? { hostname: host, port: null }
    : splitHost(host, fail);
  return { ...NOTHING, hostname, port, user };
}

/**
 * Takes `HOST`, `HOST:PORT`, `[IPv6]` and `[IPv6]:PORT` apart. What it throws
 * is made by `fail`, and shows nothing of `text`: it may be part of a password.
 */
export function splitHost(
  text: string,
  fail: Fail,
): { hostname: string; port: number | null } {
  const [, ipv6, after = ""] = /^\[([^\]]*)\](.*)$/s.exec(text) ?? [];
  if (ipv6 !== undefined) {
    const hostname = ipv6.replace("%25", "%"); // RFC 6874: a zone's own %.
    if (ipVersion(hostname) !== 6) {
      throw fail("brackets hold an IPv6 address, as in [::1]");
    }
    if (!/^(:|$)/.test(after)) throw fail("a colon must follow the brackets");
    return { hostname, port: readPort(after.slice(1), fail) };
  }
  const [hostname = "", digits = "", ...more] = text.split(":");
  if (more.length > 0) {
    throw fail("an IPv6 address needs brackets, as in [::1]:2121");
  }
  const port = readPort(digits, fail);
  if (hostname === "") throw fail("the host is missing");
  if (!isHost(hostname)) throw fail("this cannot be the name of a host");
  return { hostname, port };
}

function readPort(digits: string, fail: Fail): number | null {
  if (digits === "") return null;
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  if (port >= 1 && port <= 65535) return port;
  throw fail("the port is not a number from 1 to 65535");
}

function isHost(name: string): boolean {
  if (/^[\d.]+$/.test(name)) return ipVersion(name) === 4;
  return name.length <= LONGEST_NAME && NAME_REGEXP.test(name);
}
