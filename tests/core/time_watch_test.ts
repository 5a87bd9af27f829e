import { assert, assertEquals } from "@std/assert";
import { startWatch, steadyClock } from "../../client/time/watch.ts";
import { offsetOf } from "../../lib/time/interval.ts";
import { randomOf } from "./random.ts";

/** Two clocks of a machine: what is known of them at any moment. */
function clocks(): {
  /** Lets time go by. */
  pass(ms: number): void;
  /** Sets the one that can be set. */
  set(ms: number): void;
  now(): number;
  steady(): number;
} {
  let [real, set] = [0, 0];
  return {
    pass: (ms) => real += ms,
    set: (ms) => set += ms,
    now: () => Math.floor(real + set),
    steady: () => real,
  };
}

Deno.test("startWatch() tells what our clock showed when nobody sets it", () => {
  const random = randomOf(5);
  const own = clocks();
  for (let round = 0; round < 500; round++) {
    own.pass(random.below(100_000) / 1000);
    const before = own.now();
    const span = startWatch(own);
    own.pass(random.below(100_000) / 1000);
    assertEquals(span(), { sent: before, received: own.now() });
  }
});

Deno.test("startWatch() holds the truth, by the old clock and the new one", () => {
  const random = randomOf(6);
  for (let round = 0; round < 500; round++) {
    const own = clocks();
    own.pass(random.below(1_000_000) / 1000);
    const jump = random.below(20_000) / 1.7 - 6000;
    const ahead = random.below(10_000) - 5000;
    const span = startWatch(own);
    own.pass(random.below(100_000) / 1000);
    // Here the other clock is read, before or after ours is set.
    const time = Math.floor((own.steady() + ahead) / 1000) * 1000;
    own.set(jump);
    own.pass(random.below(100_000) / 1000);
    const { low, high } = offsetOf({ ...span(), time });
    for (const truth of [ahead, ahead - jump]) {
      assert(low <= truth && truth <= high, `${low} <= ${truth} <= ${high}`);
    }
  }
});

Deno.test("startWatch() is longer by the time that the machine slept", () => {
  let [real, steady] = [5000, 0];
  const span = startWatch({ now: () => real, steady: () => steady });
  steady += 10;
  real += 3_600_010;
  assertEquals(span(), { sent: 5000, received: 3_605_010 });
});

Deno.test("steadyClock() goes on when our clock is set", () => {
  const real = Date.now;
  try {
    const clock = steadyClock();
    const before = clock.now();
    assert(Math.abs(before - real()) < 5000);
    Date.now = () => real() - 3_600_000;
    assert(clock.now() >= before);
  } finally {
    Date.now = real;
  }
});
