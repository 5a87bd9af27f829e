import { assert, assertEquals } from "@std/assert";
import { Watchdog } from "../../lib/watchdog.ts";

/** Resolves with how long it took for the dog to bark. */
function barking(): { bark: () => void; barked: Promise<number> } {
  const began = performance.now();
  const { promise, resolve } = Promise.withResolvers<number>();
  return { bark: () => resolve(performance.now() - began), barked: promise };
}

Deno.test("Watchdog.set() barks once the time is over, not before", async () => {
  const { bark, barked } = barking();
  new Watchdog(bark).set(15);
  const took = await barked;
  assert(took >= 15, `barked after ${took} ms`);
});

Deno.test("Watchdog.set() moves the deadline away", async () => {
  const { bark, barked } = barking();
  const watchdog = new Watchdog(bark);
  watchdog.set(5);
  watchdog.set(20);
  watchdog.set(30);
  const took = await barked;
  assert(took >= 30, `barked after ${took} ms`);
});

Deno.test("Watchdog.set() moves the deadline nearer", async () => {
  const { bark, barked } = barking();
  const watchdog = new Watchdog(bark);
  watchdog.set(3_600_000);
  watchdog.set(5);
  const took = await barked;
  assert(took >= 5 && took < 60_000, `barked after ${took} ms`);
});

Deno.test("Watchdog.set() works again after a bark", async () => {
  let rings = 0;
  const twice = Promise.withResolvers<void>();
  const watchdog = new Watchdog(() => {
    if (++rings === 2) return twice.resolve();
    watchdog.set(1);
  });
  watchdog.set(1);
  await twice.promise;
  assertEquals(rings, 2);
});

Deno.test("Watchdog.clear() leaves no timer, and set() starts anew", async () => {
  let early = 0;
  const watchdog = new Watchdog(() => early++);
  watchdog.set(1);
  watchdog.clear();
  watchdog.clear();
  // A later deadline of another dog: timers are served in order.
  const { bark, barked } = barking();
  new Watchdog(bark).set(10);
  await barked;
  assertEquals(early, 0);
  watchdog.set(3_600_000);
  watchdog.clear();
});

Deno.test("Watchdog.set() takes times longer than a timer can", () => {
  let early = 0;
  const watchdog = new Watchdog(() => early++);
  watchdog.set(2 ** 40);
  watchdog.set(Infinity);
  watchdog.clear();
  assertEquals(early, 0);
});
