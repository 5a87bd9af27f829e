import { assertEquals } from "@std/assert";
import { formatTime, parseTime } from "../../lib/ftp/time.ts";

const TIMES: readonly [text: string, iso: string | null][] = [
  ["19700101000000", "1970-01-01T00:00:00.000Z"],
  ["20240229123456", "2024-02-29T12:34:56.000Z"],
  ["20000229000000", "2000-02-29T00:00:00.000Z"],
  ["19691231235959", "1969-12-31T23:59:59.000Z"],
  ["00000101000000", "0000-01-01T00:00:00.000Z"],
  ["00991231235959", "0099-12-31T23:59:59.000Z"],
  ["99991231235959", "9999-12-31T23:59:59.000Z"],
  // A leap second is the first second of the next minute.
  ["20161231235960", "2017-01-01T00:00:00.000Z"],
  ["20240101000060", "2024-01-01T00:01:00.000Z"],
  ["20240101000000.5", "2024-01-01T00:00:00.500Z"],
  ["20240101000000.001", "2024-01-01T00:00:00.001Z"],
  ["20240101000000.999999999", "2024-01-01T00:00:00.999Z"],
  ["20240101000000.0009", "2024-01-01T00:00:00.000Z"],
  ["", null],
  ["2024", null],
  ["202401010000", null],
  ["2024010100000", null],
  ["202401010000000", null],
  ["20240101000000.", null],
  ["20240101000000.0123456789", null],
  ["20240101000000,5", null],
  ["20240101000000Z", null],
  [" 20240101000000", null],
  ["20240101000000\n", null],
  ["20230229000000", null],
  ["19000229000000", null],
  ["20240230000000", null],
  ["20240431000000", null],
  ["20240100000000", null],
  ["20240132000000", null],
  ["20240001000000", null],
  ["20241301000000", null],
  ["20240101240000", null],
  ["20240101006000", null],
  ["20240101000061", null],
  ["-0240101000000", null],
  ["2024010100000x", null],
  ["٢0240101000000", null],
];

for (const [text, iso] of TIMES) {
  Deno.test(`parseTime() reads ${JSON.stringify(text)}`, () => {
    assertEquals(parseTime(text)?.toISOString() ?? null, iso);
  });
}

Deno.test("parseTime() reads every thousandth of a second", () => {
  for (let ms = 0; ms < 1000; ms++) {
    const text = `20240101000000.${String(ms).padStart(3, "0")}`;
    assertEquals(parseTime(text)?.getUTCMilliseconds(), ms, text);
  }
});

const SHOWN: readonly [milliseconds: number, text: string][] = [
  [0, "19700101000000"],
  [999, "19700101000000"],
  [-1, "19691231235959"],
  [Date.UTC(2024, 1, 29, 1, 2, 3), "20240229010203"],
  [Date.UTC(9999, 11, 31, 23, 59, 59, 999), "99991231235959"],
  [Date.UTC(10000, 0, 1), "99991231235959"],
  [8.64e15, "99991231235959"],
  [-62167219200000, "00000101000000"],
  [-62167219200001, "00000101000000"],
  [-8.64e15, "00000101000000"],
  [NaN, "19700101000000"],
  [Infinity, "19700101000000"],
];

for (const [milliseconds, text] of SHOWN) {
  Deno.test(`formatTime() writes ${milliseconds} ms as ${text}`, () => {
    assertEquals(formatTime(new Date(milliseconds)), text);
  });
}

Deno.test("formatTime() writes what parseTime() reads", () => {
  for (const [text, iso] of TIMES) {
    if (iso === null) continue;
    const time = parseTime(text)!;
    time.setUTCMilliseconds(0);
    assertEquals(parseTime(formatTime(time)), time);
  }
});
