import { assert, assertEquals, assertGreater } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import {
  type Casing,
  upperCase,
  upperStream,
} from "../../lib/upper/mapping.ts";
import { bytesOf, everySplit, joined, textOf } from "./byte_cases.ts";
import { randomOf } from "./random.ts";

/** Text, its upper case, and what is special about it. */
const TEXTS: readonly (readonly [text: string, upper: string, why: string])[] =
  [
    ["ß", "SS", "one character to two, same length"],
    ["ẞ", "ẞ", "is upper case already"],
    ["ı", "I", "two bytes to one"],
    ["i", "I", "ASCII"],
    ["ﬁ", "FI", "a ligature, three bytes to two"],
    ["ŉ", "ʼN", "two bytes to three"],
    ["ǰ", "J\u030c", "two bytes to three"],
    ["\u0390", "\u0399\u0308\u0301", "two bytes to six"],
    ["\u03b0", "\u03a5\u0308\u0301", "two bytes to six"],
    ["ς", "Σ", "final sigma"],
    ["σ", "Σ", "sigma"],
    ["ᾳ", "ΑΙ", "iota subscript"],
    ["և", "ԵՒ", "two bytes to four"],
    ["ſ", "S", "two bytes to one"],
    ["ÿ", "Ÿ", "leaves Latin-1"],
    ["µ", "Μ", "becomes Greek"],
    ["ª º", "ª º", "letters without upper case"],
    ["ა", "Ა", "since Unicode 11"],
    ["ⓐ", "Ⓐ", "a symbol"],
    ["𐐨", "𐐀", "four bytes"],
    ["e\u0301", "E\u0301", "is not composed"],
    ["é", "É", "is not taken apart"],
    ["α\u0345", "ΑΙ", "a combining character becomes a letter"],
    ["\ufeffa", "\ufeffA", "a byte order mark stays"],
    ["a\ufeffb", "A\ufeffB", "also within"],
    ["\0a\0", "\0A\0", "NUL"],
    ["ǆ ǅ", "Ǆ Ǆ", "title case"],
    ["月", "月", "has no case"],
    ["😀", "😀", "has no case, four bytes"],
    ["\ud7ff", "\ud7ff", "the last before surrogates"],
    ["\ue000", "\ue000", "the first behind them"],
    ["\u{10ffff}", "\u{10ffff}", "the last one"],
  ];

/** Bytes that are not UTF-8, between an `a` and a `b`. */
const ODD: readonly (readonly [bytes: readonly number[], why: string])[] = [
  [[0xff], "no such byte"],
  [[0x80], "a tail alone"],
  [[0xbf, 0xbf, 0xbf, 0xbf, 0xbf], "many of them"],
  [[0xc0, 0xaf], "overlong, two bytes"],
  [[0xc1, 0xa1], "an overlong a"],
  [[0xe0, 0x81, 0xa1], "an overlong a, three bytes"],
  [[0xf0, 0x80, 0x81, 0xa1], "an overlong a, four bytes"],
  [[0xed, 0xa0, 0x80], "a lone surrogate"],
  [[0xed, 0xa0, 0x81, 0xed, 0xb0, 0xa8], "CESU-8"],
  [[0xf4, 0x90, 0x80, 0x80], "above U+10FFFF"],
  [[0xf5, 0x80, 0x80, 0x80], "far above"],
  [[0xfe, 0xff], "a byte order mark of UTF-16"],
  [[0xc3], "cut after one of two"],
  [[0xe2, 0x82], "cut after two of three"],
  [[0xf0, 0x90, 0x90], "cut after three of four"],
  [[0xf0, 0x90, 0xc3], "cut twice"],
  [[0x00, 0xff, 0x00], "beside NULs"],
];

/** A stream's answer to pieces, each in a buffer that is used again. */
function streamed(pieces: readonly Bytes[], casing: Casing): Bytes {
  const upper = upperStream(casing);
  const buffer = new Uint8Array(16_384);
  const answers = pieces.map((piece) => {
    buffer.set(piece);
    return upper.push(buffer.subarray(0, piece.length)).slice();
  });
  return joined([...answers, upper.end()]);
}

for (const [text, upper, why] of TEXTS) {
  Deno.test(`upperStream() maps ${JSON.stringify(text)}, however it is cut: ${why}`, () => {
    assertEquals(textOf(upperCase(bytesOf(text), "unicode")), upper);
    for (const pieces of everySplit(bytesOf(`${text}x${text}`))) {
      assertEquals(textOf(streamed(pieces, "unicode")), `${upper}X${upper}`);
    }
  });
}

