import { assert, assertEquals } from "@std/assert";
import {
  blockBit,
  type Fate,
  fateOf,
  wrongBit,
} from "../../server/services/faults/fate.ts";
import { randomAt } from "../../server/services/faults/random.ts";
import type { Faults } from "../../server/services/faults.ts";

const NONE = {
  delay: 0,
  jitter: 0,
  drop: 0,
  duplicate: 0,
  reorder: 0,
  corrupt: 0,
  seed: 1,
};

function fates(faults: Faults, count: number): Fate[] {
  return Array.from(
    { length: count },
    (_, n) => fateOf({ ...NONE, ...faults }, n),
  );
}

function tally(all: readonly Fate[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { mishap } of all) {
    counts[mishap ?? "none"] = (counts[mishap ?? "none"] ?? 0) + 1;
  }
  return counts;
}

Deno.test("randomAt() gives the numbers of SplitMix32", () => {
  // Computed by a program of a few lines in another language.
  const vectors = [
    [0, 0, 0],
    [0, 1, 1684164658],
    [1, 0, 2261973619],
    [1, 1, 1580013426],
    [1, 7, 2300340400],
    [0xffffffff, 3, 1302505678],
    [12345, 4000000001, 4215488704],
  ] as const;
  for (const [seed, position, expected] of vectors) {
    assertEquals(randomAt(seed, position) * 2 ** 32, expected);
  }
});

Deno.test("randomAt() spreads evenly", () => {
  const tenths = new Array<number>(10).fill(0);
  for (let at = 0; at < 100_000; at++) {
    tenths[Math.floor(randomAt(9, at) * 10)]!++;
  }
  for (const count of tenths) {
    assert(count > 9700 && count < 10_300, `${tenths}`);
  }
});

Deno.test("fateOf() gives each mishap its share", () => {
  const faults = { drop: 10, duplicate: 10, reorder: 10, corrupt: 10 };
  // Computed by the same program.
  assertEquals(tally(fates(faults, 1000)), {
    none: 622,
    drop: 98,
    duplicate: 92,
    reorder: 89,
    corrupt: 99,
  });
  assertEquals(tally(fates({ drop: 50, corrupt: 50 }, 100)).none, undefined);
  assertEquals(tally(fates({ reorder: 100 }, 100)), { reorder: 100 });
  assertEquals(tally(fates({}, 100)), { none: 100 });
});

Deno.test("fateOf() takes fractions of a percent", () => {
  const { drop = 0 } = tally(fates({ drop: 0.25 }, 100_000));
  assert(drop > 200 && drop < 300, `${drop}`);
});

Deno.test("fateOf() repeats itself for a seed, and only for that", () => {
  const faults = { drop: 20, duplicate: 20, jitter: 10 };
  assertEquals(fates(faults, 100), fates(faults, 100));
  assert(
    JSON.stringify(fates(faults, 100)) !==
      JSON.stringify(fates({ ...faults, seed: 2 }, 100)),
  );
});

Deno.test("fateOf() waits for the delay and up to the jitter more", () => {
  const waits = fates({ delay: 20, jitter: 10 }, 1000).map(({ wait }) => wait);
  assert(Math.min(...waits) >= 20 && Math.min(...waits) < 20.1);
  assert(Math.max(...waits) < 30 && Math.max(...waits) > 29.9);
  assertEquals(fates({ delay: 20 }, 3).map(({ wait }) => wait), [20, 20, 20]);
});

Deno.test("wrongBit() is one bit of the second half", () => {
  for (const length of [1, 2, 3, 16, 1000]) {
    const places = new Set<number>();
    for (let n = 0; n < 5000; n++) {
      const { at, mask } = wrongBit(1, n, length)!;
      assert(at >= length >> 1 && at < length);
      assert([1, 2, 4, 8, 16, 32, 64, 128].includes(mask));
      places.add(at);
    }
    assert(places.size > (length - (length >> 1)) * 0.9, `${length}`);
  }
  assertEquals(wrongBit(1, 0, 0), null);
});

Deno.test("blockBit() spares the blocks that it should", () => {
  const bits = Array.from(
    { length: 1000 },
    (_, n) => blockBit({ seed: 3, corrupt: 25 }, n),
  );
  const wrong = bits.filter((bit) => bit !== null).length;
  assert(wrong > 200 && wrong < 300, `${wrong}`);
  for (const [n, bit] of bits.entries()) {
    assert(!bit || bit.at >= n * 1024 && bit.at < (n + 1) * 1024);
  }
});
