import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import {
  columns,
  displayWidth,
  formatBytes,
  formatDuration,
  formatRate,
  styles,
  truncateEnd,
  truncateMiddle,
} from "../../lib/terminal/mod.ts";
import { randomOf } from "./random.ts";

const WIDTHS: readonly (readonly [string, number])[] = [
  ["", 0],
  ["abc", 3],
  ["é", 1],
  ["e\u0301", 1],
  ["\u0301", 0],
  ["日本語", 6],
  ["ｆｕ", 4],
  ["ﾊﾝ", 2],
  ["한국", 4],
  ["\u1112\u1161\u11ab", 2],
  ["👍", 2],
  ["👍🏽", 2],
  ["👨‍👩‍👧", 2],
  ["🇩🇪", 2],
  ["🇩", 1],
  ["❤️", 2],
  ["❤", 1],
  ["1", 1],
  ["…", 1],
  ["\u200b", 0],
  ["नमस्ते", 4],
  ["Ω", 1],
];

Deno.test("displayWidth() counts columns as terminals do", () => {
  for (const [text, width] of WIDTHS) {
    assertEquals(displayWidth(text), width, JSON.stringify(text));
  }
});

Deno.test("truncateMiddle() keeps both ends and never gets too wide", () => {
  assertEquals(truncateMiddle("abcdef", 6), "abcdef");
  assertEquals(truncateMiddle("abcdefg", 6), "abc…fg");
  assertEquals(truncateMiddle("日本語日本語", 6), "日…語");
  assertEquals(truncateMiddle("abc", 1), "…");
  assertEquals(truncateMiddle("abc", 0), "");
  assertEquals(truncateEnd("abcdef", 4), "abc…");
  const random = randomOf(3);
  for (let round = 0; round < 500; round++) {
    const text = Array.from(
      { length: random.below(20) },
      () => random.pick(["a", "日", "e\u0301", "👍", "ｆ"]),
    ).join("");
    const width = random.below(20);
    for (const cut of [truncateMiddle(text, width), truncateEnd(text, width)]) {
      assertLessOrEqual(displayWidth(cut), width, `${text} in ${width}`);
    }
  }
});

Deno.test("formatBytes() takes at most 8 characters and rounds down", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [102_399, "99.9 KiB"],
    [102_400, "100 KiB"],
    [1_048_575, "1023 KiB"],
    [1_048_576, "1.0 MiB"],
    [5 * 2 ** 30, "5.0 GiB"],
    [2 ** 53, "8.0 PiB"],
    [-5, "0 B"],
  ];
  for (const [bytes, text] of cases) assertEquals(formatBytes(bytes), text);
  assertEquals(formatRate(2048), "2.0 KiB/s");
});

Deno.test("formatDuration() takes at most 8 characters", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0:00"],
    [59.9, "0:59"],
    [60, "1:00"],
    [3599, "59:59"],
    [3600, "1:00:00"],
    [86_399, "23:59:59"],
    [86_400, "1d 00h"],
    [999 * 86_400, "999d 00h"],
    [1000 * 86_400, "-:--"],
    [Infinity, "-:--"],
    [NaN, "-:--"],
    [-1, "0:00"],
  ];
  for (const [seconds, text] of cases) {
    assertEquals(formatDuration(seconds), text);
  }
});

Deno.test("columns() fills columns from top to bottom", () => {
  const names = ["a", "bb", "ccc", "d", "e"];
  assertEquals(columns(names, 80), ["a  bb  ccc  d  e"]);
  assertEquals(columns(names, 9), ["a    d", "bb   e", "ccc"]);
  assertEquals(columns(names, 3), names);
  assertEquals(columns([], 80), []);
});

Deno.test("columns() measures wide names and makes control characters visible", () => {
  assertEquals(columns(["日本", "a", "b", "c"], 9), ["日本  b", "a     c"]);
  assertEquals(columns(["a\x1b[2Jb"], 80), ["a\\x1b[2Jb"]);
  assertEquals(columns(["abcdefghij"], 5), ["ab…ij"]);
});

Deno.test("columns() styles names after measuring them", () => {
  const { blue } = styles(true);
  const lines = columns(["a", "b"], 80, {
    style: (name, at) => at === 0 ? blue(name) : name,
  });
  assertEquals(lines, ["\x1b[34ma\x1b[39m  b"]);
});

Deno.test("columns() never makes a line too wide", () => {
  const random = randomOf(11);
  for (let round = 0; round < 200; round++) {
    const names = Array.from(
      { length: random.below(40) },
      () => random.pick(["x", "日", "longer"]).repeat(1 + random.below(5)),
    );
    const width = 1 + random.below(60);
    const lines = columns(names, width);
    for (const line of lines) {
      assertLessOrEqual(displayWidth(line), width);
    }
    if (width >= 30) {
      assert(names.every((name) => lines.some((line) => line.includes(name))));
    }
  }
});

Deno.test("styles() leaves text alone without colours", () => {
  const plain = styles(false);
  for (const style of Object.values(plain)) assertEquals(style("x"), "x");
  assertEquals(styles(true).red(""), "");
});
