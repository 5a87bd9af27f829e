/**
 * RFC 868 on the wire, through 1970, 2036 and 2104.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { decodeTime, encodeTime, eraOf } from "../../lib/time/rfc868.ts";
import { randomOf } from "./random.ts";

/** The four bytes as one number, by another way than the codec's. */
function valueOf(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** Instants and what RFC 868 or plain counting says of them. */
const VECTORS: readonly (readonly [string, number])[] = [
  // The four of the RFC itself.
  ["1970-01-01T00:00:00Z", 2208988800],
  ["1976-01-01T00:00:00Z", 2398291200],
  ["1980-01-01T00:00:00Z", 2524521600],
  ["1983-05-01T00:00:00Z", 2629584000],
  ["1900-01-01T00:00:00Z", 0],
  ["1999-12-31T23:59:59Z", 3155673599],
  // The 32 bits are full, and begin again.
  ["2036-02-07T06:28:13Z", 4294967293],
  ["2036-02-07T06:28:14Z", 4294967294],
  ["2036-02-07T06:28:15Z", 4294967295],
  ["2036-02-07T06:28:16Z", 0],
  ["2036-02-07T06:28:17Z", 1],
  ["2036-02-07T06:28:18Z", 2],
  ["2038-01-19T03:14:07Z", 61505151],
  ["2038-01-19T03:14:08Z", 61505152],
  ["2104-01-01T00:00:00Z", 2142610304],
  ["2172-03-15T12:56:32Z", 0],
];

Deno.test("encodeTime() writes the RFC's vectors and goes on beyond 2036", () => {
  for (const [instant, value] of VECTORS) {
    const bytes = encodeTime(Date.parse(instant));
    assertEquals(bytes.length, 4, instant);
    assertEquals(valueOf(bytes), value, instant);
  }
});

Deno.test("encodeTime() cuts parts of a second off", () => {
  const second = Date.UTC(2036, 1, 7, 6, 28, 15);
  assertEquals(valueOf(encodeTime(second + 999)), 4294967295);
  assertEquals(valueOf(encodeTime(second + 1000)), 0);
  assertEquals(valueOf(encodeTime(-1)), 2208988799);
});

Deno.test("decodeTime() takes a value for the nearest time", () => {
  for (const [instant, value] of VECTORS) {
    const time = Date.parse(instant);
    const bytes = encodeTime(time);
    for (const years of [-67, -1, 0, 1, 67]) {
      const now = time + years * 365.25 * 86_400_000;
      const decoded = decodeTime(bytes, { now });
      assertEquals(decoded.time, time, `${value} seen ${years} years off`);
    }
  }
});

Deno.test("decodeTime() says the era, which begins in 1900, 2036, 2172", () => {
  const eraAt = (instant: string) => {
    const time = Date.parse(instant);
    const { era } = decodeTime(encodeTime(time), { now: time });
    assertEquals(eraOf(time), era, instant);
    return era;
  };
  assertEquals(eraAt("1900-01-01T00:00:00Z"), 0);
  assertEquals(eraAt("2036-02-07T06:28:15Z"), 0);
  assertEquals(eraAt("2036-02-07T06:28:16Z"), 1);
  assertEquals(eraAt("2172-03-15T12:56:31Z"), 1);
  assertEquals(eraAt("2172-03-15T12:56:32Z"), 2);
});

Deno.test("decodeTime() obeys an era that is given", () => {
  const now = Date.UTC(2026, 0);
  const timeIn = (value: number, era: number) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value);
    return new Date(decodeTime(bytes, { now, era }).time).toISOString();
  };
  assertEquals(timeIn(0, 0), "1900-01-01T00:00:00.000Z");
  assertEquals(timeIn(0, 1), "2036-02-07T06:28:16.000Z");
  assertEquals(timeIn(4294967295, 0), "2036-02-07T06:28:15.000Z");
  assertEquals(timeIn(4294967295, 1), "2172-03-15T12:56:31.000Z");
});

Deno.test("decodeTime() reads what is in the middle of a buffer", () => {
  const buffer = new Uint8Array([9, 9, 131, 170, 126, 128, 9]);
  assertEquals(decodeTime(buffer.subarray(2), { now: 0 }).time, 0);
});

Deno.test("decodeTime() refuses less than four bytes", () => {
  assertThrows(() => decodeTime(new Uint8Array(3)), RangeError);
});

Deno.test("the codec agrees with counting in whole numbers of any size", () => {
  const random = randomOf(868);
  for (let round = 0; round < 2000; round++) {
    // Up to the year 5000, and the reader's clock up to 68 years off.
    const seconds = random.below(2 ** 16) * 1_500_000 - 2_208_988_800;
    const time = seconds * 1000 + random.below(1000);
    const wire = BigInt.asUintN(32, BigInt(seconds) + 2_208_988_800n);
    const bytes = encodeTime(time);
    assertEquals(valueOf(bytes), Number(wire), `second ${seconds}`);
    const now = (seconds + random.below(2 ** 32) - 2 ** 31) * 1000;
    assertEquals(decodeTime(bytes, { now }).time, seconds * 1000);
  }
});
