/**
 * FTP URLs (RFC 1738 section 3.2), as they are typed and pasted.
 *
 * The runtime's `URL` is not used: it would take `?` and `#` out of names,
 * resolve `..`, and rewrite spaces and hosts. Here a path is what was written,
 * with its percent escapes decoded and nothing else.
 *
 * @module
 */

import { UsageError } from "../../lib/cli/errors.ts";
import { quoted } from "../../lib/cli/values.ts";
import { decodeText } from "../../lib/ftp/charset.ts";
import { normalizeAddress } from "../../lib/net/ip.ts";
import { type Fail, hasControl, splitHost } from "./host_argument.ts";

export { parseHostArgument } from "./host_argument.ts";

/** How the file of a URL is transferred: as text, as it is, or as a list. */
export type UrlType = "a" | "i" | "d";

/**
 * How a connection gets TLS: it begins with it (`ftps:`, RFC 4217 calls that
 * implicit), or it is asked for before anything else is said (`ftpes:`).
 */
export type TlsMode = "implicit" | "explicit";

/** What a URL says. */
export interface FtpUrl {
  /** Name or address as it was written, IPv6 without brackets. */
  readonly hostname: string;
  /** 1 to 65535; `null` when the URL has none: see {@linkcode portOf}. */
  readonly port: number | null;
  /** What `ftps:` and `ftpes:` insist on; `null` for `ftp:`, which does not say. */
  readonly tls: TlsMode | null;
  /** Whom to log in as; `null` when nobody is named. */
  readonly user: string | null;
  /** With what; `null` when the URL has none, which is not an empty one. */
  readonly password: string | null;
  /**
   * The path, decoded; a slash at its end stays. It starts from the folder that
   * the log-in leads to, unless it begins with `/`, which `//` or `/%2F` behind
   * the host says. Empty for that folder itself.
   */
  readonly path: string;
  /** The `;type=` at its end; `null` without one. */
  readonly type: UrlType | null;
  /** Whether there is a path: not for `ftp://host` and `ftp://host/`. */
  readonly hasPath: boolean;
}

/** The parts that {@linkcode formatFtpUrl} writes; a password is not one. */
export type FtpUrlParts =
  & Pick<FtpUrl, "hostname">
  & Partial<Omit<FtpUrl, "hostname">>;

const URL_REGEXP = /^(ftps?|ftpes):\/\/([^/]*)(.*)$/is;
const MODES: Readonly<Record<string, TlsMode>> = {
  ftps: "implicit",
  ftpes: "explicit",
};
const HIDDEN = "****";

/** Whether `text` begins as an FTP URL does: `ftp://`, `ftps://`, `ftpes://`. */
export function isFtpUrl(text: string): boolean {
  return URL_REGEXP.test(text);
}

/**
 * Reads a URL. Escaped bytes that are not UTF-8 are read as Latin-1, as names
 * in listings are.
 *
 * @throws {UsageError} when it is none: one line without the user and the
 * password. A control character, escaped or not, is always refused: it could
 * smuggle in a command.
 *
 * @example
 * ```ts
 * import { parseFtpUrl } from "./url.ts";
 * const url = parseFtpUrl("ftp://ada:x%40y@[::1]:2121/what is this?;type=a");
 * console.assert(url.user === "ada" && url.password === "x@y");
 * console.assert(url.hostname === "::1" && url.port === 2121);
 * console.assert(url.path === "what is this?" && url.type === "a");
 * ```
 */
export function parseFtpUrl(text: string): FtpUrl {
  const fail: Fail = (why) =>
    new UsageError(`Cannot read URL ${quoted(withoutUser(text))}: ${why}`);
  const [, scheme, authority = "", rest = ""] = URL_REGEXP.exec(text) ?? [];
  if (scheme === undefined) throw fail("expected ftp://HOST/PATH");
  if (hasControl(text)) throw fail("it has a control character");
  const at = authority.lastIndexOf("@");
  const { hostname, port } = splitHost(authority.slice(at + 1), fail);
  const path = readPath(rest, fail);
  return {
    hostname,
    port,
    tls: MODES[scheme.toLowerCase()] ?? null,
    ...readUser(at < 0 ? null : authority.slice(0, at), fail),
    ...path,
    hasPath: path.path !== "",
  };
}

