import { assertEquals, assertThrows } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { oncePerSource } from "../../lib/net/once_per_source.ts";
import { tokenBucket } from "../../lib/net/token_bucket.ts";

/** How many tokens `key` can take at this moment. */
function takeAll(buckets: { take(key: string): boolean }, key: string): number {
  let taken = 0;
  while (buckets.take(key)) taken++;
  return taken;
}

Deno.test("tokenBucket() starts full and fills at its rate, not above its burst", async () => {
  const clock = manualClock();
  const buckets = tokenBucket({ perSecond: 2, burst: 5 }, { clock });
  assertEquals(takeAll(buckets, "a"), 5);
  await clock.advance(499);
  assertEquals(takeAll(buckets, "a"), 0);
  await clock.advance(1);
  assertEquals(takeAll(buckets, "a"), 1);
  await clock.advance(3_600_000);
  assertEquals(takeAll(buckets, "a"), 5);
});

Deno.test("tokenBucket() does not lose parts of tokens to a sender that insists", async () => {
  const clock = manualClock();
  const buckets = tokenBucket({ perSecond: 1, burst: 1 }, { clock });
  let taken = 0;
  for (let i = 0; i < 100; i++) {
    if (buckets.take("a")) taken++;
    await clock.advance(125);
  }
  assertEquals(taken, 13);
});

Deno.test("tokenBucket() keeps senders apart", () => {
  const buckets = tokenBucket({ perSecond: 1, burst: 1 }, {
    clock: manualClock(),
  });
  assertEquals(buckets.take("a"), true);
  assertEquals(buckets.take("a"), false);
  assertEquals(buckets.take("b"), true);
});

Deno.test("tokenBucket() forgets the quietest sender when there are too many", () => {
  const clock = manualClock();
  const buckets = tokenBucket({ perSecond: 1, burst: 1 }, {
    clock,
    maxKeys: 3,
  });
  for (const key of ["a", "b", "c", "a", "d"]) buckets.take(key);
  assertEquals(buckets.size, 3);
  assertEquals(buckets.take("a"), false, "a was heard of lately");
  assertEquals(buckets.take("b"), true, "b was forgotten");
});

Deno.test("tokenBucket() has bounded memory when every source is new", () => {
  const buckets = tokenBucket({ perSecond: 1, burst: 1 }, { maxKeys: 100 });
  for (let i = 0; i < 10_000; i++) buckets.take(String(i));
  assertEquals(buckets.size, 100);
});

Deno.test("tokenBucket() refuses rates that make no sense", () => {
  for (const rate of [[0, 1], [-1, 1], [1, 0], [NaN, 1], [1, NaN]]) {
    const [perSecond, burst] = rate as [number, number];
    assertThrows(
      () => tokenBucket({ perSecond, burst }),
      RangeError,
      "Cannot limit",
    );
  }
});

Deno.test("oncePerSource() says yes once for each reason and network", () => {
  const isNews = oncePerSource({ clock: manualClock() });
  assertEquals(isNews("rate", "192.0.2.1"), true);
  assertEquals(isNews("rate", "192.0.2.1"), false);
  assertEquals(isNews("busy", "192.0.2.1"), true);
  assertEquals(isNews("rate", "2001:db8::1"), true);
  assertEquals(isNews("rate", "2001:db8::2"), false);
});

Deno.test("oncePerSource() says yes again when the source was forgotten", () => {
  const isNews = oncePerSource({ clock: manualClock(), maxKeys: 2 });
  for (const ip of ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) isNews("rate", ip);
  assertEquals(isNews("rate", "192.0.2.3"), false);
  assertEquals(isNews("rate", "192.0.2.1"), true);
});

Deno.test("oncePerSource() stays quiet in a flood of new sources, then goes on", async () => {
  const clock = manualClock();
  const isNews = oncePerSource({ clock });
  const flood = (net: number) =>
    Array.from({ length: 250 }, (_, i) => isNews("rate", `10.${net}.0.${i}`))
      .filter(Boolean).length;
  assertEquals(flood(1), 100);
  await clock.advance(1000);
  assertEquals(flood(2), 10);
});
