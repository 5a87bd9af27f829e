import { assert, assertEquals } from "@std/assert";
import { laneAt, sharedClock } from "../../lib/net/lane.ts";

Deno.test("laneAt() promises each byte to one of its users only", () => {
  const words = new BigInt64Array(new SharedArrayBuffer(16));
  const [one, other] = [laneAt(words, 0, () => 0), laneAt(words, 0, () => 0)];
  one.rate = 1_000;
  assertEquals(other.rate, 1_000);
  assertEquals(one.reserve(500), 0);
  assertEquals(other.reserve(250), 500);
  assertEquals(one.reserve(1), 750);
  other.giveBack(250);
  assertEquals(one.reserve(1), 501);
});

Deno.test("laneAt() grants little where rates are low, and takes no turn of nothing", () => {
  const lane = laneAt(new BigInt64Array(2), 0, () => 0);
  const grants = [0, 1, 100, 50_000, 1e9].map((rate) => {
    lane.rate = rate;
    return lane.grant;
  });
  assertEquals(grants, [Infinity, 1, 10, 1_000, 20_000_000]);
});

Deno.test("laneAt() starts anew when the rate changes, however long the queue is", () => {
  const lane = laneAt(new BigInt64Array(2), 0, () => 0);
  lane.rate = 1;
  assertEquals([lane.reserve(3_600), lane.reserve(1)], [0, 3_600_000]);
  lane.rate = 1_000;
  assertEquals(lane.reserve(1), 0);
  lane.rate = 1_000;
  assertEquals(lane.reserve(1), 1);
});

Deno.test("sharedClock() follows the thread that is furthest ahead", () => {
  const words = new BigInt64Array(new SharedArrayBuffer(8));
  let [old, young] = [86_400_000, 3];
  const first = sharedClock(words, 0, () => old);
  const second = sharedClock(words, 0, () => young);
  assertEquals(first(), 86_400_000e6);
  assertEquals(second(), 86_400_000e6);
  young += 10;
  assertEquals(second(), 86_400_010e6);
  old += 11;
  assertEquals(first(), 86_400_011e6);
});

Deno.test("sharedClock() never goes back, whoever looks", () => {
  const words = new BigInt64Array(new SharedArrayBuffer(8));
  const times = [0, 0, 0];
  const clocks = times.map((_, at) => sharedClock(words, 0, () => times[at]!));
  let last = 0;
  for (let step = 0; step < 1_000; step++) {
    const at = step * 7 % 3;
    times[at]! += step % 5;
    const now = clocks[at]!();
    assert(now >= last);
    last = now;
  }
  assert(last > 0);
});

Deno.test("laneAt() makes up for no time before its first use, however young the clock is", () => {
  const lane = laneAt(new BigInt64Array(2), 0, () => 50e6);
  lane.rate = 1000;
  assertEquals(lane.reserve(100), 0);
  assertEquals(lane.reserve(100), 100);
});