for (const [odd, why] of ODD) {
  Deno.test(`upperStream() passes bytes that are not UTF-8 through: ${why}`, () => {
    for (const [before, after] of [["a", "b"], ["ä", "ŉ"], ["", ""]] as const) {
      const bytes = joined([
        bytesOf(before),
        Uint8Array.from(odd),
        bytesOf(after),
      ]);
      const wanted = joined([
        bytesOf(before.toUpperCase()),
        Uint8Array.from(odd),
        bytesOf(after.toUpperCase()),
      ]);
      assertEquals(upperCase(bytes, "unicode"), wanted);
      for (const pieces of everySplit(bytes)) {
        assertEquals(streamed(pieces, "unicode"), wanted);
      }
    }
  });
}

Deno.test("upperStream() keeps a character that is cut, and gives it back at the end", () => {
  const upper = upperStream("unicode");
  assertEquals(upper.push(new Uint8Array([0x61, 0xf0, 0x90])).join(), "65");
  assertEquals(upper.push(new Uint8Array([0x90])).length, 0);
  assertEquals(upper.end().join(), "240,144,144");
  assertEquals(upper.end().length, 0);
});

Deno.test("upperStream() keeps nothing of bytes that cannot become a character", () => {
  for (const odd of [[0xc0], [0xed, 0xa0], [0xf4, 0x90], [0xe0, 0x9f]]) {
    const bytes = Uint8Array.from(odd);
    assertEquals(upperStream("unicode").push(bytes), Uint8Array.from(odd));
  }
});

Deno.test("upperCase() maps every code point by itself, whatever is beside it", () => {
  let whole = "";
  let apart = "";
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const char = String.fromCodePoint(code);
    whole += char;
    apart += char.toUpperCase();
  }
  assertEquals(textOf(upperCase(bytesOf(whole), "unicode")) === apart, true);
});

Deno.test("upperCase() grows threefold at most", () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const bytes = bytesOf(String.fromCodePoint(code));
    const { length } = bytes;
    if (code > 0x1ffff) continue; // No letters there: it would take seconds.
    assert(upperCase(bytes, "unicode").length <= 3 * length, code.toString(16));
  }
});

Deno.test("upperCase() for Turkish keeps the dot of an i, however it is cut", () => {
  const [text, upper] = ["ilık İIıi ß", "İLIK İIIİ SS"];
  assertEquals(textOf(upperCase(bytesOf(text), "turkish")), upper);
  for (const pieces of everySplit(bytesOf("iıi ŉi"))) {
    assertEquals(textOf(streamed(pieces, "turkish")), "İIİ ʼNİ");
  }
  const odd = upperCase(new Uint8Array([0x69, 0xff, 0x69]), "turkish");
  assertEquals(odd.join(), "196,176,255,196,176");
});

Deno.test("upperCase() leaves what it is given as it is", () => {
  const bytes = bytesOf("abc ä");
  for (const casing of ["ascii", "unicode", "turkish"] as const) {
    upperCase(bytes, casing);
    assertEquals(textOf(bytes), "abc ä");
  }
});

/** The mapping again, a byte at a time: slow and simple. */
function simply(bytes: Bytes): Bytes {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const character = (at: number) => {
    for (let length = 1; length <= 4; length++) {
      try {
        return decoder.decode(bytes.subarray(at, at + length));
      } catch { /* Longer, perhaps. */ }
    }
    return null;
  };
  const out: Bytes[] = [];
  for (let at = 0; at < bytes.length;) {
    const char = character(at);
    out.push(
      char === null ? bytes.slice(at, at + 1) : bytesOf(char.toUpperCase()),
    );
    at += char === null ? 1 : bytesOf(char).length;
  }
  return joined(out);
}

Deno.test("upperStream() agrees with a simple mapping on random bytes", () => {
  const random = randomOf(11);
  const pieces = TEXTS.map(([text]) => bytesOf(text));
  let odd = 0;
  for (let round = 0; round < 600; round++) {
    const bytes = joined(Array.from(
      { length: 1 + random.below(12) },
      () =>
        random.below(3) === 0
          ? Uint8Array.of(random.below(256))
          : random.pick(pieces),
    ));
    const cuts = [random.below(bytes.length), random.below(bytes.length)];
    const [first, second] = cuts.sort((a, b) => a - b) as [number, number];
    const cut = [
      bytes.subarray(0, first),
      bytes.subarray(first, second),
      bytes.subarray(second),
    ];
    const wanted = simply(bytes);
    assertEquals(streamed(cut, "unicode"), wanted, bytes.join());
    if (wanted.some((byte) => byte > 0xf4)) odd++;
  }
  assertGreater(odd, 20, "some of it was not UTF-8");
});
