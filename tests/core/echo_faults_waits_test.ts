import { assert, assertEquals } from "@std/assert";
import { setUp, ZERO } from "./echo_faults_server.ts";

Deno.test("withFaults() delays each answer, and they do not wait for each other", async () => {
  const { ask, clock, counts, numbers } = setUp({ delay: 100 });
  ask(0);
  await clock.advance(50);
  ask(1);
  await clock.advance(49);
  assertEquals(numbers(), []);
  await clock.advance(1);
  assertEquals(numbers(), [0]);
  await clock.advance(50);
  assertEquals(numbers(), [0, 1]);
  assertEquals(counts(), { ...ZERO, delayed: 2 });
});

Deno.test("withFaults() keeps the order of a sender whatever the jitter", async () => {
  const { ask, clock, numbers } = setUp({ jitter: 100, duplicate: 10 });
  for (let n = 0; n < 200; n++) {
    ask(n);
    await clock.advance(1);
  }
  await clock.advance(100);
  const order = numbers();
  assert(order.length > 200);
  assertEquals(order, order.toSorted((a, b) => a - b));
});

Deno.test("withFaults() lets delayed answers be overtaken too", async () => {
  const { ask, clock, counts, numbers } = setUp({ delay: 10, reorder: 100 });
  for (let n = 0; n < 4; n++) {
    ask(n);
    await clock.advance(20);
  }
  assertEquals(numbers(), [1, 0, 3, 2]);
  assertEquals(counts(), { ...ZERO, delayed: 4, reordered: 2 });
});

/** How many come behind one that was sent later (RFC 4737). */
function reorderedIn(numbers: readonly number[]): number {
  let highest = -1;
  return numbers.filter((number) => {
    const isReordered = number < highest;
    highest = Math.max(highest, number);
    return isReordered;
  }).length;
}

Deno.test("withFaults() counts what overtakes in a crowd of delayed answers", async () => {
  for (
    const wait of [{ delay: 20 }, { jitter: 20 }, { delay: 5, jitter: 90 }]
  ) {
    const faults = { ...wait, reorder: 20, drop: 5, duplicate: 5 };
    const { ask, clock, counts, numbers } = setUp(faults);
    for (let n = 0; n < 200; n++) {
      ask(n);
      await clock.advance(1);
    }
    await clock.advance(2000);
    const order = numbers();
    const first = order.filter((n, at) => order.indexOf(n) === at);
    assertEquals(first.length, 200 - counts().dropped);
    assert(counts().reordered > 10);
    assertEquals(reorderedIn(first), counts().reordered, JSON.stringify(wait));
  }
});

Deno.test("withFaults() lets services answer late, or not at all", async () => {
  const { ask, clock, counts, datagrams, numbers } = setUp({ duplicate: 100 }, {
    datagram: (data) => Promise.resolve(data[3]! % 2 === 0 ? data : null),
  });
  for (let n = 0; n < 4; n++) ask(n);
  await clock.advance(0);
  assertEquals(numbers().toSorted(), [0, 0, 2, 2]);
  assertEquals(counts(), { ...ZERO, duplicated: 2 });
  assertEquals(datagrams.counters.unanswered, 2);
});

Deno.test("withFaults() ends what waits when the server has stopped", async () => {
  const { ask, clock, datagrams, numbers } = setUp({
    delay: 60_000,
    reorder: 50,
  });
  for (let n = 0; n < 10; n++) ask(n);
  const drained = datagrams.drain(1000);
  await clock.advance(1000);
  await drained;
  await clock.advance(0);
  assertEquals(clock.sleeping, 0);
  assertEquals(numbers().length <= 10, true);
});
