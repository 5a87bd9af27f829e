import { assertEquals, assertRejects } from "@std/assert";
import { forEach, workThrough } from "../../client/ftp/bounded.ts";

Deno.test("forEach() does all, in order, so many at a time", async () => {
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  await forEach([...Array(50).keys()], () => 3, async (n) => {
    begun.push(n);
    most = Math.max(most, ++running);
    for (let left = n % 7; left > 0; left--) await Promise.resolve();
    running--;
  });
  assertEquals(begun, [...Array(50).keys()]);
  assertEquals([running, most], [0, 3]);
});

Deno.test("workThrough() does what its work makes to do", async () => {
  const jobs = [5];
  let done = 0;
  await workThrough(() => jobs.pop(), () => 2, async (job) => {
    await Promise.resolve();
    done++;
    for (let n = 0; n < job; n++) jobs.push(job - 1);
  });
  assertEquals(done, 326);
});

Deno.test("workThrough() begins nothing after a failure, and waits", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun: number[] = [];
  let ended = false;
  const working = forEach([0, 1, 2, 3], () => 2, async (n) => {
    begun.push(n);
    if (n === 1) throw new Error("one");
    await promise;
    ended = true;
    throw new Error("later");
  });
  working.catch(() => {});
  await Promise.resolve();
  assertEquals(ended, false);
  resolve();
  await assertRejects(() => working, Error, "one");
  assertEquals([ended, begun.join()], [true, "0,1"]);
});
