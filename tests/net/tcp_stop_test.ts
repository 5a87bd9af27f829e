import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { serveTcp } from "../../lib/net/tcp.ts";
import { connectTo, hear, LOOPBACK, say, soon } from "./loopback.ts";

Deno.test("TcpServer.stop() refuses new connections at once and lets handlers finish", async () => {
  const work = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const server = await serveTcp(async (conn, { stopping }) => {
    stopping.addEventListener("abort", () => asked.resolve());
    await say(conn, "hello ");
    await work.promise;
    await say(conn, "bye");
  }, { listen: [LOOPBACK] });
  using client = await connectTo(server);
  await client.read(new Uint8Array(6));
  assertEquals(server.connections, 1);

  const stopped = server.stop();
  await soon(asked.promise, "the request to stop");
  await assertRejects(() => connectTo(server), Deno.errors.ConnectionRefused);
  work.resolve();
  assertEquals(await hear(client), "bye");
  await soon(stopped, "the stop");
  assertEquals(server.connections, 0);
});

Deno.test("TcpServer.stop() closes what is left when the grace is over", async () => {
  const reports: unknown[] = [];
  let ended = false;
  const server = await serveTcp(async (conn, { signal }) => {
    signal.addEventListener("abort", () => ended = true);
    await say(conn, "x");
    await conn.read(new Uint8Array(1));
  }, {
    listen: [LOOPBACK],
    grace: 20,
    onError: (error) => reports.push(error),
  });
  using client = await connectTo(server);
  await client.read(new Uint8Array(1));
  await soon(server.stop(), "the stop");
  assertEquals([ended, reports, server.connections], [true, [], 0]);
  assertEquals(await hear(client), "");
});

Deno.test("TcpServer.stop() ends also when a handler never does", async () => {
  const started = Promise.withResolvers<void>();
  const server = await serveTcp(() => {
    started.resolve();
    return new Promise(() => {});
  }, { listen: [LOOPBACK], grace: 0 });
  using client = await connectTo(server);
  await soon(started.promise, "the handler");
  await soon(server.stop(), "the stop");
  assertEquals(await hear(client), "");
});

Deno.test("TcpServer.stop() ends also when a handler writes to a peer who never reads", async () => {
  const released = Promise.withResolvers<void>();
  const server = await serveTcp(async (conn) => {
    try {
      for (;;) await say(conn, "x".repeat(1 << 20));
    } finally {
      released.resolve();
    }
  }, { listen: [LOOPBACK], grace: 20 });
  const client = await connectTo(server);
  await client.read(new Uint8Array(1));
  await soon(server.stop(), "the stop");
  // Runtimes before 2.8 end a pending write only when the peer leaves.
  client.close();
  await soon(released.promise, "the end of the handler");
});

Deno.test("TcpServer.stop() may be called again, and does the same as finished", async () => {
  const server = await serveTcp(() => {}, { listen: [LOOPBACK, LOOPBACK] });
  assertStrictEquals(server.stop(), server.finished);
  assertStrictEquals(server.stop(), server.finished);
  await server.finished;
});

Deno.test("serveTcp() stops gracefully when its signal aborts", async () => {
  const controller = new AbortController();
  const server = await serveTcp(async (conn, { stopping }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    stopping.addEventListener("abort", () => resolve());
    await say(conn, "hello ");
    await promise;
    await say(conn, "bye");
  }, { listen: [LOOPBACK], signal: controller.signal });
  using client = await connectTo(server);
  await client.read(new Uint8Array(6));
  controller.abort();
  assertEquals(await hear(client), "bye");
  await soon(server.finished, "the end of the server");
});

Deno.test("serveTcp() opens nothing when its signal has aborted before", async () => {
  const signal = AbortSignal.abort(new TypeError("never mind"));
  await assertRejects(
    () => serveTcp(() => {}, { listen: [LOOPBACK], signal }),
    TypeError,
    "never mind",
  );
});

Deno.test("serveTcp() stops at once when its signal aborts in onListen", async () => {
  const controller = new AbortController();
  const server = await serveTcp(() => {}, {
    listen: [LOOPBACK],
    signal: controller.signal,
    onListen: () => controller.abort(),
  });
  await soon(server.finished, "the end of the server");
});
