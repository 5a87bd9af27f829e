import { assertEquals } from "@std/assert";
import { visible, visibleJson } from "../../lib/visible.ts";

const CASES: readonly (readonly [text: string, shown: string])[] = [
  ["plain text, ü, 日本語, 🚢", "plain text, ü, 日本語, 🚢"],
  ["", ""],
  ["a\nb\rc\td", "a\\nb\\rc\\td"],
  ["\0\x07\x1b[2J\x7f", "\\x00\\x07\\x1b[2J\\x7f"],
  ["\x80\x9b31m", "\\x80\\x9b31m"],
  ["\u202agpj.exe\u202e", "\\u202agpj.exe\\u202e"],
  ["\u2066x\u2069", "\\u2066x\\u2069"],
  ["\u2028\u2029", "\\u2028\\u2029"],
  ["\u061c\u200e\u200f", "\\u061c\\u200e\\u200f"],
  ["\ud800", "\\ud800"],
  ["C:\\new", "C:\\new"],
];

for (const [text, shown] of CASES) {
  Deno.test(`visible() shows ${shown || "nothing"}`, () => {
    assertEquals(visible(text), shown);
  });
}

Deno.test("visible() leaves no character that a terminal obeys", () => {
  const all = Array.from({ length: 0x3000 }, (_, code) => code);
  const text = visible(String.fromCharCode(...all));
  const obeyed = [...text].filter((char) => /\p{Cc}|\p{Zl}|\p{Zp}/u.test(char));
  assertEquals(obeyed, []);
});

Deno.test("visibleJson() changes the look and not the meaning", () => {
  const value = { name: "\x1b\x7f\x9b\u202e\u2028\ud800 ü\\" };
  const json = visibleJson(JSON.stringify(value));
  assertEquals(json, visible(json));
  assertEquals(JSON.parse(json), value);
});