/**
 * Writes a URL so that every program reads it: what is special in URLs is
 * escaped, an absolute path begins with `%2F`, a usual port is left out. The
 * password is never written.
 *
 * @example
 * ```ts
 * import { formatFtpUrl } from "./url.ts";
 * const url = formatFtpUrl({ hostname: "::1", port: 2121, path: "/a b" });
 * console.assert(url === "ftp://[::1]:2121/%2Fa%20b");
 * ```
 */
export function formatFtpUrl(parts: FtpUrlParts): string {
  const { hostname, tls = null, user = null, path = "", type } = parts;
  const port = portOf({ port: parts.port ?? null, tls });
  const host = hostname.includes(":")
    ? `[${hostname.replace("%", "%25")}]`
    : hostname;
  return schemeOf(tls) +
    (user ? `${escaped(user)}@` : "") +
    host + (port === portOf({ port: null, tls }) ? "" : `:${port}`) +
    (path === "" && !type ? "" : `/${escapedPath(path)}`) +
    (type ? `;type=${type}` : "");
}

/**
 * Whether one connection serves both URLs: same host, port, TLS, user and
 * password.
 *
 * @example
 * ```ts
 * import { parseFtpUrl, sameSite } from "./url.ts";
 * const [a, b] = ["ftp://Host/a", "ftp://host:21/b"].map(parseFtpUrl);
 * console.assert(sameSite(a!, b!));
 * ```
 */
export function sameSite(a: FtpUrl, b: FtpUrl): boolean {
  return normalizeAddress(a.hostname) === normalizeAddress(b.hostname) &&
    portOf(a) === portOf(b) && a.tls === b.tls && a.user === b.user &&
    a.password === b.password;
}

/**
 * Where a URL leads to: its port, or the usual one, which is 990 where TLS
 * comes first, and else 21.
 *
 * @example
 * ```ts
 * import { parseFtpUrl, portOf } from "./url.ts";
 * console.assert(portOf(parseFtpUrl("ftps://host")) === 990);
 * console.assert(portOf(parseFtpUrl("ftpes://host")) === 21);
 * ```
 */
export function portOf({ port, tls }: Pick<FtpUrl, "port" | "tls">): number {
  return port ?? (tls === "implicit" ? 990 : 21);
}

/** `ftp://`, and what says the same with TLS. */
export function schemeOf(tls: TlsMode | null): string {
  if (tls === null) return "ftp://";
  return tls === "implicit" ? "ftps://" : "ftpes://";
}

/**
 * Hides the password of every URL in a line, for logs and the history. A URL
 * that is badly written loses too much rather than too little: all that may
 * be a password goes.
 *
 * @example
 * ```ts
 * import { redactUrls } from "./url.ts";
 * const line = redactUrls("open ftp://ada:hush@example.org/pub");
 * console.assert(line === "open ftp://ada:****@example.org/pub");
 * ```
 */
export function redactUrls(text: string): string {
  const [before = "", ...sites] = text.split(/(?<=ftp[a-z]*:\/\/)/i);
  const whole: string[] = [];
  let isOpen = false;
  for (const site of sites) {
    if (isOpen) whole.push(whole.pop()! + site);
    else whole.push(site);
    isOpen = isOpen ? !/[\s@]/.test(site) : opensSecret(site);
  }
  return before + whole.map(redactSite).join("");
}

