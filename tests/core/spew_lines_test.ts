/** Standard input as messages. */
import { assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { memoryConn } from "../../lib/net/memory_conn.ts";
import { linesOf } from "../../client/spew/lines.ts";

async function lines(parts: string | readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const line of linesOf(memoryConn(parts))) {
    found.push(new TextDecoder().decode(line));
  }
  return found;
}

Deno.test("linesOf() gives lines without their ends, also the empty ones and the last", async () => {
  assertEquals(await lines("one\ntwo\r\n\n\r\nlast"), [
    ...["one", "two", "", "", "last"],
  ]);
  assertEquals(await lines("one\n"), ["one"]);
  assertEquals(await lines(""), []);
  assertEquals(await lines("a\rb\r"), ["a\rb\r"]);
});

Deno.test("linesOf() gives the same lines wherever the bytes are cut", async () => {
  const text = "first €\r\n\nsecond\r\r\nthird";
  const whole = await lines(text);
  for (let at = 1; at < text.length; at++) {
    assertEquals(await lines([text.slice(0, at), text.slice(at)]), whole);
  }
  assertEquals(await lines([...text]), whole);
});

Deno.test("linesOf() gives a line without end in pieces of bounded length", async () => {
  let left = 200_000;
  const source = {
    read(buffer: Bytes) {
      if (left === 0) return Promise.resolve(null);
      const count = Math.min(left, buffer.length, 10_000);
      buffer.subarray(0, count).fill(0x61);
      left -= count;
      return Promise.resolve(count);
    },
  };
  const sizes: number[] = [];
  for await (const line of linesOf(source)) sizes.push(line.length);
  assertEquals(sizes, [65_536, 65_536, 65_536, 200_000 - 3 * 65_536]);
});
