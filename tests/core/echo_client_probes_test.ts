import { assert, assertEquals } from "@std/assert";
import { Alarm } from "../../client/echo/alarm.ts";
import { Ledger } from "../../client/echo/ledger.ts";
import { matchDatagram } from "../../client/echo/match.ts";
import {
  createPayloads,
  HEADER_LENGTH,
  type Payloads,
  type Probe,
} from "../../client/echo/payload.ts";
import { sizesOf } from "../../client/echo/sizes.ts";
import { StreamMatcher } from "../../client/echo/stream_match.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { manualClock } from "../../lib/clock.ts";

function bytesOf(payloads: Payloads, probe: Probe): Bytes {
  return payloads.write(new Uint8Array(probe.size), probe).slice();
}

/** Some probes of one session, and what they carry. */
function sent(sizes: readonly number[], session = 0xcafe) {
  const ledger = new Ledger({ capacity: 4096, timeout: 1000 });
  const payloads = createPayloads(session, Math.max(...sizes));
  const probes = sizes.map((size, n) => ledger.add(size, n * 10.25));
  const bytes = probes.map((probe) => bytesOf(payloads, probe));
  return { ledger, payloads, probes, bytes };
}

Deno.test("a probe carries its number, up to 48 bits, in a header", () => {
  const payloads = createPayloads(0xffff_ffff, 100);
  for (const sequence of [0, 1, 250, 251, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1]) {
    const probe = { sequence, size: 100, start: 1e9 };
    assertEquals(payloads.sequenceOf(bytesOf(payloads, probe)), sequence);
  }
});

Deno.test("a header with any wrong bit is none", () => {
  const payloads = createPayloads(1, 24);
  const bytes = bytesOf(payloads, { sequence: 5, size: 24, start: 7 });
  for (let bit = 0; bit < HEADER_LENGTH * 8; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    assertEquals(payloads.sequenceOf(bytes), null, `bit ${bit}`);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
  }
  assertEquals(payloads.sequenceOf(bytes), 5);
  assertEquals(payloads.sequenceOf(bytes.subarray(0, 23)), null);
});

Deno.test("a header of another session is known as that", () => {
  const probe = { sequence: 5, size: 56, start: 7 };
  const foreign = bytesOf(createPayloads(2, 56), probe);
  assertEquals(createPayloads(1, 56).sequenceOf(foreign), "foreign");
});

Deno.test("differsAt() finds each wrong byte, wherever a comparison begins", () => {
  const payloads = createPayloads(9, 600);
  const probe = { sequence: 3, size: 600, start: 1 };
  const bytes = bytesOf(payloads, probe);
  for (const at of [0, 1, 23, 24, 25, 255, 256, 512, 599]) {
    const wrong = bytes.slice();
    wrong[at]! ^= 1;
    assertEquals(payloads.differsAt(wrong, probe), at);
    for (const from of [0, 7, 23, 24, 300]) {
      const expected = from <= at ? at : null;
      assertEquals(
        payloads.differsAt(wrong.subarray(from), probe, from),
        expected,
      );
    }
  }
});

Deno.test("the pattern shows bytes that are missing, moved or repeated", () => {
  const payloads = createPayloads(9, 5000);
  const probe = { sequence: 3, size: 5000, start: 1 };
  const bytes = bytesOf(payloads, probe);
  for (const by of [1, 2, 16, 255, 256, 512, 1024, 4096]) {
    const moved = bytes.slice(0, 5000 - by);
    moved.set(bytes.subarray(100 + by, 5000), 100);
    assertEquals(payloads.differsAt(moved, probe), 100, `by ${by}`);
  }
});

Deno.test("matchDatagram() knows every probe again, among many", () => {
  const sizes = Array.from({ length: 300 }, (_, n) => 24 + n);
  const { ledger, payloads, probes, bytes } = sent(sizes);
  for (const n of [299, 0, 150]) {
    const match = matchDatagram(bytes[n]!, ledger, payloads);
    assertEquals([match?.probe, match?.wrongAt], [probes[n], null]);
  }
});

Deno.test("matchDatagram() finds the probe of a reply with any four wrong bytes", () => {
  const { ledger, payloads, probes, bytes } = sent(new Array(200).fill(56));
  for (let at = 0; at + 4 <= HEADER_LENGTH; at++) {
    const wrong = bytes[77]!.slice();
    for (let n = 0; n < 4; n++) wrong[at + n]! ^= 0xff;
    const match = matchDatagram(wrong, ledger, payloads);
    assertEquals([match?.probe, match?.wrongAt], [probes[77], at]);
  }
});

Deno.test("matchDatagram() takes nothing for a reply that is too unlike all", () => {
  const { ledger, payloads, bytes } = sent(new Array(20).fill(56));
  const random = new Uint8Array(56).map((_, n) => n * 37);
  assertEquals(matchDatagram(random, ledger, payloads), null);
  const wrong = bytes[7]!.slice();
  wrong.fill(0, 0, 8);
  assertEquals(matchDatagram(wrong, ledger, payloads), null);
});

Deno.test("matchDatagram() prefers a probe that is under way", () => {
  const { ledger, payloads, probes } = sent([56, 56, 56]);
  ledger.settle(0, 30);
  const match = matchDatagram(new Uint8Array(0), ledger, payloads);
  assertEquals(
    match?.probe,
    probes[1],
    "the oldest under way was cut to nothing",
  );
});

