import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { manualClock } from "../../lib/clock.ts";
import { Datagrams } from "../../lib/net/datagrams.ts";
import type { Service } from "../../lib/net/service.ts";
import { echoService } from "../../server/services/echo.ts";
import { fateOf, type Mishap } from "../../server/services/faults/fate.ts";
import { type Faults, withFaults } from "../../server/services/faults.ts";

const LOCAL = { hostname: "192.0.2.1", port: 7007 };

/** A server in memory that sends back numbered datagrams, with faults. */
function setUp(faults: Faults, inner: Service = echoService()) {
  const clock = manualClock();
  const service = withFaults(inner, faults, { clock });
  const sent: { number: number; data: Bytes; to: number }[] = [];
  const datagrams = new Datagrams(service.datagram!, {
    ownPorts: new Set(),
    maxPending: 10_000,
    clock,
  });
  const take = datagrams.from({
    send(data, to) {
      const bytes = data as Bytes;
      const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
      sent.push({ number, data: bytes.slice(), to: (to as Deno.NetAddr).port });
      return Promise.resolve(data.length);
    },
  }, LOCAL);
  const ask = (number: number, port = 40001) =>
    take(question(number), { transport: "udp", hostname: "192.0.2.7", port });
  const counts = () => {
    const all = service.counters?.() ?? {};
    const pick = (name: string) => all[`injected-${name}`];
    return {
      delayed: pick("delayed"),
      dropped: pick("dropped"),
      duplicated: pick("duplicated"),
      reordered: pick("reordered"),
      corrupted: pick("corrupted"),
    };
  };
  return {
    ask,
    clock,
    counts,
    datagrams,
    numbers: () => sent.map(({ number }) => number),
    sent,
  };
}

/** A datagram of 64 bytes that begins with its number. */
function question(number: number): Bytes {
  const data = new Uint8Array(64).fill(number);
  new DataView(data.buffer).setUint32(0, number);
  return data;
}

const ZERO = {
  delayed: 0,
  dropped: 0,
  duplicated: 0,
  reordered: 0,
  corrupted: 0,
};

/** The numbers of the datagrams that have this fate. */
function fated(mishap: Mishap, faults: Faults, count: number): number[] {
  const all = {
    delay: 0,
    jitter: 0,
    drop: 0,
    duplicate: 0,
    reorder: 0,
    corrupt: 0,
    seed: 1,
    ...faults,
  };
  return Array.from({ length: count }, (_, n) => n)
    .filter((n) => fateOf(all, n).mishap === mishap);
}

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
