import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { type LinePart, LineParts } from "../../server/services/stamp_lines.ts";
import { bytesOf, everySplit, textOf } from "./byte_cases.ts";
import { randomOf } from "./random.ts";

/** A part as one text: its place when it was cut, its bytes, its ending. */
function partsOf(pieces: readonly Bytes[], maxLine: number): string[] {
  const lines = new LineParts(maxLine);
  const parts: string[] = [];
  const take = (found: ReturnType<LineParts["push"]>) => {
    for (const { bytes, offset, ending } of found) {
      const place = offset === 0 ? "" : `${offset}:`;
      parts.push(place + textOf(bytes.slice()) + ending);
    }
  };
  for (const piece of pieces) take(lines.push(piece));
  take(lines.end());
  return parts;
}

const CASES:
  readonly (readonly [name: string, text: string, parts: string[]])[] = [
    ["LF", "a\nb\n", ["a\n", "b\n"]],
    ["CRLF", "a\r\nb\r\n", ["a\r\n", "b\r\n"]],
    ["both, mixed", "a\nb\r\nc\n", ["a\n", "b\r\n", "c\n"]],
    ["a CR by itself", "a\rb\n\rc\n", ["a\rb\n", "\rc\n"]],
    ["two CRs before LF", "a\r\r\nb\n", ["a\r\r\n", "b\n"]],
    ["a CR at the end", "a\nb\r", ["a\n", "b\r"]],
    ["only a CR", "\r", ["\r"]],
    ["empty lines", "\n\r\n\n", ["\n", "\r\n", "\n"]],
    ["no last ending", "a\nbc", ["a\n", "bc"]],
    ["nothing", "", []],
    ["NULs", "\0\0\n\0", ["\0\0\n", "\0"]],
    ["other breaks", "\x0b\x0c\x85\u2028\n", ["\x0b\x0c\x85\u2028\n"]],
    ["a line as long as allowed", "12345678\n1", ["12345678\n", "1"]],
    ["the same with CRLF", "12345678\r\n1", ["12345678\r\n", "1"]],
    ["one byte more", "123456789\n", ["12345678\n", "8:9\n"]],
    ["the same with CRLF", "123456789\r\n", ["12345678\n", "8:9\r\n"]],
    ["a CR where it is cut", "1234567\r9\n", ["1234567\r\n", "8:9\n"]],
    ["a CR behind that", "12345678\r9\n", ["12345678\n", "8:\r9\n"]],
    [
      "three parts",
      "a\r\n1234567812345678123",
      ["a\r\n", "12345678\r\n", "8:12345678\r\n", "16:123"],
    ],
    ["a part without an ending", "123456789", ["12345678\n", "8:9"]],
    ["exactly two parts", "1234567812345678", ["12345678\n", "8:12345678"]],
    ["two bytes at the cut", "1234567ß9\n", ["1234567\n", "7:ß9\n"]],
    ["four bytes at the cut", "12345😀9\n", ["12345\n", "5:😀9\n"]],
    ["a character before it", "1234😀9\n", ["1234😀\n", "8:9\n"]],
  ];

for (const [name, text, parts] of CASES) {
  Deno.test(`LineParts takes lines apart, however they are cut: ${name}`, () => {
    const bytes = bytesOf(text);
    const splits = bytes.length <= 12 ? everySplit(bytes) : twoCuts(bytes);
    for (const pieces of splits) assertEquals(partsOf(pieces, 8), parts);
  });
}

/** Every way to cut in up to three pieces, and into single bytes. */
function* twoCuts(bytes: Bytes): Generator<Bytes[]> {
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      yield [
        bytes.slice(0, first),
        bytes.slice(first, second),
        bytes.slice(second),
      ];
    }
  }
}

Deno.test("LineParts gives back every byte, also of what is not UTF-8", () => {
  const random = randomOf(21);
  const odd = [0x00, 0x0a, 0x0d, 0x41, 0x80, 0xc3, 0xe2, 0xf0, 0xff];
  for (let round = 0; round < 300; round++) {
    const bytes = Uint8Array.from(
      { length: random.below(60) },
      () => random.pick(odd),
    );
    const maxLine = 4 + random.below(6);
    const lines = new LineParts(maxLine);
    const cut = random.below(bytes.length + 1);
    const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const content: number[] = [];
    let inLine = 0;
    for (
      const part of [
        ...pieces.flatMap((piece) => Array.from(lines.push(piece), copied)),
        ...Array.from(lines.end(), copied),
      ]
    ) {
      assert(part.bytes.length <= maxLine);
      if (part.offset === 0) inLine = 0;
      assertEquals(part.offset, inLine, "each part follows the one before");
      inLine += part.bytes.length;
      content.push(...part.bytes);
    }
    assertEquals(content, contentOf(bytes), bytes.join());
  }
});

function copied({ bytes, offset }: LinePart) {
  return { bytes: Array.from(bytes), offset };
}

/** The bytes without LF and the CR before it. */
function contentOf(bytes: Bytes): number[] {
  return Array.from(bytes).filter((byte, at) =>
    byte !== 0x0a && !(byte === 0x0d && bytes[at + 1] === 0x0a)
  );
}

Deno.test("LineParts takes a line of 1 MB apart, in one piece or in 1,000", () => {
  const line = bytesOf("0123456789".repeat(100_000) + "\r\n");
  const packet = Math.ceil(line.length / 1000);
  const packets = Array.from(
    { length: 1000 },
    (_, at) => line.subarray(at * packet, (at + 1) * packet),
  );
  for (const pieces of [[line], packets]) {
    const parts = partsOf(pieces, 65_536);
    assertEquals(parts.length, 16);
    assertEquals(parts[0], `${textOf(line.slice(0, 65_536))}\n`);
    assertEquals(parts[15]!.slice(0, 10), "983040:012");
    assertEquals(parts[15]!.slice(-2), "\r\n");
  }
});

Deno.test("LineParts keeps a short line in 1,000 packets whole", () => {
  const line = bytesOf("x".repeat(999) + "\n");
  const packets = Array.from(line, (byte) => Uint8Array.of(byte));
  assertEquals(partsOf(packets, 65_536), [textOf(line)]);
});

Deno.test("LineParts refuses a limit that no character fits in", () => {
  for (const limit of [3, 0, -1, NaN]) {
    assertThrows(() => new LineParts(limit), RangeError, "at least 4");
  }
});
