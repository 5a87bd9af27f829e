/** The frame around one connection of a small server. */
import { assertEquals, assertRejects } from "@std/assert";
import { createLog } from "../../lib/log.ts";
import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
import type { ServiceConn, StreamService } from "../../lib/net/service.ts";
import {
  type ConnectionFrame,
  serveConnection,
} from "../../server/service/connection.ts";
import { type Ending, streamCounters } from "../../server/service/counters.ts";
import {
  type DeadlineLimits,
  Deadlines,
} from "../../server/service/deadlines.ts";

function setUp(
  stream: StreamService,
  limits: Partial<DeadlineLimits> = {},
): { frame: ConnectionFrame; lines: string[] } {
  const lines: string[] = [];
  const frame = {
    service: { stream },
    deadlines: new Deadlines({
      ...{ idleTimeout: 60_000, maxLifetime: 60_000 },
      ...limits,
    }),
    counters: streamCounters(),
    log: createLog({ format: "text", write: (line) => lines.push(line) }),
  };
  return { frame, lines };
}

/** How the connection ended. */
async function endOf(
  conn: ServiceConn,
  frame: ConnectionFrame,
  context = memoryContext(),
): Promise<Ending> {
  return (await serveConnection(conn, context, frame)).ending;
}

/** Copies everything, in pieces of at most 4 bytes. */
const copy: StreamService = async (conn) => {
  const buffer = new Uint8Array(4);
  for (let n; (n = await conn.read(buffer)) !== null;) {
    await conn.write(buffer.slice(0, n));
  }
};

/** A peer that neither speaks nor leaves. */
const SILENT: ServiceConn = {
  read: () => new Promise(() => {}),
  write: (bytes) => Promise.resolve(bytes.length),
  closeWrite: () => Promise.resolve(),
};

Deno.test("serveConnection() counts, and leaves one line in the log", async () => {
  const { frame, lines } = setUp(copy);
  const conn = memoryConn("hello world");
  assertEquals(await endOf(conn, frame), "done");
  assertEquals(conn.text, "hello world");
  const { accepted, open, bytesIn, bytesOut, ended } = frame.counters;
  assertEquals([accepted, open, bytesIn, bytesOut, ended.done], [
    ...[1, 0, 11, 11, 1],
  ]);
  assertEquals(lines.length, 1);
  assertEquals(
    /connection peer=192\.0\.2\.7:40001 in=11 out=11 seconds=\S+ end=done\n$/
      .test(lines[0]!),
    true,
    lines[0],
  );
});

Deno.test("serveConnection() ends what rests for the idle time-out", async () => {
  const { frame } = setUp(copy, { idleTimeout: 5 });
  assertEquals(await endOf(SILENT, frame), "idle");
  assertEquals(frame.counters.open, 0);
});

Deno.test("serveConnection() is patient with what moves, byte by byte", async () => {
  let left = 20;
  const slow: ServiceConn = {
    ...SILENT,
    read: () =>
      new Promise((resolve) =>
        setTimeout(() => resolve(left-- > 0 ? 1 : null), 5)
      ),
  };
  const { frame } = setUp(copy, { idleTimeout: 2000 });
  assertEquals(await endOf(slow, frame), "done");
  assertEquals(frame.counters.bytesIn, 20);
});

Deno.test("serveConnection() ends what lives too long, however busy", async () => {
  const over = Promise.withResolvers<void>();
  let isClosed = false;
  const busy: ServiceConn = {
    ...SILENT,
    read: () =>
      new Promise((resolve) =>
        setTimeout(() => {
          if (isClosed) over.resolve();
          resolve(isClosed ? null : 1);
        }, 1)
      ),
  };
  const { frame } = setUp(copy, { maxLifetime: 20 });
  assertEquals(await endOf(busy, frame), "lifetime");
  isClosed = true;
  await over.promise;
});

Deno.test("serveConnection() ends what rests when the server stops, or has rested by then", async () => {
  for (const quiet of [5, 0]) {
    const { frame } = setUp(copy);
    const served = endOf(SILENT, frame);
    frame.deadlines.hurry(quiet);
    assertEquals(await served, "stopped");
  }
});

Deno.test("serveConnection() takes a peer that goes away for everyday life", async () => {
  const gone: ServiceConn = {
    ...SILENT,
    read: () => Promise.reject(new Deno.errors.ConnectionReset("reset")),
  };
  const { frame } = setUp(copy);
  assertEquals(await endOf(gone, frame), "reset");
  assertEquals(frame.counters.ended.reset, 1);
});

Deno.test("serveConnection() throws what a service throws, and counts it", async () => {
  const { frame, lines } = setUp(() => {
    throw new Error("a mistake");
  });
  await assertRejects(
    () => serveConnection(memoryConn(""), memoryContext(), frame),
    Error,
    "a mistake",
  );
  assertEquals(frame.counters.ended.failed, 1);
  assertEquals(lines[0]?.endsWith("end=failed\n"), true);
});

Deno.test("serveConnection() knows whether the peer has said everything", async () => {
  const { frame } = setUp(copy);
  const whole = await serveConnection(memoryConn("a"), memoryContext(), frame);
  assertEquals(whole, { ending: "done", heardAll: true });
  const { frame: early } = setUp(() => {});
  const part = await serveConnection(memoryConn("a"), memoryContext(), early);
  assertEquals(part, { ending: "done", heardAll: false });
});

Deno.test("Deadlines watches over many with one timer, each with its own end", async () => {
  const deadlines = new Deadlines({ idleTimeout: 10, maxLifetime: 60_000 });
  const ended: number[] = [];
  const all = Promise.withResolvers<void>();
  const begunAt = performance.now();
  for (const place of [0, 1, 2, 3]) {
    deadlines.add({
      begunAt,
      movedAt: begunAt + place * 20,
      expire(why) {
        assertEquals(why, "idle");
        ended.push(place);
        if (ended.length === 4) all.resolve();
      },
    });
  }
  const quiet = { begunAt, movedAt: Infinity, expire: () => ended.push(-1) };
  deadlines.add(quiet);
  await all.promise;
  assertEquals(ended, [0, 1, 2, 3]);
  deadlines.hurry(0);
  deadlines.delete(quiet);
});
