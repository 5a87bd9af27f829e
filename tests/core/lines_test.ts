import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { LineFloodError, LineReader, withLineEnd } from "../../lib/lines.ts";
import { bytesOf, everySplit, sourceOf, textOf } from "./byte_cases.ts";

const LIMITS = { maxLength: 8, maxSkipped: 16 };

/** The lines that a reader finds; `!` is one that was too long. */
async function linesOf(
  pieces: readonly Bytes[],
  limits = LIMITS,
): Promise<string[]> {
  const reader = new LineReader(sourceOf(pieces), limits);
  const lines: string[] = [];
  for (;;) {
    const line = await reader.next();
    if (line === null) return lines;
    lines.push(line.tooLong ? `!${textOf(line.bytes)}` : textOf(line.bytes));
  }
}

Deno.test("LineReader.next() finds the same lines wherever the bytes are cut", async () => {
  const bytes = bytesOf("a\r\n\n\r\r\nb\rc\nd\r\n");
  for (const pieces of everySplit(bytes)) {
    const cut = pieces.map((piece) => piece.length).join();
    assertEquals(await linesOf(pieces), ["a", "", "\r", "b\rc", "d"], cut);
  }
});

Deno.test("LineReader.next() reports a too long line wherever the bytes are cut", async () => {
  const bytes = bytesOf("x\n123\r\n45\n6\r\n");
  for (const pieces of everySplit(bytes)) {
    const cut = pieces.map((piece) => piece.length).join();
    const lines = await linesOf(pieces, { maxLength: 2, maxSkipped: 9 });
    assertEquals(lines, ["x", "!", "45", "6"], cut);
  }
});

const LENGTHS: readonly [text: string, lines: string[]][] = [
  ["12345678\n", ["12345678"]],
  ["12345678\r\n", ["12345678"]],
  ["1234567\r\r\n", ["1234567\r"]],
  ["123456789\n", ["!"]],
  ["123456789\r\n", ["!"]],
  ["12345678\r\r\n", ["!"]],
  ["123456789012345678901234\nok\n", ["!", "ok"]],
  ["", []],
  ["no end", []],
  ["one\r\nno end", ["one"]],
  ["\n", [""]],
  ["\r\n", [""]],
  ["\0\n", ["\0"]],
];

for (const [text, lines] of LENGTHS) {
  Deno.test(`LineReader.next() reads ${JSON.stringify(text)}`, async () => {
    assertEquals(await linesOf([bytesOf(text)]), lines);
    const single = [...bytesOf(text)].map((byte) => new Uint8Array([byte]));
    assertEquals(await linesOf(single), lines, "byte by byte");
  });
}

Deno.test("LineReader.next() grows to its limit and no further", async () => {
  const limits = { maxLength: 4096, maxSkipped: 1 << 20 };
  for (const length of [255, 256, 257, 1023, 1024, 4095, 4096, 4097]) {
    const text = "v".repeat(length);
    const pieces = [bytesOf(`${text}\r\nnext\r\n`)];
    const expected = [length > 4096 ? "!" : text, "next"];
    assertEquals(await linesOf(pieces, limits), expected, `${length}`);
  }
});

Deno.test("LineReader never asks for more bytes than its limits allow", async () => {
  let longest = 0;
  const reader = new LineReader({
    read(buffer) {
      longest = Math.max(longest, buffer.length);
      buffer.fill(120);
      return Promise.resolve(buffer.length);
    },
  }, { maxLength: 1000, maxSkipped: 100_000 });
  await assertRejects(() => reader.next(), LineFloodError);
  assert(longest <= 1002, `${longest} bytes at once`);
});

Deno.test("LineReader.next() throws LineFloodError soon after the limit", async () => {
  let sent = 0;
  const reader = new LineReader({
    read(buffer) {
      buffer[0] = 120;
      sent++;
      return Promise.resolve(1);
    },
  }, LIMITS);
  await assertRejects(
    () => reader.next(),
    LineFloodError,
    "No end of line in",
  );
  assert(sent > LIMITS.maxLength + LIMITS.maxSkipped, `${sent} bytes`);
  assert(sent <= 2 * (LIMITS.maxLength + 2) + LIMITS.maxSkipped, `${sent}`);
});

