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

Deno.test("Watchdog.set() waits for long deadlines of all with one timer", () => {
  using time = standingTime();
  const barks: number[] = [];
  const dogs = Array.from({ length: 100 }, (_, at) => {
    return new Watchdog(() => barks.push(at));
  });
  dogs.forEach((dog, at) => dog.set(20_000 + at));
  assertEquals([time.timers, time.intervals], [0, 1]);
  dogs[1]!.set(60_000);
  time.pass(20_000);
  assertEquals(barks, [0]);
  time.pass(99);
  assertEquals(barks.length, 99);
  dogs[1]!.clear();
  assertEquals([time.timers, time.intervals], [0, 0]);
});

Deno.test("Watchdog.set() brings a long deadline near with a timer of its own", () => {
  using time = standingTime();
  const dog = new Watchdog(() => {});
  dog.set(300_000);
  dog.set(1000);
  assertEquals([time.timers, time.intervals], [1, 0]);
  dog.set(300_000); // The timer finds the deadline moved away.
  time.pass(1000);
  assertEquals([time.timers, time.intervals], [0, 1]);
  dog.clear();
  assertEquals([time.timers, time.intervals], [0, 0]);
});

/** Timers of this thread, fired by hand. Nothing else may wait meanwhile. */
function standingTime() {
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
  const now = performance.now.bind(performance);
  type Timers = Map<number, () => void>;
  const [once, often]: [Timers, Timers] = [new Map(), new Map()];
  let [at, last] = [1000, 0];
  const adds = (to: Timers) => (act: () => void) => {
    to.set(++last, act);
    return last;
  };
  const drops = (of: Timers) => (id: number) => of.delete(id);
  Object.assign(globalThis, {
    setTimeout: adds(once),
    clearTimeout: drops(once),
    setInterval: adds(often),
    clearInterval: drops(often),
  });
  performance.now = () => at;
  return {
    get timers() {
      return once.size;
    },
    get intervals() {
      return often.size;
    },
    pass(milliseconds: number) {
      at += milliseconds;
      for (const [id, act] of once) once.delete(id) && act();
      for (const act of often.values()) act();
    },
    [Symbol.dispose]() {
      const timers = { setTimeout, clearTimeout, setInterval, clearInterval };
      Object.assign(globalThis, timers);
      performance.now = now;
    },
  };
}
