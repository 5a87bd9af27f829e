import { assert, assertEquals, assertRejects } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { serveTcp, type TcpContext } from "../../lib/net/tcp.ts";
import { serveUdp, type UdpHandler } from "../../lib/net/udp.ts";
import { upperCase } from "../../lib/upper/mapping.ts";
import { upperService } from "../../server/services/upper.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type { TcpTarget, UdpTarget } from "../../client/service/target.ts";
import { bytesSource } from "../../client/upper/bytes_source.ts";
import { keptAnswer } from "../../client/upper/output.ts";
import { runUpper, type UpperRequest } from "../../client/upper/run.ts";
import { upper } from "../../client/upper/upper.ts";
import { bytesOf, sourceOf, textOf } from "../core/byte_cases.ts";
import { serveEverywhere } from "./upper_server.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const TIMEOUT = 10_000;

/** A server of our own that does something else than upperd. */
async function tcpServer(
  handler: (conn: Deno.Conn, context: TcpContext) => Promise<void>,
): Promise<{ target: TcpTarget } & AsyncDisposable> {
  const server = await serveTcp(handler, {
    listen: [{ transport: "tcp", ...LOOPBACK }],
    grace: 0,
  });
  return {
    target: server.addresses[0] as TcpTarget,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function udpServer(
  handler: UdpHandler,
): Promise<{ target: UdpTarget } & AsyncDisposable> {
  const server = await serveUdp(handler, { listen: [LOOPBACK], mayGrow: true });
  return {
    target: { transport: "udp", ...server.addresses[0]! },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** What a connection sends, whole. */
async function drain(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  while (await conn.read(buffer) !== null);
}

const closed = new AbortController().signal;

/** Says and does nothing until the server is stopped. */
function standStill({ stopping }: TcpContext): Promise<void> {
  return new Promise((resolve) =>
    stopping.addEventListener("abort", () => resolve())
  );
}

async function failure(running: Promise<unknown>): Promise<ServiceError> {
  return await assertRejects(() => running, ServiceError);
}

Deno.test("upper() gives text for text and bytes for bytes, over each transport", async () => {
  await using server = await serveEverywhere(upperService());
  for (const target of [server.tcp, server.udp, server.unix]) {
    assertEquals(await upper(target, "straße"), "STRAßE");
    assertEquals(await upper(target, ""), "");
    const bytes = Uint8Array.of(0x61, 0xff, 0x00);
    assertEquals(await upper(target, bytes), Uint8Array.of(0x41, 0xff, 0x00));
    assertEquals(bytes[0], 0x61, "the question stays as it is");
  }
});

Deno.test("upper() keeps a byte order mark", async () => {
  await using server = await serveEverywhere(upperService());
  assertEquals(await upper(server.tcp, "\ufeffa"), "\ufeffA");
});

Deno.test("upper() sends and reads at the same time", async () => {
  await using server = await serveEverywhere(upperService());
  const text = "all work and no play ".repeat(1_000_000);
  const answer = await upper(server.tcp, text, { timeout: TIMEOUT });
  assert(answer === text.toUpperCase());
});

Deno.test("upper() says when nobody listens", async () => {
  const listener = Deno.listen(LOOPBACK);
  const { port } = listener.addr;
  listener.close();
  const tcp = { transport: "tcp", hostname: "127.0.0.1", port } as const;
  const refused = await failure(upper(tcp, "a"));
  assertEquals(refused.kind, "refused");
  assertEquals(
    refused.message,
    `cannot connect to 127.0.0.1:${port} (tcp): connection refused; ` +
      "is a server listening?",
  );
});

Deno.test("upper() asks again over UDP, and says when there is no answer", async () => {
  let count = 0;
  await using server = await udpServer((data) =>
    ++count < 3 ? null : upperCase(data, "ascii")
  );
  assertEquals(await upper(server.target, "a", { timeout: 300 }), "A");
  assertEquals(count, 3);
  await using mute = await udpServer(() => null);
  const { message } = await failure(
    upper(mute.target, "a", { timeout: 20, tries: 2 }),
  );
  assertEquals(
    message,
    `no reply in 0.02 s from 127.0.0.1:${mute.target.port} (udp); ` +
      "is a server listening?",
  );
});

Deno.test("upper() takes the answer of a server that never ends its side", async () => {
  await using server = await tcpServer(async (conn, context) => {
    await writeAll(conn, bytesOf("ABC"));
    await standStill(context);
  });
  assertEquals(await upper(server.target, "abc", { timeout: 50 }), "ABC");
});

Deno.test("upper() does not take half an answer for one", async () => {
  await using server = await tcpServer(async (conn, context) => {
    await writeAll(conn, bytesOf("AB"));
    await standStill(context);
  });
  const { message } = await failure(
    upper(server.target, "abc", { timeout: 50 }),
  );
  assert(
    message.endsWith("fell silent for 0.05 s after 2 bytes of its answer"),
  );
});

Deno.test("upper() says when the server closes without an answer", async () => {
  await using server = await tcpServer(drain);
  const { kind, message } = await failure(upper(server.target, "abc"));
  assertEquals(kind, "closed");
  assert(message.endsWith("closed the connection without an answer"), message);
});

Deno.test("upper() says when the server closes before all was sent", async () => {
  await using server = await tcpServer((conn) => conn.closeWrite());
  const { kind } = await failure(upper(server.target, "a".repeat(50_000_000)));
  assertEquals(kind, "closed");
});

Deno.test("upper() does not take more than any upper case can be", async () => {
  await using server = await tcpServer(async (conn) => {
    for (;;) await writeAll(conn, new Uint8Array(65_536));
  });
  const { kind, message } = await failure(upper(server.target, "abc"));
  assertEquals(kind, "size");
  assert(message.endsWith("more than 9 bytes, three times the question"));
});

Deno.test("upper() ends with the reason of its signal", async () => {
  await using mute = await tcpServer((_, context) => standStill(context));
  await using muteUdp = await udpServer(() => null);
  for (const { target } of [mute, muteUdp]) {
    const stop = new AbortController();
    const running = upper(target, "abc", {
      timeout: TIMEOUT,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error("enough")), 0);
    await assertRejects(() => running, Error, "enough");
  }
});

/** A run with `text` as its standard input. */
async function runWith(
  request: Partial<UpperRequest> & Pick<UpperRequest, "target">,
  text: string,
) {
  const output = keptAnswer();
  const report = await runUpper({
    source: bytesSource(bytesOf(text)),
    output,
    casing: null,
    timeout: TIMEOUT,
    signal: closed,
    ...request,
  });
  return { ...report, answer: output.text };
}

Deno.test("runUpper() asks line by line over UDP", async () => {
  const asked: string[] = [];
  await using server = await udpServer((data) => {
    asked.push(textOf(data));
    return upperCase(data, "ascii");
  });
  const { answer, sent, received } = await runWith(
    server,
    "one\r\n\ntwo three\nfour",
  );
  assertEquals(asked, ["one", "", "two three", "four"]);
  assertEquals(answer, "ONE\n\nTWO THREE\nFOUR\n");
  assertEquals([sent, received], [16, 16]);
});

Deno.test("runUpper() says which line does not fit a datagram", async () => {
  await using server = await serveEverywhere(upperService());
  const { message } = await failure(
    runWith({ target: server.udp }, `short\n${"x".repeat(70_000)}\n`),
  );
  assertEquals(
    message,
    "line 2 is longer than a datagram takes; send it over TCP",
  );
  const over4 = await failure(
    runWith({ target: server.udp }, `${"x".repeat(65_508)}\n`),
  );
  assertEquals(over4.kind, "size");
});

Deno.test("runUpper() checks every byte of a stream and of datagrams", async () => {
  for (const casing of ["ascii", "unicode", "turkish"] as const) {
    await using server = await serveEverywhere(upperService({ casing }));
    const text = "Grüße, ŉ iı\n".repeat(200);
    for (const target of [server.tcp, server.udp, server.unix]) {
      const { check } = await runWith({ target, casing }, text);
      assertEquals(check, { wrong: null, unjudged: 0 });
    }
  }
});

Deno.test("runUpper() finds the first wrong byte and looks no further", async () => {
  await using server = await tcpServer(async (conn, context) => {
    await writeAll(conn, bytesOf("ABx"));
    await standStill(context);
  });
  const { check, answer } = await runWith(
    { ...server, casing: "ascii" },
    "abcdef",
  );
  assertEquals(check?.wrong?.wrong, { offset: 2, expected: 0x43, got: 0x78 });
  assertEquals(answer, "ABx");
});

Deno.test("runUpper() finds an answer that ends too early", async () => {
  await using server = await tcpServer(async (conn) => {
    await drain(conn);
    await writeAll(conn, bytesOf("AB"));
  });
  const { check } = await runWith({ ...server, casing: "ascii" }, "abc");
  assertEquals(check?.wrong?.wrong, { offset: 2, expected: 0x43, got: null });
});

Deno.test("runUpper() names the line of a wrong datagram", async () => {
  await using server = await udpServer((data) => data);
  const { check } = await runWith({ ...server, casing: "ascii" }, "1\n2\nc\n");
  const wrong = { offset: 0, expected: 0x43, got: 0x63, line: 3 };
  assertEquals(check?.wrong?.wrong, wrong);
});

Deno.test("runUpper() sends a large input while the answer comes back", async () => {
  await using server = await serveEverywhere(upperService());
  const piece = bytesOf("streaming ".repeat(6000));
  const source = sourceOf(Array.from({ length: 400 }, () => piece));
  const { check, received } = await runWith(
    { target: server.tcp, casing: "ascii", source },
    "",
  );
  assertEquals(check, { wrong: null, unjudged: 0 });
  assertEquals(received, 400 * piece.length);
});

Deno.test("runUpper() stops with what it has", async () => {
  for (const transport of ["tcp", "udp"] as const) {
    await using server = await serveEverywhere(upperService());
    const stop = new AbortController();
    const first = bytesOf("first\n");
    let reads = 0;
    const typed = {
      read(buffer: Uint8Array<ArrayBuffer>) {
        if (reads++ > 0) return new Promise<null>(() => {});
        buffer.set(first);
        return Promise.resolve(first.length);
      },
    };
    const kept = keptAnswer();
    const output = {
      ...kept,
      async write(part: Uint8Array<ArrayBuffer>) {
        await kept.write(part);
        setTimeout(() => stop.abort(), 0);
      },
    };
    const { received } = await runWith(
      {
        target: server[transport],
        source: typed,
        signal: stop.signal,
        output,
        casing: "ascii",
      },
      "",
    );
    assertEquals(kept.text, "FIRST\n");
    assertEquals(received, transport === "tcp" ? 6 : 5);
  }
});
