import { assertEquals, assertRejects } from "@std/assert";
import { fairQueue, QueueError } from "../../lib/fair_queue.ts";

/** Work that ends when the test says so, and notes that it began. */
function jobs() {
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    began,
    work: (name: string) => () =>
      new Promise<string>((resolve) => {
        began.push(name);
        ends.set(name, () => resolve(name));
      }),
    /** Ends a piece of work, and lets the next one begin. */
    async end(name: string): Promise<void> {
      ends.get(name)!();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

Deno.test("fairQueue() does so much at once, and no more", async () => {
  const queue = fairQueue({ atOnce: 2 });
  const { began, work, end } = jobs();
  const all = ["a", "b", "c"].map((name) => queue.run("x", work(name)));
  assertEquals([began.join(""), queue.waiting], ["ab", 1]);
  await end("b");
  assertEquals([began.join(""), queue.waiting], ["abc", 0]);
  await end("a");
  await end("c");
  assertEquals(await Promise.all(all), ["a", "b", "c"]);
});

Deno.test("fairQueue() lets those who ask take turns", async () => {
  const queue = fairQueue({ atOnce: 1 });
  const { began, work, end } = jobs();
  const asked = ["x1", "x2", "x3", "x4", "y1", "z1", "y2"];
  const all = asked.map((name) => queue.run(name[0]!, work(name)));
  for (let at = 0; at < asked.length; at++) await end(began.at(-1)!);
  assertEquals(began, ["x1", "x2", "y1", "z1", "x3", "y2", "x4"]);
  await Promise.all(all);
});

Deno.test("fairQueue() turns away the newest of who has the most that waits", async () => {
  const queue = fairQueue({ atOnce: 1, mayWait: 3 });
  const { began, work, end } = jobs();
  const fates: string[] = [];
  const all = ["x1", "x2", "x3", "x4", "y1"].map(async (name) => {
    const fate = await queue.run(name[0]!, work(name)).catch((error) => error);
    if (fate instanceof QueueError) fates.push(name);
  });
  await end("x1");
  for (const name of ["x2", "y1", "x3"]) await end(name);
  await Promise.all(all);
  assertEquals([began, fates], [["x1", "x2", "y1", "x3"], ["x4"]]);
});

Deno.test("fairQueue() gives up waiting after its patience, and goes on", async () => {
  const queue = fairQueue({ atOnce: 1, patience: 1 });
  const { began, work, end } = jobs();
  const first = queue.run("x", work("a"));
  await assertRejects(() => queue.run("x", work("b")), QueueError, "too long");
  assertEquals(queue.waiting, 0);
  await end("a");
  const last = queue.run("x", work("c"));
  await end("c");
  assertEquals([await first, await last, began.join("")], ["a", "c", "ac"]);
});

Deno.test("fairQueue() hands a place on when the work fails", async () => {
  const queue = fairQueue({ atOnce: 1 });
  const failing = queue.run("x", () => Promise.reject(new Error("no")));
  const next = queue.run("x", () => Promise.resolve("yes"));
  await assertRejects(() => failing, Error, "no");
  assertEquals(await next, "yes");
});
