import { assertEquals } from "@std/assert";
import { namesAndNumbers, splitWords } from "../../lib/ftp/words.ts";

/** Words; those that were in quotes have a star behind them. */
const WORDS: readonly [argument: string, words: string[] | null][] = [
  ["", []],
  ["  ", []],
  ["a", ["a"]],
  [" a  b ", ["a", "b"]],
  ['"a b" c', ["a b*", "c"]],
  ['"say ""hi""" x', ['say "hi"*', "x"]],
  ['""', ["*"]],
  ['"" ""', ["*", "*"]],
  ['""""', ['"*']],
  ["it's a\ttab", ["it's", "a\ttab"]],
  ['a"b', ['a"b']],
  ["ä 😀", ["ä", "😀"]],
  ['"a', null],
  ['"a""', null],
  ['"a"b', null],
  ['a "b', null],
  ['"', null],
];

for (const [argument, words] of WORDS) {
  Deno.test(`splitWords(${JSON.stringify(argument)}) finds ${words?.length ?? "no"} words`, () => {
    const found = splitWords(argument);
    assertEquals(
      found?.map(({ text, isQuoted }) => `${text}${isQuoted ? "*" : ""}`) ??
        null,
      words,
    );
  });
}

/** Readings, as `name|numbers`. */
const READINGS: readonly [argument: string, readings: string[]][] = [
  ["a", ["a|"]],
  ["a b", ["a b|"]],
  ["a 5", ["a 5|", "a|5"]],
  ["a 5 6", ["a 5 6|", "a|5,6"]],
  ["a 4 5 6", ["a 4 5 6|", "a 4|5,6"]],
  ["5 6", ["5 6|", "5|6"]],
  ["a -5", ["a -5|"]],
  ["a 5.5", ["a 5.5|"]],
  ["a 1234567890123456", ["a 1234567890123456|"]],
  ['"a b"', ["a b|"]],
  ['"a 1" 5 6', ["a 1|5,6"]],
  ['"a" 5 6 7', []],
  ['"a" x', ['"a" x|']],
  ['"a', ['"a|']],
  ['a"b 5', ['a"b 5|', 'a"b|5']],
];

for (const [argument, readings] of READINGS) {
  Deno.test(`namesAndNumbers(${JSON.stringify(argument)}) has ${readings.length} readings`, () => {
    assertEquals(
      namesAndNumbers(argument)
        .map(({ name, numbers }) => `${name}|${numbers.join()}`),
      readings,
    );
  });
}

Deno.test("splitWords() takes no longer than its argument lets it", () => {
  const long = '"'.repeat(100_001);
  const began = performance.now();
  assertEquals(splitWords(`${long}x`), null);
  assertEquals(splitWords(long), null);
  assertEquals(namesAndNumbers(`${"1 ".repeat(50_000)}x`).length, 1);
  const took = performance.now() - began;
  assertEquals(took < 10_000, true, `${took} ms`);
});
