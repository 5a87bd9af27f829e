import { assert, assertEquals } from "@std/assert";
import { isGlob, matchesGlob } from "../../lib/glob.ts";

const MATCHES: readonly [pattern: string, names: string, others: string][] = [
  // Names are separated by spaces.
  ["a", "a", "b aa A"],
  ["", "", "a"],
  ["*", "a ab *", ".a . .."],
  ["**", "a ab", ".a"],
  ["a*", "a ab a.b", "ba .a"],
  ["*a", "a ba aa aba", "ab .a"],
  ["*.txt", "a.txt a.b.txt", "txt a.txt2 .txt"],
  ["a*b*c", "abc aXbYc abbcc abcabc", "ab ac acb"],
  ["*a*b*", "ab xaxbx", "ba"],
  ["?", "a ä 😀 ?", "aa ."],
  ["??", "ab 😀a", "a abc .a"],
  ["a?c", "abc a😀c a.c", "ac abbc"],
  [".*", ".a .ab .", "a a.b"],
  [".?", ".a", ". .ab a"],
  ["[a]", "a", "b [a]"],
  ["[abc]", "a b c", "d ab"],
  ["[a-c]", "a b c", "d - A"],
  ["[a-c0-9]x", "ax 5x", "dx x"],
  ["[!a]", "b ä", "a ."],
  ["[^a-c]", "d", "a b c"],
  ["[a-]", "a -", "b"],
  ["[-a]", "a -", "b"],
  ["[]]", "]", "[ a"],
  ["[]a]", "] a", "b"],
  ["[!]]", "a", "]"],
  ["[!]a]b", "xb", "]b ab"],
  ["[z-a]", "", "a m z -"],
  ["[", "[", "a"],
  ["[a", "[a", "a"],
  ["a[", "a[", "a"],
  ["[]", "[]", "[ ]"],
  ["[!]", "[!]", "!"],
  ["[.]a", "", ".a"],
  ["[*]", "*", "a"],
  ["[?]", "?", "a"],
  ["ä*", "ä äö", "a"],
  ["[ä-ü]", "ö", "a"],
  ["\\*", "\\ \\a", "* a"],
  ["a.b", "a.b", "aXb"],
  ["a+(b)$", "a+(b)$", "ab aab"],
];

for (const [pattern, names, others] of MATCHES) {
  Deno.test(`matchesGlob() knows what ${JSON.stringify(pattern)} matches`, () => {
    for (const name of names.split(" ")) {
      if (name === "" && pattern !== "") continue;
      assert(matchesGlob(pattern, name), `should match ${name}`);
    }
    for (const name of others.split(" ")) {
      assert(!matchesGlob(pattern, name), `should not match ${name}`);
    }
  });
}

Deno.test("isGlob() is true for the characters that make a pattern", () => {
  const patterns = ["*", "a?", "[a", "x*y"];
  const plain = ["", "a", "]", "a.b", "{a,b}", "\\", "!"];
  assertEquals(patterns.map(isGlob), patterns.map(() => true));
  assertEquals(plain.map(isGlob), plain.map(() => false));
});

Deno.test("matchesGlob() takes no time for patterns that defeat others", () => {
  const name = "a".repeat(255);
  const patterns = [
    "*a".repeat(1000) + "b",
    "*".repeat(4000) + "b",
    "a*".repeat(1000) + "b",
    "?*".repeat(500) + "b",
    "*[a-z]".repeat(600) + "b",
    `*[${"a-z".repeat(1300)}]b`,
    "[".repeat(4000),
    "*[!b]".repeat(800),
  ];
  const began = performance.now();
  for (const pattern of patterns) assert(!matchesGlob(pattern, name), pattern);
  // Half a million steps each; what grows exponentially takes ages.
  assert(performance.now() - began < 2000);
});
