import { assertEquals } from "@std/assert";
import { withoutEnd } from "../../lib/without_end.ts";

for (
  const [text, letters, rest] of [
    ["a", "/", "a"],
    ["a/", "/", "a"],
    ["/a//b///", "/", "/a//b"],
    ["///", "/", ""],
    ["", "/", ""],
    ["x. . ", ". ", "x"],
    [". .x", ". ", ". .x"],
    ["a\0\0\r\n", "\0\r\n", "a"],
    ["a/", "", "a/"],
  ] as const
) {
  Deno.test(`withoutEnd(${JSON.stringify(text)}, ${JSON.stringify(letters)}) is ${JSON.stringify(rest)}`, () => {
    assertEquals(withoutEnd(text, letters), rest);
  });
}
