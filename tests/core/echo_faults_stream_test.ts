import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { manualClock } from "../../lib/clock.ts";
import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
import type { ServiceConn } from "../../lib/net/service.ts";
import { echoService } from "../../server/services/echo.ts";
import { type Faults, withFaults } from "../../server/services/faults.ts";

const quiet = () => Promise.resolve();

/** An echo that suffers, and its clock and counters. */
function setUp(faults: Faults) {
  const clock = manualClock();
  const service = withFaults(echoService(), faults, { clock });
  return {
    clock,
    count: (name: string) => service.counters?.()[`injected-${name}`],
    serve: async (conn: ServiceConn) => {
      await service.stream?.(conn, memoryContext());
    },
  };
}

Deno.test("withFaults() flips the same bits of a stream however it comes in pieces", async () => {
  const sent = new Uint8Array(200_000);
  const outputs: Bytes[] = [];
  for (const size of [77, 1024, 5000, 200_000]) {
    const { count, serve } = setUp({ corrupt: 20, seed: 4 });
    const parts: Bytes[] = [];
    for (let at = 0; at < sent.length; at += size) {
      parts.push(sent.subarray(at, at + size));
    }
    const conn = memoryConn(parts);
    await serve(conn);
    const wrong = conn.output.filter((byte) => byte !== 0);
    assert(wrong.length > 20 && wrong.length < 60);
    assert(wrong.every((byte) => Number.isInteger(Math.log2(byte))));
    assertEquals(count("corrupted"), wrong.length);
    outputs.push(conn.output);
  }
  for (const output of outputs) assertEquals(output, outputs[0]);
});

Deno.test("withFaults() gives each connection the same wrong bits", async () => {
  const { count, serve } = setUp({ corrupt: 50 });
  const [one, two] = [0, 1].map(() => memoryConn(new Uint8Array(10_000)));
  await serve(one!);
  await serve(two!);
  assertEquals(one!.output, two!.output);
  assertEquals(
    count("corrupted"),
    2 * one!.output.filter((byte) => byte > 0).length,
  );
});

Deno.test("withFaults() delays a stream, then ends it", async () => {
  const { clock, count, serve } = setUp({ delay: 100 });
  const conn = memoryConn(["one ", "two"]);
  let isDone = false;
  const served = serve(conn).then(() => isDone = true);
  await clock.advance(99);
  assertEquals([conn.text, isDone], ["", false]);
  await clock.advance(1);
  await served;
  assertEquals(conn.text, "one two");
  assertEquals([count("delayed"), clock.sleeping], [2, 0]);
});

Deno.test("withFaults() keeps the order of a stream whatever the jitter", async () => {
  const { clock, serve } = setUp({ jitter: 50 });
  const words = Array.from({ length: 200 }, (_, n) => `${n} `);
  const conn = memoryConn(words);
  const served = serve(conn);
  await clock.advance(100);
  await served;
  assertEquals(conn.text, words.join(""));
});

Deno.test("withFaults() leaves drop, duplicate and reorder to datagrams", async () => {
  for (const mishap of ["drop", "duplicate", "reorder"]) {
    const { serve } = setUp({ [mishap]: 100 });
    const conn = memoryConn(["one ", "two"]);
    await serve(conn);
    assertEquals(conn.text, "one two", mishap);
  }
});

Deno.test("withFaults() holds at most 256 KiB of a delayed stream, in pieces of any size", async () => {
  for (const size of [1, 4096, 65_536]) {
    const { clock, serve } = setUp({ delay: 1000 });
    const gone = new Deno.errors.ConnectionReset("reset");
    let held = 0;
    const served = assertRejects(
      () =>
        serve({
          read(buffer) {
            const count = Math.min(size, buffer.length);
            held += count;
            return Promise.resolve(count);
          },
          write: () => Promise.reject(gone),
          closeWrite: quiet,
        }),
      Deno.errors.ConnectionReset,
    );
    await clock.advance(999);
    assert(held > 0 && held <= 262_144 + 2 * 65_536, `${size}: ${held}`);
    await clock.advance(1);
    await served;
    assertEquals(clock.sleeping, 0);
  }
});

Deno.test("withFaults() writes on when there is room again", async () => {
  const { clock, serve } = setUp({ delay: 1000 });
  const sent = Array.from({ length: 20 }, () => new Uint8Array(65_536));
  const conn = memoryConn(sent);
  const served = serve(conn);
  await clock.advance(10_000);
  await served;
  assertEquals(conn.output.length, 20 * 65_536);
});

Deno.test("withFaults() fails as its connection fails, and leaves nothing waiting", async () => {
  const reset = new Deno.errors.ConnectionReset("reset");
  const cases: ServiceConn[] = [
    { ...memoryConn("hello"), write: () => Promise.reject(reset) },
    { ...memoryConn("hello"), read: () => Promise.reject(reset) },
  ];
  for (const conn of cases) {
    const { clock, serve } = setUp({ delay: 100 });
    const served = assertRejects(
      () => serve(conn),
      Deno.errors.ConnectionReset,
    );
    await clock.advance(100);
    await served;
    assertEquals(clock.sleeping, 0);
  }
});

Deno.test("withFaults() ends our side after what is delayed", async () => {
  const clock = manualClock();
  const { stream } = withFaults(
    {
      async stream(conn) {
        await conn.write(new Uint8Array(3));
        await conn.closeWrite();
      },
    },
    { delay: 100 },
    { clock },
  );
  const conn = memoryConn("");
  const served = stream?.(conn, memoryContext());
  await clock.advance(99);
  assertEquals([conn.output.length, conn.endedWrite], [0, false]);
  await clock.advance(1);
  await served;
  assertEquals([conn.output.length, conn.endedWrite], [3, true]);
});
