import { assertEquals, assertStrictEquals } from "@std/assert";
import { upperAscii } from "../../lib/upper/ascii.ts";
import { upperCase, upperStream } from "../../lib/upper/mapping.ts";
import { bytesOf, everySplit, joined } from "./byte_cases.ts";
import { randomOf } from "./random.ts";

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const LETTERS = bytesOf("abcdefghijklmnopqrstuvwxyz");

/** The mapping again, in the simplest words. */
function expected(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(
    bytes,
    (byte) => LETTERS.includes(byte) ? byte - 32 : byte,
  );
}

Deno.test("upperAscii() changes a to z and none of the other 230 bytes", () => {
  const mapped = upperAscii(EVERY_BYTE.slice());
  const changed = EVERY_BYTE.filter((byte) => mapped[byte] !== byte);
  assertEquals(changed, LETTERS);
  assertEquals(mapped.subarray(97, 123), bytesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
});

Deno.test("upperAscii() does the same for every byte beside every byte", () => {
  const bytes = new Uint8Array(256 * 256 * 2);
  for (let pair = 0; pair < 256 * 256; pair++) {
    bytes[pair * 2] = pair >> 8;
    bytes[pair * 2 + 1] = pair & 255;
  }
  assertEquals(upperAscii(bytes.slice()), expected(bytes));
});

Deno.test("upperAscii() changes the bytes it is given and no others", () => {
  for (let start = 0; start < 9; start++) {
    for (let length = 0; length < 18; length++) {
      const around = new Uint8Array(32).fill(0x61);
      const bytes = around.subarray(start, start + length);
      assertStrictEquals(upperAscii(bytes), bytes);
      const wanted = new Uint8Array(32).fill(0x61);
      wanted.fill(0x41, start, start + length);
      assertEquals(around, wanted, `${length} bytes at ${start}`);
    }
  }
});

Deno.test("upperAscii() leaves UTF-8 as Python's bytes.upper() does", () => {
  assertEquals(upperAscii(bytesOf("straße ÿ 月")), bytesOf("STRAßE ÿ 月"));
});

Deno.test("upperStream() of ASCII does not care where bytes are cut", () => {
  const bytes = new Uint8Array([0x61, 0xc3, 0x9f, 0xff, 0x7a, 0x00, 0x7b, 98]);
  for (const pieces of everySplit(bytes)) {
    const upper = upperStream("ascii");
    const mapped = joined([...pieces.map(upper.push), upper.end()]);
    assertEquals(mapped, expected(bytes));
  }
});

Deno.test("upperCase() of ASCII keeps what it is given and its length", () => {
  const random = randomOf(4);
  for (let round = 0; round < 200; round++) {
    const bytes = Uint8Array.from(
      { length: random.below(70) },
      () => random.below(256),
    );
    const before = bytes.slice();
    assertEquals(upperCase(bytes, "ascii"), expected(bytes));
    assertEquals(bytes, before);
  }
});
