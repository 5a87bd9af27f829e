import { assertEquals, assertRejects } from "@std/assert";
import { fromAscii, toAscii } from "../../lib/ftp/ascii.ts";
import { writeAll } from "../../lib/bytes.ts";
import {
  bytesOf,
  everySplit,
  joined,
  memorySink,
  readAll,
  sourceOf,
  textOf,
} from "./byte_cases.ts";

/** What a file holds, what the wire carries, and what arrives from there. */
const TEXTS: readonly [file: string, wire: string, back: string][] = [
  ["", "", ""],
  ["a", "a", "a"],
  ["\n", "\r\n", "\n"],
  ["\r", "\r", "\r"],
  ["a\nb\n", "a\r\nb\r\n", "a\nb\n"],
  ["a\r\nb", "a\r\nb", "a\nb"],
  ["\n\n\n", "\r\n\r\n\r\n", "\n\n\n"],
  ["\r\r\n\n", "\r\r\n\r\n", "\r\n\n"],
  ["\n\r\n\r\r", "\r\n\r\n\r\r", "\n\n\r\r"],
  ["a\rb\n\r", "a\rb\r\n\r", "a\rb\n\r"],
  ["\0\xff\n", "\0\xff\r\n", "\0\xff\n"],
];

for (const [file, wire, back] of TEXTS) {
  const shown = JSON.stringify(file);

  Deno.test(`toAscii() sends ${shown}, however it is cut and read`, async () => {
    for (const pieces of everySplit(bytesOf(file))) {
      for (const length of [1, 2, 3, 4, 5, 7, 64]) {
        const sent = await readAll(toAscii(sourceOf(pieces)), length);
        const cut = pieces.map((piece) => piece.length).join();
        assertEquals(textOf(sent), wire, `${cut} through ${length}`);
      }
    }
  });

  Deno.test(`fromAscii() stores what comes of ${shown}, however it is cut`, async () => {
    for (const pieces of everySplit(bytesOf(wire))) {
      for (const most of [1, 2, 64]) {
        const sink = memorySink(most);
        const ascii = fromAscii(sink);
        for (const piece of pieces) await writeAll(ascii, piece);
        await ascii.close();
        const cut = pieces.map((piece) => piece.length).join();
        assertEquals(textOf(new Uint8Array(sink.bytes)), back, cut);
        assertEquals(sink.events, ["close"]);
      }
    }
  });
}

Deno.test("toAscii() reads buffers of changing length", async () => {
  const source = toAscii(sourceOf([bytesOf("a\nb\n\n\rc\n")]));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let length = 1;; length = length % 5 + 1) {
    const buffer = new Uint8Array(length);
    const count = await source.read(buffer);
    if (count === null) break;
    chunks.push(buffer.slice(0, count));
  }
  assertEquals(textOf(joined(chunks)), "a\r\nb\r\n\r\n\rc\r\n");
});

Deno.test("toAscii() closes its source", async () => {
  const source = sourceOf([bytesOf("a")]);
  await toAscii(source).close();
  assertEquals(source.closed, 1);
});

Deno.test("fromAscii() aborts its sink and writes nothing more", async () => {
  const sink = memorySink();
  const ascii = fromAscii(sink);
  await ascii.write(bytesOf("a\r"));
  await ascii.abort();
  assertEquals(sink.events, ["abort"]);
  assertEquals(textOf(new Uint8Array(sink.bytes)), "a");
});

Deno.test("fromAscii() does not close a sink that refuses the last byte", async () => {
  const sink = memorySink();
  const ascii = fromAscii({
    ...sink,
    write: () => Promise.reject(new RangeError("full")),
  });
  await ascii.write(bytesOf("\r"));
  await assertRejects(async () => await ascii.close(), RangeError, "full");
  assertEquals(sink.events, []);
});
