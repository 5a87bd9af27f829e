import { assertEquals } from "@std/assert";
import { textSource } from "../../lib/text_source.ts";
import { readAll, textOf } from "./byte_cases.ts";

async function* pieces(...texts: string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
}

const TEXTS = ["", "aä", "€", "", "😀b😀", "\r\n", "ä".repeat(20), "😀€ä"];
const WHOLE = TEXTS.join("");

for (const length of [1, 2, 3, 4, 5, 6, 7, 8, 16, 64, 4096]) {
  Deno.test(`textSource() gives every byte through a buffer of ${length}`, async () => {
    const bytes = await readAll(textSource(pieces(...TEXTS)), length);
    assertEquals(textOf(bytes), WHOLE);
  });
}

Deno.test("textSource() ends at once when there is no text", async () => {
  for (const texts of [[], [""], ["", ""]]) {
    const source = textSource(pieces(...texts));
    assertEquals(await source.read(new Uint8Array(8)), null);
    assertEquals(await source.read(new Uint8Array(8)), null, "once more");
  }
});

Deno.test("textSource() fills half a buffer from many pieces and takes no more", async () => {
  let taken = 0;
  async function* endless(): AsyncGenerator<string> {
    for (;;) {
      taken++;
      yield await Promise.resolve("12345678\r\n");
    }
  }
  const source = textSource(endless());
  assertEquals(await source.read(new Uint8Array(50)), 30);
  assertEquals(taken, 3);
  assertEquals(await source.read(new Uint8Array(15)), 10);
  assertEquals(await source.read(new Uint8Array(5)), 5);
  assertEquals(taken, 5, "a piece that is longer than the buffer");
  await source.close();
});

Deno.test("textSource() lets the pieces clean up when it is closed early", async () => {
  const events: string[] = [];
  async function* watched(): AsyncGenerator<string> {
    try {
      yield await Promise.resolve("a");
      yield "b";
    } finally {
      events.push("closed");
    }
  }
  const source = textSource(watched());
  await source.read(new Uint8Array(1));
  await source.close();
  await source.close();
  assertEquals(events, ["closed"]);
  assertEquals(await source.read(new Uint8Array(1)), null);
});
