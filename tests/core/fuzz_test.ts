import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { hunt } from "../fuzz/hunt.ts";
import { shown } from "../fuzz/found.ts";
import { shrink } from "../fuzz/shrink.ts";
import { bytesOf, defineTarget, textOf } from "../fuzz/target.ts";
import { TARGETS } from "../fuzz/targets.ts";

/** Inputs of each target that costs little. */
const RUNS = 240;

for (const target of TARGETS) {
  const { name, about, cost = 1 } = target;
  Deno.test(`fuzz ${name}: ${about}`, async () => {
    const { findings } = await hunt(target, { runs: RUNS / cost });
    const told = findings.map(({ reason, input }) =>
      `${reason}: ${shown(input)}`
    );
    assertEquals(told, []);
  });
}

/** Fails for an input with a closing bracket behind an opening one. */
const BRACKETS = defineTarget({
  name: "brackets",
  about: "text without brackets",
  seeds: () => ["some (text", "no brackets", "more) text"],
  check(input) {
    if (/\([^]*\)/.test(textOf(input))) throw new Error("brackets");
    return String(input.length % 7);
  },
});

async function inputsOf(seed: number): Promise<string[]> {
  const inputs: string[] = [];
  await hunt(BRACKETS, {
    seed,
    runs: 300,
    before: (input) => void inputs.push(shown(input)),
  });
  return inputs;
}

Deno.test("hunt() finds what fails, once, and makes it small", async () => {
  const { findings, inputs } = await hunt(BRACKETS, { runs: 3000 });
  assertEquals(findings.map(({ input }) => textOf(input)), ["()"]);
  assertEquals(inputs, 3000);
});

Deno.test("hunt() tries the same inputs for the same seed, and others for another", async () => {
  const first = await inputsOf(7);
  assertEquals(await inputsOf(7), first);
  assert((await inputsOf(8)).join() !== first.join());
});

Deno.test("hunt() ends when it is told that there is no time left", async () => {
  let left = 5;
  const { inputs } = await hunt(BRACKETS, { goesOn: () => left-- > 0 });
  assertEquals(inputs, 5);
});

Deno.test("shrink() gives up after so many tries, with what it has", async () => {
  let tries = 0;
  const fails = (input: Bytes) => {
    tries++;
    return Promise.resolve(input.includes(88));
  };
  const small = await shrink(bytesOf(`${"a".repeat(400)}X`), fails, {
    tries: 5,
  });
  assertEquals(tries, 5);
  assert(small.length < 100 && small.includes(88));
});
