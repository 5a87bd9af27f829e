import { assertEquals } from "@std/assert";
import { formatReply, lastReply, reply } from "../../lib/ftp/reply.ts";
import { textOf } from "./byte_cases.ts";

const WIRE: readonly [lines: string[], wire: string][] = [
  [["Done."], "211 Done.\r\n"],
  [[""], "211 \r\n"],
  [["a", "b"], "211-a\r\n211 b\r\n"],
  [["a", " b", "c"], "211-a\r\n b\r\n211 c\r\n"],
  [["a", "", "c"], "211-a\r\n\r\n211 c\r\n"],
  // Nothing in between can be taken for the end.
  [["a", "211 b", "c"], "211-a\r\n 211 b\r\n211 c\r\n"],
  [["a", "9", "c"], "211-a\r\n 9\r\n211 c\r\n"],
  [["211 a", "211 b"], "211-211 a\r\n211 211 b\r\n"],
  // No text can end a line.
  [["a\r\n550 b"], "211 a 550 b\r\n"],
  [["a\n\n\r\0b", "c"], "211-a b\r\n211 c\r\n"],
  [["a", "\n211 b", "c"], "211-a\r\n 211 b\r\n211 c\r\n"],
  [["a\r", "b\n"], "211-a \r\n211 b \r\n"],
  [["ä 😀"], "211 ä 😀\r\n"],
  [["\ud800"], "211 \ufffd\r\n"],
];

for (const [lines, wire] of WIRE) {
  Deno.test(`formatReply() writes ${JSON.stringify(lines)}`, () => {
    assertEquals(textOf(formatReply(reply(211, ...lines))), wire);
  });
}

Deno.test("lastReply() closes the connection, reply() does not", () => {
  assertEquals(lastReply(421, "Bye."), {
    code: 421,
    lines: ["Bye."],
    close: true,
  });
  assertEquals(reply(200, "Ok."), { code: 200, lines: ["Ok."] });
});
