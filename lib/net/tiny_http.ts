/**
 * The least of HTTP/1.1 (RFC 9112) that a program needs to show a page to a
 * monitor: one GET or HEAD a connection, everything bounded.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { closeGently } from "./close.ts";
import type { TcpHandler } from "./tcp.ts";
import { type WaitOptions, within } from "./wait.ts";

/** A page. */
export interface Page {
  /** Status code. */
  readonly status: number;
  /** Media type of the text. */
  readonly type: string;
  /** The text. */
  readonly text: string;
}

/** Options for {@linkcode tinyHttp}. */
export interface TinyHttpOptions extends Pick<WaitOptions, "clock"> {
  /** Bytes that a request's head may have. @default {8192} */
  readonly maxHead?: number;
  /** Milliseconds for a request to arrive. @default {5000} */
  readonly headTimeout?: number;
  /** Milliseconds to make a page, and again to deliver it. @default {10000} */
  readonly pageTimeout?: number;
}

/** Makes the page of a path; `null` when there is none. */
export type MakePage = (path: string) => Promise<Page | null> | Page | null;

/**
 * A handler for {@linkcode serveTcp} that answers one request and closes.
 * Requests other than GET and HEAD are answered with 405, longer ones with 431
 * and slow ones with 408; a query behind the path is ignored.
 *
 * @example
 * ```ts
 * import { serveTcp } from "./tcp.ts";
 * import { tinyHttp } from "./tiny_http.ts";
 * const page = { status: 200, type: "text/plain", text: "well\n" };
 * await using server = await serveTcp(
 *   tinyHttp((path) => path === "/health" ? page : null),
 *   { listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }] },
 * );
 * const [at] = server.addresses;
 * if (at?.transport !== "tcp") throw new Error();
 * const response = await fetch(`http://127.0.0.1:${at.port}/health?x`);
 * console.assert(await response.text() === "well\n");
 * ```
 */
export function tinyHttp(
  makePage: MakePage,
  options: TinyHttpOptions = {},
): TcpHandler {
  const { headTimeout = 5000, pageTimeout = 10_000, clock } = options;
  return async (conn, { signal }) => {
    const limited = <T, const L>(promise: Promise<T>, ms: number, late: L) =>
      within(promise, ms, late, { signal, clock });
    const head = await limited(readHead(conn, options), headTimeout, "late");
    if (head === null) return;
    const request = typeof head === "string" ? head : parse(head);
    const page = typeof request === "string"
      ? TROUBLE[request]
      : await limited(pageOf(makePage, request), pageTimeout, TROUBLE.busy);
    const isHead = typeof request !== "string" && request.method === "HEAD";
    await limited(writeAll(conn, format(page, isHead)), pageTimeout, null);
    await closeGently(conn, LAST_MOMENT, { signal, clock });
  };
}

/** Milliseconds for a client to take the end of its page. */
const LAST_MOMENT = 1000;

interface Request {
  readonly method: string;
  readonly path: string;
}

function plain(status: number, text: string): Page {
  return { status, type: "text/plain; charset=utf-8", text: `${text}\n` };
}

const TROUBLE = {
  late: plain(408, "The request took too long."),
  long: plain(431, "The request is too long."),
  odd: plain(400, "This is not an HTTP request."),
  busy: plain(503, "No answer in time."),
} as const;
const NOT_ALLOWED = plain(405, "Only GET and HEAD.");
const NOT_FOUND = plain(404, "There is no such page.");

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
  503: "Service Unavailable",
};

/** The head of a request; `null` when the client went without one. */
async function readHead(
  conn: Deno.Conn,
  { maxHead = 8192 }: TinyHttpOptions,
): Promise<Uint8Array | "long" | null> {
  const buffer = new Uint8Array(maxHead);
  let length = 0;
  while (!isWhole(buffer, length)) {
    if (length === maxHead) return "long";
    const count = await conn.read(buffer.subarray(length));
    if (count === null) return null;
    length += count;
  }
  return buffer.subarray(0, length);
}

/** Whether an empty line ends the head; a bare LF counts (RFC 9112, 2.2). */
function isWhole(buffer: Uint8Array, length: number): boolean {
  const text = new TextDecoder("latin1").decode(buffer.subarray(0, length));
  return /\r?\n\r?\n/.test(text);
}

function parse(head: Uint8Array): Request | "odd" {
  const text = new TextDecoder("latin1").decode(head);
  const line = /^([!-~]+) (\/[!-~]*) HTTP\/1\.[01]\r?\n/.exec(text);
  if (line === null) return "odd";
  const [, method = "", target = ""] = line;
  return { method, path: target.replace(/\?.*/s, "") };
}

async function pageOf(
  makePage: MakePage,
  { method, path }: Request,
): Promise<Page> {
  if (method !== "GET" && method !== "HEAD") return NOT_ALLOWED;
  return await makePage(path) ?? NOT_FOUND;
}

function format(
  { status, type, text }: Page,
  isHead: boolean,
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const body = encoder.encode(text);
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}`,
    `Content-Type: ${type}`,
    `Content-Length: ${body.length}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    ...(status === 405 ? ["Allow: GET, HEAD"] : []),
    "Connection: close",
  ];
  const start = encoder.encode(head.join("\r\n") + "\r\n\r\n");
  const whole = new Uint8Array(start.length + (isHead ? 0 : body.length));
  whole.set(start);
  if (!isHead) whole.set(body, start.length);
  return whole;
}
