import { assertEquals } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { upperCase } from "../../lib/upper/mapping.ts";
import { upperService } from "../../server/services/upper.ts";
import { bytesSource } from "../../client/service/bytes_source.ts";
import { keptAnswer } from "../../client/upper/output.ts";
import { runUpper, type UpperRequest } from "../../client/upper/run.ts";
import { bytesOf, sourceOf, textOf } from "../core/byte_cases.ts";
import {
  drain,
  failure,
  serveEverywhere,
  standStill,
  tcpServer,
  TIMEOUT,
  udpServer,
} from "./upper_server.ts";

const closed = new AbortController().signal;

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

Deno.test("runUpper() asks with bytes as one datagram, whatever is in them", async () => {
  const asked: string[] = [];
  await using server = await udpServer((data) => {
    asked.push(textOf(data));
    return upperCase(data, "ascii");
  });
  for (const text of ["one\r\ntwo\n", "\n", "no end", ""]) {
    const source = bytesOf(text);
    const { answer, check } = await runWith(
      { ...server, source, casing: "ascii" },
      "not asked",
    );
    assertEquals([answer, check?.wrong], [text.toUpperCase(), null]);
    assertEquals(asked.splice(0), [text]);
  }
});

Deno.test("runUpper() sends bytes over TCP as they are", async () => {
  await using server = await serveEverywhere(upperService());
  const source = bytesOf("one\r\ntwo");
  const { answer } = await runWith({ target: server.tcp, source }, "not asked");
  assertEquals(answer, "ONE\r\nTWO");
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
