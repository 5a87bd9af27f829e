import { assertEquals, assertRejects } from "@std/assert";
import { oneByOne } from "../../lib/one_by_one.ts";

async function* batchesOf(
  events: string[],
  ...batches: number[][]
): AsyncGenerator<number[]> {
  try {
    for (const batch of batches) {
      events.push(`[${batch}]`);
      yield await Promise.resolve(batch);
    }
  } finally {
    events.push("closed");
  }
}

Deno.test("oneByOne() gives what is in batches, empty ones among them", async () => {
  const all = oneByOne(batchesOf([], [], [1, 2], [], [], [3], []));
  assertEquals(await Array.fromAsync(all), [1, 2, 3]);
});

Deno.test("oneByOne() asks for a batch when the one before is used up", async () => {
  const events: string[] = [];
  for await (const each of oneByOne(batchesOf(events, [1, 2], [3]))) {
    events.push(`${each}`);
  }
  assertEquals(events, ["[1,2]", "1", "2", "[3]", "3", "closed"]);
});

Deno.test("oneByOne() closes the batches when it is left early", async () => {
  const events: string[] = [];
  for await (const each of oneByOne(batchesOf(events, [1, 2], [3]))) {
    if (each === 1) break;
  }
  assertEquals(events, ["[1,2]", "closed"]);
});

Deno.test("oneByOne() rejects when a batch does", async () => {
  async function* failing(): AsyncGenerator<number[]> {
    yield await Promise.resolve([1]);
    throw new Error("no more");
  }
  const seen: number[] = [];
  await assertRejects(
    async () => {
      for await (const each of oneByOne(failing())) seen.push(each);
    },
    Error,
    "no more",
  );
  assertEquals(seen, [1]);
});
