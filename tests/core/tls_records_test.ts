import { assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { recordCutter } from "../../lib/net/tls/records.ts";
import { joined } from "./byte_cases.ts";

/** A record whose body has this length. */
function record(length: number): Bytes {
  const bytes = new Uint8Array(5 + length).fill(23);
  bytes.set([23, 3, 3, length >> 8, length & 0xff]);
  return bytes;
}

/** Where the pieces end when `bytes` are read in portions of `size`. */
function ends(bytes: Bytes, size: number, every = false): number[] {
  const cutter = recordCutter();
  if (every) cutter.cutEveryRecord();
  const found: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const portion = bytes.subarray(at, Math.floor(at / size) * size + size);
    at += cutter.cut(portion);
    if (cutter.mayHaveEnded()) found.push(at);
  }
  return found;
}

const MIXED = joined([
  record(16_384),
  record(19),
  record(100),
  record(2),
  record(0),
  record(64),
  record(65),
]);
/** Behind the short ones. */
const SHORT = [16_413, 16_525, 16_530, 16_599];

Deno.test("recordCutter() cuts behind each short record, however the bytes arrive", () => {
  for (const size of [1, 2, 3, 4, 5, 6, 7, 100, 4096, 16_400, 1 << 20]) {
    assertEquals(ends(MIXED, size), SHORT, `${size} at a time`);
  }
});

Deno.test("recordCutter() cuts behind every record when it is told to", () => {
  const all = [16_389, 16_413, 16_518, 16_525, 16_530, 16_599, 16_669];
  for (const size of [1, 5, 4096, 1 << 20]) {
    assertEquals(ends(MIXED, size, true), all, `${size} at a time`);
  }
});

Deno.test("recordCutter() takes long records whole, many at a time", () => {
  const many = joined(Array.from({ length: 10 }, () => record(16_384)));
  const cutter = recordCutter();
  assertEquals(cutter.cut(many), many.length);
  assertEquals(cutter.mayHaveEnded(), false);
});

Deno.test("recordCutter() can be told to cut in the middle of a record", () => {
  const cutter = recordCutter();
  const long = record(1000);
  assertEquals(cutter.cut(long.subarray(0, 500)), 500);
  cutter.cutEveryRecord();
  assertEquals(cutter.cut(joined([long.subarray(500), record(9)])), 505);
  assertEquals(cutter.mayHaveEnded(), true);
});

Deno.test("recordCutter() knows plain text only where any record may be the last", () => {
  const records = recordCutter();
  const text = new TextEncoder().encode("PWD\r\n");
  assertEquals(records.isPlainText(text), false);
  records.cutEveryRecord();
  assertEquals(records.isPlainText(text), true);
  for (const type of [20, 21, 22, 23]) {
    assertEquals(records.isPlainText(Uint8Array.of(type)), false);
  }
  // The middle of a record may look like anything.
  records.cut(Uint8Array.of(23, 3, 3, 0, 6, 0x50));
  assertEquals(records.isPlainText(text), false);
  records.cut(text);
  assertEquals(records.isPlainText(text), true);
});
