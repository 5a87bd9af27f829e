import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import { bufferPool } from "../../server/ftp/buffers.ts";

const MIB = 1 << 20;

Deno.test("bufferPool() lends long buffers to few, short ones to many", () => {
  const pool = bufferPool(64 * MIB);
  const lent = Array.from({ length: 2000 }, () => pool.lend());
  assertEquals(lent.slice(0, 64).every(({ length }) => length === MIB), true);
  assert(lent[64]!.length < MIB);
  assertEquals(lent.at(-1)!.length, 1 << 16);
  const lengths = lent.map(({ length }) => length);
  assertEquals(lengths, lengths.toSorted((a, b) => b - a));
});

Deno.test("bufferPool() lends long buffers again when others came back", () => {
  const pool = bufferPool(4 * MIB);
  const lent = Array.from({ length: 16 }, () => pool.lend());
  assertEquals(pool.lend().length, 1 << 17);
  for (const buffer of lent) pool.giveBack(buffer, true);
  assertEquals(pool.lend().length, MIB);
});

Deno.test("bufferPool() never lends a buffer twice at a time", () => {
  const pool = bufferPool();
  const first = pool.lend();
  pool.giveBack(first, true);
  const lent = [pool.lend(), pool.lend(), pool.lend()];
  assertEquals(new Set(lent).size, 3);
});

Deno.test("bufferPool() forgets a buffer that may still be written to", () => {
  const pool = bufferPool();
  const first = pool.lend();
  pool.giveBack(first, false);
  assertNotStrictEquals(pool.lend(), first);
});
