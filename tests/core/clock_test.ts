import {
  assertEquals,
  assertGreaterOrEqual,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { manualClock, systemClock } from "../../lib/clock.ts";

Deno.test("systemClock.sleep() lets at least the time asked for pass", async () => {
  const start = systemClock.now();
  await systemClock.sleep(20);
  // Timers count whole milliseconds, the clock counts parts of them.
  assertGreaterOrEqual(systemClock.now() - start, 19);
});

Deno.test("systemClock.sleep() rejects with the reason and clears its timer when aborted", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const slept = systemClock.sleep(Infinity, controller.signal);
  controller.abort(reason);
  const error = await assertRejects(() => slept);
  assertStrictEquals(error, reason);
});

Deno.test("systemClock.sleep() rejects at once when the signal has aborted before", async () => {
  const reason = new Error("before");
  const error = await assertRejects(() =>
    systemClock.sleep(60_000, AbortSignal.abort(reason))
  );
  assertStrictEquals(error, reason);
});

Deno.test("manualClock() wakes sleepers in the order they are due", async () => {
  const clock = manualClock();
  const woken: string[] = [];
  const note = (name: string) => () => woken.push(`${name} ${clock.now()}`);
  clock.sleep(30).then(note("c"));
  clock.sleep(10).then(note("a"));
  clock.sleep(20).then(note("b1"));
  clock.sleep(20).then(note("b2"));
  clock.sleep(31).then(note("d"));
  await clock.advance(30);
  assertEquals(woken, ["a 10", "b1 20", "b2 20", "c 30"]);
  assertEquals(clock.sleeping, 1);
  await clock.advance(1);
  assertEquals(clock.sleeping, 0);
});

Deno.test("manualClock() wakes a sleeper as often as it sleeps anew", async () => {
  const clock = manualClock();
  const ticks: number[] = [];
  async function tick(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      await clock.sleep(10);
      ticks.push(clock.now());
    }
  }
  const ticking = tick();
  await clock.advance(100);
  await ticking;
  assertEquals(ticks, [10, 20, 30]);
  assertEquals(clock.now(), 100);
});

Deno.test("manualClock() forgets a sleeper that is aborted", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const slept = clock.sleep(10, controller.signal);
  controller.abort(new Error("off"));
  await assertRejects(() => slept, Error, "off");
  assertEquals(clock.sleeping, 0);
});