/** Whether a password begins in `site` that may go on behind an `ftp://`. */
function opensSecret(site: string): boolean {
  const [word = ""] = /^[^\s/]*/.exec(site) ?? [];
  const [at, colon] = [word.lastIndexOf("@"), word.indexOf(":")];
  if (colon < 0 || colon < at || isHostPort(word.slice(at + 1))) return false;
  return !/[\s@]/.test(site.slice(colon));
}

/** The same for what follows `ftp://`, up to the next one. */
function redactSite(text: string): string {
  const [word = ""] = /^[^\s/]*/.exec(text) ?? [];
  const at = word.lastIndexOf("@");
  const colon = word.indexOf(":");
  if (colon < 0 || colon > at && isHostPort(word.slice(at + 1))) return text;
  const secret = text.slice(colon + 1);
  return text.slice(0, colon + 1) + HIDDEN + secret.slice(endOfSecret(secret));
}

/** Whether it is a host with a port or without; the sentence may go on. */
function isHostPort(text: string): boolean {
  const [site = ""] =
    /^(?:\[[\da-f:.]+(?:%[\w.-]*)?\]|[^:[]*)(?::\d{0,5})?/i.exec(text) ?? [];
  return /^[)\]}>"'`.,:;!?]*$/.test(text.slice(site.length));
}

/**
 * Where a password ends: at the last `@` in front of the path, blanks or not,
 * else at the last one of the word (it has a slash in it). With neither, all of
 * the word may be one.
 */
function endOfSecret(text: string): number {
  for (const secret of [/^[^/\n]*(?=@)/, /^\S*(?=@)/, /^[^\s/]*/]) {
    const [found] = secret.exec(text) ?? [];
    if (found !== undefined) return found.length;
  }
  return text.length;
}

/**
 * Hides the user and the password of what may be a URL, for error messages:
 * there a user's name may be a misplaced password.
 *
 * @example
 * ```ts
 * import { withoutUser } from "./url.ts";
 * console.assert(withoutUser("http://ada:hush@host/a") === "http://****@host/a");
 * ```
 */
export function withoutUser(text: string): string {
  return text.includes("@")
    ? text.replace(/^([a-z]*:\/\/)?.*@/is, `$1${HIDDEN}@`)
    : redactUrls(text);
}

function readUser(
  text: string | null,
  fail: Fail,
): Pick<FtpUrl, "user" | "password"> {
  if (text === null) return { user: null, password: null };
  const [, user = "", password] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  if (user === "") throw fail("the user's name is missing");
  if (/\s/.test(text)) throw fail("write %20 for a blank in front of the @");
  return {
    user: decoded(user, "user's name", fail),
    password: password === undefined
      ? null
      : decoded(password, "password", fail),
  };
}

function readPath(rest: string, fail: Fail): Pick<FtpUrl, "path" | "type"> {
  const [, raw = "", type] = /^\/?(.*?)(?:;type=([^;/]*))?$/is.exec(rest) ?? [];
  if (type !== undefined && !/^[aid]$/i.test(type)) {
    throw fail("behind ;type= stands a, i or d; in a name, write %3B for ;");
  }
  const path = decoded(raw, "path", fail).replace(/^\/+/, "/");
  return { path, type: (type?.toLowerCase() ?? null) as UrlType | null };
}

function decoded(text: string, what: string, fail: Fail): string {
  if (/%(?![\da-f]{2})/i.test(text)) {
    throw fail(`the ${what} has a % without two hex digits; write %25 for it`);
  }
  const plain = text.replace(/(?:%[\da-f]{2})+/gi, decodedBytes);
  if (hasControl(plain)) throw fail(`the ${what} has a control character`);
  return plain;
}

function decodedBytes(escapes: string): string {
  const bytes = escapes.slice(1).split("%").map((hex) => parseInt(hex, 16));
  return decodeText(Uint8Array.from(bytes), "utf-8");
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Of the slash in front, RFC 1738 wants the escape. */
function escapedPath(path: string): string {
  const text = path.split("/").map(escaped).join("/");
  return text.startsWith("/") ? `%2F${text.slice(1)}` : text;
}
