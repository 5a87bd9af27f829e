/** Messages that are too long for one datagram. */
import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { readLabel } from "../../lib/spew/label.ts";
import { splitMessage } from "../../client/spew/split.ts";
import { randomOf } from "./random.ts";

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textsOf(datagrams: readonly Bytes[]): string[] {
  return datagrams.map((datagram) => strict.decode(datagram));
}

/** What a receiver puts together again. */
function rejoined(datagrams: readonly Bytes[]): Bytes {
  const all = datagrams.flatMap((datagram) => {
    const label = readLabel(datagram);
    return [...datagram.subarray(label?.length ?? 0)];
  });
  return new Uint8Array(all);
}

Deno.test("splitMessage() leaves a message that fits as it is", () => {
  for (const size of [0, 1, 1023, 1024]) {
    const message = new Uint8Array(size).fill(0x61);
    assertEquals(splitMessage(message, { maxSize: 1024 }), [message]);
  }
});

Deno.test("splitMessage() labels what it was told to, and no more", () => {
  const message = encoder.encode("hello");
  const label = { tag: "app", level: "warn" } as const;
  assertEquals(
    textsOf(splitMessage(message, { maxSize: 1024, label, seq: 17 })),
    ["[app warn #17] hello"],
  );
});

Deno.test("splitMessage() numbers the parts and each datagram of a long message", () => {
  const message = encoder.encode("x".repeat(250));
  const texts = textsOf(
    splitMessage(message, { maxSize: 128, label: { tag: "app" }, seq: 9 }),
  );
  assertEquals(texts.map((text) => text.split(" x")[0]), [
    "[app #9 1/3]",
    "[app #10 2/3]",
    "[app #11 3/3]",
  ]);
  assertEquals(texts.every((text) => text.length <= 128), true);
});

Deno.test("splitMessage() cuts between characters, wherever the limit falls", () => {
  const message = encoder.encode("aß€😀".repeat(100));
  for (let maxSize = 128; maxSize < 140; maxSize++) {
    const datagrams = splitMessage(message, { maxSize });
    assert(datagrams.every(({ length }) => length <= maxSize));
    textsOf(datagrams); // Throws when a character was cut.
    assertEquals(rejoined(datagrams), message);
  }
});

Deno.test("splitMessage() keeps every byte of what is not UTF-8", () => {
  const random = randomOf(3);
  for (let round = 0; round < 50; round++) {
    const length = 1 + random.below(2000);
    const message = Uint8Array.from(
      { length },
      () => 0x80 + random.below(0x80),
    );
    const datagrams = splitMessage(message, {
      maxSize: 128 + random.below(50),
    });
    assertEquals(rejoined(datagrams), message);
  }
});

Deno.test("splitMessage() leaves room for as many digits as the parts need", () => {
  for (const size of [960, 9_600, 96_000, 1_000_000]) {
    const message = new Uint8Array(size).fill(0x61);
    const tag = "t".repeat(32);
    const datagrams = splitMessage(message, {
      maxSize: 128,
      label: { tag, level: "error" },
      seq: 99_999,
    });
    assert(datagrams.every(({ length }) => length <= 128));
    assertEquals(rejoined(datagrams).length, size);
    assertEquals(readLabel(datagrams.at(-1)!)?.label, {
      tag,
      level: "error",
      seq: 99_999 + datagrams.length - 1,
      part: datagrams.length,
      parts: datagrams.length,
    });
  }
});
