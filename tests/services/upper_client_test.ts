import { assert, assertEquals, assertRejects } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { upperCase } from "../../lib/upper/mapping.ts";
import { upperService } from "../../server/services/upper.ts";
import { upper } from "../../client/upper/upper.ts";
import { bytesOf } from "../core/byte_cases.ts";
import {
  drain,
  failure,
  serveEverywhere,
  standStill,
  tcpServer,
  TIMEOUT,
  udpServer,
} from "./upper_server.ts";
import { CLOSED_PORT } from "../net/ports.ts";

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
  const port = CLOSED_PORT;
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
