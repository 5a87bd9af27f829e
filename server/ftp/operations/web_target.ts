/**
 * URLs of the administrator's own that the server asks or tells something: the
 * secrets in them are for who answers there, and for no log.
 *
 * @module
 */

/** Where a request goes. */
export interface WebTarget {
  /** The URL. */
  readonly url: string;
  /** Value of the `Authorization` header. @default none */
  readonly authorization?: string | undefined;
}

/**
 * The same target without a name and password in its URL: they become the
 * `Authorization` header (RFC 7617), unless there is one already.
 *
 * @throws {URIError} when they are badly encoded.
 *
 * @example
 * ```ts
 * import { webTarget } from "./web_target.ts";
 * const { url, authorization } = webTarget({ url: "http://a:b@h.example/x" });
 * console.assert(url === "http://h.example/x");
 * console.assert(authorization === "Basic YTpi");
 * ```
 */
export function webTarget({ url, authorization }: WebTarget): WebTarget {
  const target = new URL(url);
  const { username, password } = target;
  if (username === "" && password === "") return { url, authorization };
  target.username = target.password = "";
  const text = [username, password].map(decodeURIComponent).join(":");
  const bytes = new TextEncoder().encode(text);
  const basic = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  return { url: target.href, authorization: authorization ?? basic };
}

/**
 * Where a URL leads, without what may be secret in it.
 *
 * @example
 * ```ts
 * import { originOf } from "./web_target.ts";
 * console.assert(originOf("http://a:b@h.example/key?x") === "http://h.example");
 * ```
 */
export function originOf(url: string): string {
  return new URL(url).origin;
}

/**
 * Where requests to a URL connect to: host and port, as permissions name them.
 *
 * @example
 * ```ts
 * import { placeOf } from "./web_target.ts";
 * console.assert(placeOf("https://h.example/key") === "h.example:443");
 * ```
 */
export function placeOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  const usual = protocol === "https:" ? "443" : "80";
  return `${hostname}:${port || usual}`;
}

/**
 * Why a request failed, without its URL and headers.
 *
 * @example
 * ```ts
 * import { webProblem } from "./web_target.ts";
 * const error = new TypeError("error sending request for url (http://h/key)");
 * console.assert(webProblem(error) === "error sending request");
 * ```
 */
export function webProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.replace(/ for url \([^)]*\)/, "")
    .replace(/^(Invalid header value|Invalid URL)\b.*/s, "$1");
}