Deno.test("matchDatagram() tells the last 16 short probes by their bytes", () => {
  for (const size of [4, 8, 23]) {
    const { ledger, payloads, probes, bytes } = sent(new Array(40).fill(size));
    for (let n = 24; n < 40; n++) {
      const match = matchDatagram(bytes[n]!, ledger, payloads);
      assertEquals(match?.probe, probes[n], `${size} bytes`);
    }
  }
});

Deno.test("matchDatagram() finds any wrong bit of a single byte", () => {
  const { ledger, payloads, probes, bytes } = sent(new Array(300).fill(1));
  for (let n = 0; n < 299; n++) ledger.settle(n, 1);
  for (let bit = 0; bit < 8; bit++) {
    const wrong = new Uint8Array([bytes[299]![0]! ^ 1 << bit]);
    const match = matchDatagram(wrong, ledger, payloads);
    assertEquals(
      [match?.probe, match?.wrongAt],
      [probes[299], 0],
      `bit ${bit}`,
    );
  }
});

Deno.test("a ledger forgets, but says so", () => {
  const ledger = new Ledger({ capacity: 64, timeout: 10 });
  for (let n = 0; n < 100; n++) {
    ledger.add(1, n);
    ledger.settle(n, n + 1);
  }
  assertEquals(ledger.find(35), undefined);
  assertEquals(ledger.settle(35, 200), undefined);
  assertEquals(ledger.settle(36, 200)?.status, "duplicate");
  assertEquals([ledger.find(-1), ledger.find(100)], [undefined, undefined]);
});

Deno.test("a ledger has room for half of what it remembers", () => {
  const ledger = new Ledger({ capacity: 64, timeout: 10 });
  let added = 0;
  while (ledger.hasRoom) {
    ledger.add(1, 0);
    added++;
  }
  assertEquals([added, ledger.waiting], [32, 32]);
  ledger.settle(0, 1);
  assert(ledger.hasRoom);
});

Deno.test("a ledger gives up what has had its time, the oldest first", () => {
  const ledger = new Ledger({ capacity: 64, timeout: 10 });
  for (const start of [0, 5, 6]) ledger.add(1, start);
  ledger.settle(0, 3);
  assertEquals(ledger.nextExpiry, 15);
  const lost: number[] = [];
  ledger.expire(14.9, (probe) => lost.push(probe.sequence));
  assertEquals(lost, []);
  ledger.expire(16, (probe) => lost.push(probe.sequence));
  assertEquals([lost, ledger.waiting, ledger.nextExpiry], [
    [1, 2],
    0,
    Infinity,
  ]);
});

Deno.test("a stream's replies are found at every border of its pieces", () => {
  const sizes = [1, 30, 2, 100];
  const whole = new Uint8Array(133);
  const { bytes } = sent(sizes);
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.length;
  }
  for (let border = 0; border <= whole.length; border++) {
    const { ledger, payloads } = sent(sizes);
    const matcher = new StreamMatcher(ledger, payloads);
    const parts = [whole.slice(0, border), whole.slice(border)];
    const found = parts.flatMap((part) => [...matcher.take(part)]);
    assertEquals(found.map((match) => match?.probe.sequence), [0, 1, 2, 3]);
    assert(found.every((match) => match?.wrongAt === null));
  }
});

Deno.test("an alarm rings once, at its time or before", async () => {
  const clock = manualClock();
  const alarm = new Alarm(clock);
  let woken = 0;
  const wait = (until: number) => alarm.wait(until).then(() => woken++);
  wait(100);
  await clock.advance(99);
  assertEquals(woken, 0);
  await clock.advance(1);
  assertEquals(woken, 1);
  wait(1000);
  alarm.ring();
  await clock.advance(0);
  assertEquals(woken, 2);
  wait(150); // Earlier than the timer that is still set.
  await clock.advance(50);
  assertEquals(woken, 3);
  wait(2000); // The timer at 1000 must not wake it.
  await clock.advance(1500);
  assertEquals(woken, 3);
  await clock.advance(500);
  assertEquals(woken, 4);
  alarm.close();
  assertEquals(clock.sleeping, 0);
});

Deno.test("an alarm sets few timers, however often one waits", async () => {
  const clock = manualClock();
  const alarm = new Alarm(clock);
  for (let n = 0; n < 1000; n++) {
    const waited = alarm.wait(100 + n);
    alarm.ring();
    await waited;
  }
  assertEquals(clock.sleeping, 1);
  for (let n = 0; n < 50; n++) {
    const waited = alarm.wait(clock.now() + 1);
    await clock.advance(1);
    await waited;
    alarm.wait(clock.now() + 2000);
    alarm.ring();
  }
  assertEquals(clock.sleeping, 1, "the first one is still the next");
  alarm.close();
});

Deno.test("sizesOf() spreads a sweep evenly, both ends included", () => {
  const row = (...args: Parameters<typeof sizesOf>) => {
    const { count, at } = sizesOf(...args);
    return Array.from({ length: count }, (_, n) => at(n));
  };
  assertEquals(row({ from: 3, to: 6 }), [3, 4, 5, 6]);
  assertEquals(row({ from: 0, to: 9 }, 4), [0, 3, 6, 9]);
  assertEquals(row({ from: 0, to: 1 }, 4), [0, 0, 1, 1]);
  assertEquals(row({ from: 5, to: 5 }), [5]);
  assertEquals(row({ from: 5, to: 9 }, 1), [5]);
  assertEquals(row(7, 2), [7, 7]);
  assertEquals(sizesOf(7).count, Infinity);
});
