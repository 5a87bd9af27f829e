import { assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { breather } from "../../server/ftp/breather.ts";
import { bufferPool } from "../../server/ftp/buffers.ts";
import { pump } from "../../server/ftp/pump.ts";

const KIB = 1 << 10;

/** A breather whose pauses end when they are told to. */
function held(every: number) {
  const pauses: (() => void)[] = [];
  const pause = () => new Promise<void>((resolve) => pauses.push(resolve));
  return { lungs: breather({ every, pause }), pauses };
}

/** A download of 64 pieces of 1 KiB whose ends never wait. */
function download(lungs: ReturnType<typeof breather>) {
  const progress = { bytes: 0, began: 0 };
  let left = 64;
  const source = {
    read: (buffer: Bytes) =>
      Promise.resolve(left-- > 0 ? Math.min(buffer.length, KIB) : null),
  };
  const sink = { write: (bytes: Bytes) => Promise.resolve(bytes.length) };
  const done = pump({ source, to: "network", sink }, progress, {
    buffers: bufferPool(),
    breather: lungs,
    signal: new AbortController().signal,
  });
  return { progress, done };
}

/** Everything runs until it waits for a pause. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

Deno.test("breather() lets a single transfer go on", () => {
  const { lungs, pauses } = held(10);
  lungs.begin();
  for (let i = 0; i < 9; i++) assertEquals(lungs.moved(100), null);
  assertEquals(pauses.length, 0);
});

Deno.test("breather() counts from one pause to the next", async () => {
  const { lungs, pauses } = held(10);
  lungs.begin();
  lungs.begin();
  assertEquals(lungs.moved(9), null);
  const breath = lungs.moved(1);
  assertEquals(lungs.moved(1), breath);
  assertEquals(pauses.length, 1);
  pauses[0]!();
  await breath;
  assertEquals(lungs.moved(9), null);
  lungs.end();
  assertEquals(lungs.moved(100), null);
});

Deno.test("pump() pauses together with the other transfers of its thread", async () => {
  const { lungs, pauses } = held(16 * KIB);
  const both = [download(lungs), download(lungs)];
  const total = () =>
    both.reduce((sum, { progress }) => sum + progress.bytes, 0);
  let pause = 0;
  for (; both.every(({ progress }) => progress.bytes < 60 * KIB); pause++) {
    await settled();
    // Each that comes to the pause has moved one piece more.
    assertEquals(total() <= (pause + 1) * 17 * KIB, true);
    assertEquals(pauses.length, pause + 1);
    pauses[pause]!();
    await settled();
  }
  assertEquals(pause >= 6, true);
  pauses.at(-1)!();
  await Promise.all(both.map(({ done }) => done));
  assertEquals(total(), 128 * KIB);
});
