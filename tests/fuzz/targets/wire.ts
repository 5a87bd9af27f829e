/**
 * Other protocols: PROXY headers, HTTP, the control socket.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../../lib/bytes.ts";
import { ipVersion } from "../../../lib/net/ip.ts";
import { memoryConn, type MemoryInput } from "../../../lib/net/memory_conn.ts";
import {
  ProxyHeaderError,
  readProxyHeader,
} from "../../../lib/net/proxy_protocol.ts";
import type { TcpContext } from "../../../lib/net/tcp.ts";
import { tinyHttp } from "../../../lib/net/tiny_http.ts";
import { readControlRequest } from "../../../server/ftp/control/protocol.ts";
import { serveControl } from "../../../server/ftp/control/serve.ts";
import {
  binary,
  BLOCK_4,
  BLOCK_6,
  field,
  LINE,
  summed,
} from "../../core/net_proxy_headers.ts";
import {
  attempt,
  attemptLater,
  bytesOf,
  defineTarget,
  pieces,
  sayingOf,
  type Target,
  textOf,
} from "../target.ts";

const REST = bytesOf("USER alice\r\n");

/** A header with something behind it, and how much of that is left. */
async function readHeader(parts: readonly Bytes[]): Promise<string> {
  const conn = memoryConn(parts);
  const header = await attemptLater(
    () => readProxyHeader(conn),
    ProxyHeaderError,
  );
  if (header instanceof Error) return sayingOf(header);
  for (const end of [header?.ends?.peer, header?.ends?.local]) {
    if (end === undefined) continue;
    assert(Number.isInteger(end.port) && end.port >= 0 && end.port <= 65_535);
    assert(ipVersion(end.hostname) !== null, end.hostname);
  }
  let left = 0;
  const buffer = new Uint8Array(4096);
  for (let count; (count = await conn.read(buffer)) !== null;) left += count;
  return `${JSON.stringify(header)} ${left}`;
}

const CONTEXT = {
  id: 1,
  peer: { hostname: "192.0.2.7", port: 1 },
  local: { hostname: "192.0.2.1", port: 2 },
  listener: 0,
  stopping: new AbortController().signal,
  signal: new AbortController().signal,
} satisfies TcpContext;

async function httpAnswer(input: MemoryInput): Promise<string> {
  const conn = Object.assign(memoryConn(input), { close() {} });
  const page = { status: 200, type: "text/plain", text: "well\n" };
  const serve = tinyHttp((path) => path === "/a" ? page : null, {
    maxHead: 300,
  });
  await serve(conn as unknown as Deno.Conn, CONTEXT);
  assert(
    /^(HTTP\/1\.1 (200|400|404|405|431) .*\r\n\r\n|$)/s.test(conn.text),
    conn.text,
  );
  assert(conn.text.split("HTTP/1.1").length <= 2, "two answers");
  return conn.text;
}

/** Every line gets a line of JSON. */
async function controlAnswers(input: MemoryInput): Promise<string> {
  const conn = memoryConn(input);
  await serveControl(conn, (request) => {
    if (request.do === "kick") assert(Number.isSafeInteger(request.session));
    return { ok: true };
  }, () => {});
  for (const line of conn.text.split("\n").slice(0, -1)) {
    const { ok, error } = JSON.parse(line);
    assert(
      ok === true || ok === false && typeof error === "string" && error !== "",
    );
    assert(!/undefined|\[object/.test(error ?? ""), error);
  }
  return conn.text;
}

/** Other protocols. */
export const WIRE_TARGETS: readonly Target[] = [
  defineTarget({
    name: "proxy-header",
    about: "headers of the PROXY protocol, versions 1 and 2",
    seeds: () => [
      LINE,
      "PROXY TCP6 2001:db8::7 2001:db8::1 65535 0\r\n",
      "PROXY UNKNOWN\r\n",
      binary(0x21, 0x11, BLOCK_4),
      binary(0x21, 0x21, BLOCK_6),
      binary(0x20, 0, []),
      summed(0x21, 0x11, [
        ...BLOCK_4,
        ...field(1, [104, 50]),
        ...field(4, [0, 0]),
      ]),
    ],
    tokens: [
      "PROXY ",
      "TCP4 ",
      "\r\n",
      "::ffff:",
      "\0\r\nQUIT\n",
      Uint8Array.of(0x21, 0x11),
    ],
    longest: 1400,
    async check(input) {
      const whole = await readHeader([input, REST]);
      assertEquals(
        await readHeader([...pieces(input), REST]),
        whole,
        "cut elsewhere",
      );
      return whole.replace(/\d+/g, "0").slice(0, 60);
    },
  }),
  defineTarget({
    name: "http-request",
    about: "requests to the page of metrics",
    seeds: () => [
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
      "HEAD /a?x=1 HTTP/1.0\n\n",
      "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
    ],
    tokens: [
      "GET ",
      "/a",
      " HTTP/1.1",
      "\r\n",
      "\r\n\r\n",
      "\0",
      "%2e",
      "\r\nX: y",
    ],
    longest: 700,
    async check(input) {
      const answer = await httpAnswer(input);
      assertEquals(await httpAnswer(pieces(input)), answer, "cut elsewhere");
      return answer.slice(0, 12);
    },
  }),
  defineTarget({
    name: "control-socket",
    about: "requests to the control socket",
    seeds: () => [
      '{"do":"who"}\n{"do":"stats"}\n{"do":"drain"}\n',
      '{"do":"kick","session":7}\n{"do":"unban","address":"192.0.2.7"}\n',
      'null\n[]\n"who"\n{"do":{"toString":1}}\n{"__proto__":{"do":"who"}}\n',
    ],
    tokens: [
      '"do":',
      "{",
      "}",
      '"kick"',
      "1e99",
      "null",
      "\n",
      "[[[[",
      "\\u0000",
      "-1",
    ],
    isScript: true,
    longest: 500,
    async check(input) {
      const answers = await controlAnswers(input);
      assertEquals(
        await controlAnswers(pieces(input)),
        answers,
        "cut elsewhere",
      );
      const request = attempt(
        () => readControlRequest(textOf(input)),
        RangeError,
      );
      return `${request instanceof Error ? sayingOf(request) : request.do} ${
        answers.split("\n").length
      }`;
    },
  }),
];
