import { assertEquals } from "@std/assert";
import { setUp } from "./net_fake_conn.ts";

const never = new Promise<never>(() => {});

Deno.test("Connections.drain() waits for handlers that finish in time", async () => {
  const work = Promise.withResolvers<void>();
  let asked = false;
  const { clock, connections, take } = setUp({
    handler: async (_conn, { stopping, signal }) => {
      stopping.addEventListener("abort", () => asked = true);
      await work.promise;
      assertEquals(signal.aborted, false);
    },
  });
  const conn = take();
  const drained = connections.drain(10_000);
  await clock.advance(9999);
  assertEquals([asked, conn.closed], [true, false]);
  work.resolve();
  await drained;
  assertEquals([conn.closed, clock.sleeping], [true, 0]);
});

Deno.test("Connections.drain() closes when the grace is over, and does not call that an error", async () => {
  const { clock, connections, reports, take } = setUp({
    handler: async (conn) => void await conn.read(new Uint8Array(1)),
  });
  const conn = take();
  const drained = connections.drain(10_000);
  await clock.advance(10_000);
  await drained;
  assertEquals([conn.closed, reports], [true, []]);
});

Deno.test("Connections.drain() still reports a crash while it waits", async () => {
  const { clock, connections, reports, take } = setUp({
    handler: (_conn, { signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new TypeError("a bug")))
      ),
  });
  take();
  const drained = connections.drain(0);
  await clock.advance(0);
  await drained;
  assertEquals(reports, [
    "connection 1 from 192.0.2.7:40001: TypeError: a bug",
  ]);
});

Deno.test("Connections.drain() ends a second after the grace when a handler never does", async () => {
  const { clock, connections, take } = setUp({ handler: () => never });
  const conn = take();
  let drained = false;
  connections.drain(10_000).then(() => drained = true);
  await clock.advance(10_999);
  assertEquals([drained, conn.closed], [false, true]);
  await clock.advance(1);
  assertEquals(drained, true);
});

Deno.test("Connections.drain() begins nothing with a peer that is admitted while stopping", async () => {
  const answer = Promise.withResolvers<null>();
  let served = false;
  const left: string[] = [];
  const { clock, connections, take } = setUp({
    handler: () => void (served = true),
    admission: {
      enter: () => answer.promise,
      leave: (address) => void left.push(address),
    },
  });
  const conn = take();
  const drained = connections.drain(10_000);
  answer.resolve(null);
  await clock.advance(0);
  await drained;
  assertEquals([served, conn.closed, left], [false, true, ["192.0.2.7"]]);
});

Deno.test("Connections.drain() does not wait for admissions or refused peers beyond the grace", async () => {
  const enters = [() => never, () => "too-many" as const];
  for (const enter of enters) {
    const { clock, connections, reports, take } = setUp({
      admission: { enter, leave: () => {} },
      onRefused: () => {},
    });
    const conn = take();
    const drained = connections.drain(100);
    await clock.advance(100);
    await drained;
    assertEquals([conn.closed, reports, clock.sleeping], [true, [], 0]);
  }
});
