import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ManualClock, manualClock } from "../../lib/clock.ts";
import { reply } from "../../lib/ftp/reply.ts";
import { laneAt } from "../../lib/net/lane.ts";
import { shaper } from "../../lib/net/shaper.ts";
import { bufferPool } from "../../server/ftp/buffers.ts";
import { sessionPacing } from "../../server/ftp/limits/pacing.ts";
import {
  type StartedTransfer,
  startTransfer,
} from "../../server/ftp/transfer.ts";
import type { Bytes } from "../../lib/bytes.ts";

/** What happened to a transfer that is held back. */
interface Paced {
  readonly transfer: StartedTransfer;
  readonly clock: ManualClock;
  /** Lengths of what the network was given, or was asked for. */
  readonly parts: number[];
}

/** A transfer of `size` bytes at `rate` bytes a second on a clock of its own. */
function paced(
  way: "up" | "down",
  { size, rate, dataTimeout = 60_000 }: {
    size: number;
    rate: number;
    dataTimeout?: number;
  },
): Paced {
  const clock = manualClock();
  const lane = laneAt(new BigInt64Array(2), 0, () => clock.now() * 1e6);
  lane.rate = rate;
  const parts: number[] = [];
  let left = size;
  const read = (buffer: Bytes) => {
    const count = Math.min(left, buffer.length);
    left -= count;
    if (way === "up") parts.push(buffer.length);
    return Promise.resolve(count > 0 ? count : null);
  };
  const write = (bytes: Bytes) => {
    if (way === "down") parts.push(bytes.length);
    return Promise.resolve(bytes.length);
  };
  const end = { read, write, close() {}, abort() {} };
  const transfer = startTransfer(
    {
      end: way === "up" ? { receive: end } : { send: end },
      verb: "X",
      path: "/a",
      opening: "",
      done: "",
    },
    { open: () => Promise.resolve(end), close() {} },
    {
      dataTimeout,
      clientPresent: () => true,
      buffers: bufferPool(),
      pace: shaper([lane], clock),
    },
  );
  return { transfer, clock, parts };
}

for (const way of ["up", "down"] as const) {
  Deno.test(`startTransfer() moves no more than its rate allows, ${way}`, async () => {
    const { transfer, clock, parts } = paced(way, {
      size: 100_000,
      rate: 50_000,
    });
    await clock.advance(1_000);
    assert(transfer.bytes >= 49_000 && transfer.bytes <= 53_000);
    await clock.advance(1_000);
    assertEquals((await transfer.finished).bytes, 100_000);
    assertEquals(Math.max(...parts), 1_000);
  });

  Deno.test(`startTransfer() stops at once while it is held back, ${way}`, async () => {
    const { transfer, clock } = paced(way, { size: 1_000, rate: 1 });
    await clock.advance(10);
    assertEquals(clock.sleeping, 1);
    transfer.stop(reply(426, "Transfer aborted."));
    const { reply: said, bytes } = await transfer.finished;
    assertEquals([said.code, clock.sleeping], [426, 0]);
    assert(bytes <= 2);
  });

  Deno.test(`startTransfer() takes being held back for no stall, ${way}`, async () => {
    const { transfer, clock } = paced(way, {
      size: 3,
      rate: 1,
      dataTimeout: 20,
    });
    const real = AbortSignal.timeout(120);
    await new Promise((resolve) => real.onabort = resolve);
    while (clock.sleeping > 0) await clock.advance(1_000);
    assertEquals((await transfer.finished).reply.code, 226);
  });
}

Deno.test("startTransfer() still notices a client that takes nothing of what it may have", async () => {
  const clock = manualClock();
  const lane = laneAt(new BigInt64Array(2), 0, () => clock.now() * 1e6);
  lane.rate = 1_000_000;
  const stuck = Promise.withResolvers<number>();
  const transfer = startTransfer(
    {
      end: {
        send: {
          read: (buffer) => Promise.resolve(buffer.length),
          close() {},
        },
      },
      verb: "RETR",
      path: "/a",
      opening: "",
      done: "",
    },
    {
      open: () =>
        Promise.resolve({
          read: () => Promise.resolve(null),
          write: () => stuck.promise,
          close: () => stuck.reject(new Error("closed")),
        }),
      close() {},
    },
    {
      dataTimeout: 20,
      clientPresent: () => true,
      buffers: bufferPool(),
      pace: shaper([lane], clock),
    },
  );
  assertEquals((await transfer.finished).reply.code, 421);
});

Deno.test("sessionPacing() holds back all transfers of a session, and no other session", async () => {
  const rates = { sessionRate: { up: 100 } };
  const session = sessionPacing(rates);
  const stop = new AbortController();
  assertEquals(session.transfer("up").take(1000, stop.signal), undefined);
  const held = session.transfer("up").take(1000, stop.signal);
  assert(held !== undefined);
  assertEquals(session.transfer("down").take(1000, stop.signal), undefined);
  const other = sessionPacing(rates).transfer("up");
  assertEquals(other.take(1000, stop.signal), undefined);
  stop.abort();
  await assertRejects(() => held);
});
