import { assert, assertEquals, assertRejects } from "@std/assert";
import { shaper } from "../../lib/net/shaper.ts";
import { mostWithin, road } from "./shaper_harness.ts";

/** Whether a number is within so many hundredths of another. */
function assertNear(actual: number, wanted: number, percent: number): void {
  const off = Math.abs(actual / wanted - 1) * 100;
  assert(off <= percent, `${actual} is ${off.toFixed(1)} % off ${wanted}`);
}

for (const rate of [500, 50_000, 1_000_000, 100e6, 500e6]) {
  Deno.test(`shaper() moves ${rate} bytes a second, 3 % off at most`, async () => {
    const { clock, lane, flow } = road();
    const running = flow([lane(rate)]);
    await clock.advance(5_000);
    await running.stop();
    assertNear(running.bytes, 5 * rate, 3);
  });
}

Deno.test("shaper() sends no more than 50 ms worth at once, also at the start", async () => {
  const { clock, lane, flow } = road();
  const running = flow([lane(1_000_000)]);
  await clock.advance(1_000);
  await running.stop();
  const most = mostWithin(running.log, 10);
  assert(most <= 50_000, `${most} bytes within 10 ms`);
});

Deno.test("shaper() goes by the lowest of several limits", async () => {
  const { clock, lane, flow } = road();
  const running = flow([lane(1_000_000), lane(0), lane(60_000)]);
  await clock.advance(3_000);
  await running.stop();
  assertNear(running.bytes, 180_000, 4);
});

Deno.test("shaper() shares a lane fairly, whoever came first", async () => {
  const { clock, lane, flow } = road();
  const shared = lane(1_000_000);
  const flows = [flow([shared]), flow([shared])];
  await clock.advance(500);
  flows.push(flow([shared]), flow([shared]));
  const before = flows.map(({ bytes }) => bytes);
  await clock.advance(4_000);
  await Promise.all(flows.map((one) => one.stop()));
  const moved = flows.map(({ bytes }, at) => bytes - before[at]!);
  for (const bytes of moved) assertNear(bytes, 1_000_000, 5);
  assertNear(moved.reduce((a, b) => a + b), 4_000_000, 2);
});

Deno.test("shaper() shares fairly between flows of long and of short buffers", async () => {
  const { clock, lane, flow } = road();
  const shared = lane(1_000_000);
  const [long, short] = [flow([shared]), flow([shared], 1_500)];
  await clock.advance(4_000);
  await Promise.all([long.stop(), short.stop()]);
  assertNear(long.bytes, 2_000_000, 5);
  assertNear(short.bytes, 2_000_000, 5);
});

Deno.test("shaper() gives what a slow flow leaves to the others", async () => {
  const { clock, lane, flow } = road();
  const shared = lane(1_000_000);
  const slow = flow([shared, lane(100_000)]);
  const fast = [flow([shared]), flow([shared]), flow([shared])];
  await clock.advance(4_000);
  await Promise.all([slow, ...fast].map((one) => one.stop()));
  assertNear(slow.bytes, 400_000, 15);
  for (const one of fast) assertNear(one.bytes, 1_200_000, 5);
});

Deno.test("shaper() makes up for a thread that comes 60 ms late to each turn", async () => {
  const { clock, lane } = road();
  const late = shaper([lane(100_000)], {
    sleep: (ms, signal) => clock.sleep(ms + 60, signal),
  });
  const { signal } = new AbortController();
  let bytes = 0;
  const running = (async () => {
    while (clock.now() < 3_000) {
      await late.take(late.block, signal);
      bytes += late.block;
    }
  })();
  await clock.advance(4_000);
  await running;
  assertNear(bytes, 300_000, 5);
});

Deno.test("shaper() keeps nothing for later while it is idle", async () => {
  const { clock, lane, flow } = road();
  const shared = lane(100_000);
  const first = flow([shared]);
  await clock.advance(1_000);
  await first.stop();
  await clock.advance(60_000);
  const second = flow([shared]);
  await clock.advance(1_000);
  await second.stop();
  assertNear(second.bytes, 100_000, 4);
});

Deno.test("shaper() stops waiting when the signal aborts, and takes nothing", async () => {
  const { clock, lane } = road();
  const shared = lane(1_000);
  const flow = shaper([shared], clock);
  const over = new AbortController();
  await flow.take(100, over.signal);
  const waiting = flow.wait(10_000, over.signal);
  assert(flow.isWaiting);
  over.abort(new Error("aborted"));
  await assertRejects(() => waiting, Error, "aborted");
  assert(!flow.isWaiting);
  assertEquals(clock.sleeping, 0);
  flow.close();
  assertEquals(shared.reserve(1), 100);
});

Deno.test("shaper() gives back what a short flow did not need", async () => {
  const { clock, lane, flow } = road();
  const shared = lane(1_000_000);
  for (let times = 0; times < 100; times++) {
    const short = shaper([shared], clock);
    assertEquals(short.take(10, new AbortController().signal), undefined);
    short.close();
  }
  const next = flow([shared]);
  await clock.advance(1_000);
  await next.stop();
  assertNear(next.bytes, 1_000_000, 3);
});

Deno.test("shaper() takes a rate that changes under way", async () => {
  const { clock, lane, flow } = road();
  const shared = lane(0);
  shared.rate = 100_000;
  const running = flow([shared]);
  await clock.advance(1_000);
  const before = running.bytes;
  shared.rate = 1_000_000;
  await clock.advance(1_000);
  assertNear(running.bytes - before, 1_000_000, 5);
  shared.rate = 50_000;
  await clock.advance(1_000); // What was granted before still goes.
  const then = running.bytes;
  await clock.advance(2_000);
  await running.stop();
  assertNear(running.bytes - then, 100_000, 5);
});

Deno.test("shaper() lets a flow without limits go at once", () => {
  const { clock, lane } = road();
  const flow = shaper([lane(0)], clock);
  assertEquals(flow.block, Infinity);
  assertEquals(flow.take(1e12, new AbortController().signal), undefined);
  assertEquals(shaper([]).block, Infinity);
});
