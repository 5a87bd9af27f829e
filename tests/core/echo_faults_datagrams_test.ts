import { assert, assertEquals, assertThrows } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { echoService } from "../../server/services/echo.ts";
import { withFaults } from "../../server/services/faults.ts";
import { fated, LOCAL, question, setUp, ZERO } from "./echo_faults_server.ts";

Deno.test("withFaults() drops the datagrams that are to be dropped, and counts them", async () => {
  const faults = { drop: 10, seed: 5 };
  const { ask, clock, counts, numbers } = setUp(faults);
  for (let n = 0; n < 1000; n++) ask(n);
  await clock.advance(0);
  const lost = new Set(fated("drop", faults, 1000));
  assert(lost.size > 50);
  assertEquals(
    numbers(),
    Array.from({ length: 1000 }, (_, n) => n).filter((n) => !lost.has(n)),
  );
  assertEquals(counts(), { ...ZERO, dropped: lost.size });
});

Deno.test("withFaults() answers datagrams twice, in their place, and counts what was sent", async () => {
  const faults = { duplicate: 20 };
  const { ask, clock, counts, datagrams, numbers } = setUp(faults);
  for (let n = 0; n < 500; n++) ask(n);
  await clock.advance(0);
  const twice = new Set(fated("duplicate", faults, 500));
  assert(twice.size > 50);
  assertEquals(
    numbers(),
    Array.from({ length: 500 }, (_, n) => twice.has(n) ? [n, n] : [n]).flat(),
  );
  assertEquals(counts(), { ...ZERO, duplicated: twice.size });
  assertEquals(datagrams.counters.answered, 500 + twice.size);
  assertEquals(datagrams.counters.bytesSent, (500 + twice.size) * 64);
});

Deno.test("withFaults() lets the next datagram overtake, and counts what was overtaken", async () => {
  const faults = { reorder: 20 };
  const { ask, clock, counts, numbers } = setUp(faults);
  for (let n = 0; n < 500; n++) {
    ask(n);
    await clock.advance(0);
  }
  await clock.advance(2000);
  const order = numbers();
  assertEquals(
    order.toSorted((a, b) => a - b),
    Array.from({ length: 500 }, (_, n) => n),
  );
  // As a client counts: whoever comes behind a later one.
  let highest = -1;
  let reordered = 0;
  for (const n of order) {
    if (n < highest) reordered++;
    highest = Math.max(highest, n);
  }
  assert(reordered > 50);
  assertEquals(counts(), { ...ZERO, reordered });
});

Deno.test("withFaults() overtakes by one datagram, and the second of two in a row goes first", async () => {
  const faults = { reorder: 100 };
  const { ask, clock, counts, numbers } = setUp(faults);
  for (let n = 0; n < 4; n++) {
    ask(n);
    await clock.advance(0);
  }
  assertEquals(numbers(), [1, 0, 3, 2]);
  assertEquals(counts(), { ...ZERO, reordered: 2 });
});

Deno.test("withFaults() sends an answer that nobody overtakes after a while, and does not count it", async () => {
  const { ask, clock, counts, numbers } = setUp({ reorder: 100 });
  ask(0);
  await clock.advance(1499);
  assertEquals(numbers(), []);
  await clock.advance(1);
  assertEquals(numbers(), [0]);
  assertEquals(counts(), ZERO);
  ask(1);
  ask(2);
  await clock.advance(0);
  assertEquals(numbers(), [0, 2, 1]);
});

Deno.test("withFaults() does not let the datagrams of another sender overtake", async () => {
  const { ask, clock, numbers } = setUp({ reorder: 100 });
  ask(0, 40001);
  ask(10, 40002);
  await clock.advance(0);
  assertEquals(numbers(), []);
  ask(11, 40002);
  await clock.advance(0);
  assertEquals(numbers(), [11, 10]);
});

Deno.test("withFaults() flips one bit of the second half, and counts it", async () => {
  const faults = { corrupt: 15, seed: 8 };
  const { ask, clock, counts, sent } = setUp(faults);
  for (let n = 0; n < 500; n++) ask(n);
  await clock.advance(0);
  const wrong = sent.filter(({ number, data }) => {
    const right = question(number);
    const bits = data.map((byte, at) => byte ^ right[at]!);
    const flipped = [...bits].filter((byte) => byte !== 0);
    if (flipped.length === 0) return false;
    assertEquals(flipped.length, 1);
    assert(Number.isInteger(Math.log2(flipped[0]!)));
    assert(bits.findIndex((byte) => byte !== 0) >= 32);
    return true;
  });
  assertEquals(
    wrong.map(({ number }) => number),
    fated("corrupt", faults, 500),
  );
  assertEquals(counts(), { ...ZERO, corrupted: wrong.length });
});

Deno.test("withFaults() leaves a datagram without bytes right", async () => {
  const clock = manualClock();
  const service = withFaults(echoService(), { corrupt: 100 }, { clock });
  const context = {
    peer: LOCAL,
    local: LOCAL,
    signal: new AbortController().signal,
  };
  assertEquals(
    await service.datagram!(new Uint8Array(0), context),
    new Uint8Array(0),
  );
  assertEquals(service.counters?.()["injected-corrupted"], 0);
});

Deno.test("withFaults() gives every sender the same faults, from its first datagram", async () => {
  const { ask, clock, sent } = setUp({ drop: 30, duplicate: 30 });
  for (let n = 0; n < 100; n++) {
    for (const port of [40001, 40002, 40003]) ask(n, port);
  }
  await clock.advance(0);
  const seen = (port: number) =>
    sent.filter(({ to }) => to === port).map(({ number }) => number);
  assertEquals(seen(40002), seen(40001));
  assertEquals(seen(40003), seen(40001));
});

Deno.test("withFaults() forgets the quietest of more than 1,024 senders", async () => {
  const faults = { drop: 50 };
  const [first = 0] = fated("drop", faults, 100);
  assert(first > 0);
  const { ask, clock, numbers } = setUp(faults);
  for (let n = 0; n < first; n++) ask(n, 40000);
  for (let port = 1; port <= 1024; port++) ask(first, 41000 + port);
  await clock.advance(0);
  const before = numbers().length;
  // Its next datagram would have been dropped; now it is its first again.
  ask(first, 40000);
  await clock.advance(0);
  assertEquals(numbers().length - before, 1);
});

Deno.test("withFaults() refuses percentages and times that make no sense", () => {
  const refused = [
    { drop: 101 },
    { drop: -1 },
    { corrupt: NaN },
    { drop: 50, duplicate: 25, reorder: 25, corrupt: 0.1 },
    { delay: -1 },
    { jitter: NaN },
  ];
  for (const faults of refused) {
    assertThrows(() => withFaults(echoService(), faults), RangeError);
  }
});
