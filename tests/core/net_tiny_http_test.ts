import { assert, assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { memoryConn, type MemoryInput } from "../../lib/net/memory_conn.ts";
import type { TcpContext } from "../../lib/net/tcp.ts";
import {
  type MakePage,
  tinyHttp,
  type TinyHttpOptions,
} from "../../lib/net/tiny_http.ts";

const HELLO: MakePage = (path) =>
  path === "/hello" ? { status: 200, type: "text/x", text: "héllo\n" } : null;
const CONTEXT = {
  id: 1,
  peer: { hostname: "192.0.2.7", port: 1 },
  local: { hostname: "192.0.2.1", port: 2 },
  listener: 0,
  stopping: new AbortController().signal,
  signal: new AbortController().signal,
} satisfies TcpContext;

/** What is answered to these bytes, and whether the connection was closed. */
async function ask(
  input: MemoryInput,
  options: TinyHttpOptions = {},
  makePage: MakePage = HELLO,
) {
  let isClosed = false;
  const close = () => void (isClosed = true);
  const conn = Object.assign(memoryConn(input), { close });
  await tinyHttp(makePage, options)(conn as unknown as Deno.Conn, CONTEXT);
  const [head = "", body = ""] = conn.text.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), head, body, isClosed };
}

Deno.test("tinyHttp() answers GET and HEAD with the same head", async () => {
  const get = await ask("GET /hello?a=b HTTP/1.1\r\nHost: x\r\n\r\n");
  const head = await ask(["HEAD /hello HTTP/1.0\n", "\n"]);
  assertEquals([get.status, get.body, head.body], [200, "héllo\n", ""]);
  assertEquals(get.head, head.head);
  assert(get.head.includes("Content-Length: 7\r\n"));
  assert(get.head.includes("Content-Type: text/x\r\n"));
  assert(get.isClosed && head.isClosed);
});

Deno.test("tinyHttp() refuses everything else", async () => {
  const statusOf = async (text: string) => (await ask(text)).status;
  assertEquals(await statusOf("GET / HTTP/1.1\r\n\r\n"), 404);
  assertEquals(await statusOf("POST /hello HTTP/1.1\r\n\r\n"), 405);
  assertEquals(await statusOf("hello\r\n\r\n"), 400);
  assertEquals(await statusOf("GET http://x/ HTTP/1.1\r\n\r\n"), 400);
  assertEquals(await statusOf("GET /\u001b[2J HTTP/1.1\r\n\r\n"), 400);
  assertEquals(await statusOf("\x16\x03\x01\r\n\r\n"), 400);
});

Deno.test("tinyHttp() says nothing to who leaves without a request", async () => {
  assertEquals((await ask("GET /hello HTTP/1.1\r\n")).head, "");
});

Deno.test("tinyHttp() gives up a head without end", async () => {
  const line = `X-A: ${"a".repeat(60)}\r\n`;
  const endless = ["GET /hello HTTP/1.1\r\n", ...Array(20).fill(line)];
  const { status, isClosed } = await ask(endless, { maxHead: 1000 });
  assertEquals([status, isClosed], [431, true]);
  assertEquals((await ask("GET /hello HTTP/1.1\r\n\r\n")).status, 200);
});

Deno.test("tinyHttp() gives up who is slow, and a page that is", async () => {
  const clock = manualClock();
  const conn = memoryConn("");
  const never = new Promise<never>(() => {});
  const slow = Object.assign(conn, { close: () => {}, read: () => never });
  const serving = tinyHttp(HELLO, { clock, headTimeout: 500 })(
    slow as unknown as Deno.Conn,
    CONTEXT,
  );
  await clock.advance(500);
  assert(conn.text.startsWith("HTTP/1.1 408 "), conn.text);
  await clock.advance(1000);
  await serving;
  const asked = ask("GET /x HTTP/1.1\r\n\r\n", { clock }, () => never);
  await clock.advance(10_000);
  assertEquals((await asked).status, 503);
});