Deno.test("LineReader.next() counts every too long line anew", async () => {
  const line = "x".repeat(LIMITS.maxLength + LIMITS.maxSkipped) + "\n";
  const pieces = [bytesOf(line.repeat(5) + "ok\n")];
  assertEquals(await linesOf(pieces), ["!", "!", "!", "!", "!", "ok"]);
});

Deno.test("LineReader.hasLine tells whether a whole line waits", async () => {
  const reader = new LineReader(sourceOf([bytesOf("a\nb\nc")]), LIMITS);
  assertEquals(reader.hasLine, false);
  await reader.next();
  assertEquals(reader.hasLine, true);
  await reader.next();
  assertEquals(reader.hasLine, false);
  assertEquals(await reader.next(), null);
});

Deno.test("LineReader.next() gives bytes that later lines do not change", async () => {
  const reader = new LineReader(sourceOf([bytesOf("first\nother\n")]), LIMITS);
  const first = await reader.next();
  await reader.next();
  assertEquals(textOf(first!.bytes), "first");
});

Deno.test("LineReader.next() passes the source's error on", async () => {
  const read = () => Promise.reject(new TypeError("reset"));
  const reader = new LineReader({ read }, LIMITS);
  await assertRejects(() => reader.next(), TypeError, "reset");
});

Deno.test("withLineEnd() ends the last line, once", async () => {
  for (
    const [text, lines] of [
      ["", []],
      ["\n", [""]],
      ["one\ntwo", ["one", "two"]],
      ["one\r\ntwo\r\n", ["one", "two"]],
      ["one\n\n", ["one", ""]],
    ] as const
  ) {
    for (const pieces of everySplit(bytesOf(text))) {
      const source = withLineEnd(sourceOf(pieces));
      const reader = new LineReader(source, { maxLength: 3, maxSkipped: 0 });
      const found: string[] = [];
      for (let line; (line = await reader.next()) !== null;) {
        found.push(textOf(line.bytes));
      }
      assertEquals(found, [...lines]);
    }
  }
});

Deno.test("LineReader.buffered counts what has come and was not taken", async () => {
  const bytes = bytesOf("one\r\ntwo\nthr");
  const reader = new LineReader(sourceOf([bytes]), LIMITS);
  assertEquals(reader.buffered, 0);
  await reader.next();
  assertEquals(reader.buffered, 7);
  await reader.next();
  assertEquals(reader.buffered, 3);
  assertEquals(await reader.next(), null);
});

/** A source that notes how much each read asks for. */
function notingSource(bytes: Bytes, asked: number[]) {
  const source = sourceOf([bytes]);
  return {
    read(buffer: Bytes) {
      asked.push(buffer.length);
      return source.read(buffer);
    },
  };
}

const URGENT = { maxLength: 80, maxSkipped: 80, urgentLine: bytesOf("ABOR") };

Deno.test("LineReader.next() reads byte by byte only as long as it is told to", async () => {
  const asked: number[] = [];
  const reader = new LineReader(
    notingSource(bytesOf("NOOP\r\n"), asked),
    URGENT,
  );
  // What ran when the reading began has ended before the second byte.
  const line = await reader.next({ byByte: () => asked.length === 0 });
  assertEquals(textOf(line!.bytes), "NOOP");
  assertEquals(asked, [1, 255]);
});

for (const text of ["ABOR\r\n", "\xff\xf4\xff\xf2ABOR\r\n", "A\n"]) {
  Deno.test(`LineReader.next() reads ${JSON.stringify(text)} byte by byte to its end`, async () => {
    const asked: number[] = [];
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const reader = new LineReader(notingSource(bytes, asked), URGENT);
    await reader.next({ byByte: () => asked.length === 0 });
    assert(asked.every((length) => length === 1), asked.join());
    assert(asked.length >= bytes.length - 1, asked.join());
  });
}

Deno.test("LineReader.next() finds no line end of an older line", async () => {
  const reader = new LineReader(
    sourceOf([bytesOf("a long one\n"), bytesOf("b"), bytesOf("c\n")]),
    { maxLength: 80, maxSkipped: 80 },
  );
  assertEquals(textOf((await reader.next())!.bytes), "a long one");
  assertEquals(reader.hasLine, false);
  assertEquals(textOf((await reader.next())!.bytes), "bc");
});
