import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FsError } from "../../server/fs/file_system.ts";
import {
  type Amount,
  ownUsage,
  USAGE_BYTES,
  usageAt,
  UsageCounter,
} from "../../server/fs/usage.ts";

const FIVE = { bytes: 5, files: 1 };
const five = () => Promise.resolve(FIVE);

Deno.test("UsageCounter.known() counts once for all who wait in a thread", async () => {
  const at = ownUsage();
  const counts = new Map();
  let times = 0;
  const count = () => {
    times++;
    return Promise.resolve(FIVE);
  };
  const numbers = await Promise.all(
    [1, 2, 3].map(() => new UsageCounter(at, counts).known(count)),
  );
  assertEquals([times, new Set(numbers).size, counts.size], [1, 1, 0]);
  assertEquals(new UsageCounter(at).amount, FIVE);
});

Deno.test("UsageCounter.known() lets the first of several threads win", async () => {
  const at = ownUsage();
  const [first, second] = [new UsageCounter(at), new UsageCounter(at)];
  const slow = Promise.withResolvers<Amount>();
  let isWanted = () => true;
  const waiting = second.known((wanted) => {
    isWanted = wanted;
    return slow.promise;
  });
  assert(isWanted());
  const number = await first.known(five);
  assert(!isWanted(), "nobody waits for the second");
  first.take(number, { bytes: 3 }, {});
  slow.resolve({ bytes: 0, files: 0 });
  assertEquals(await waiting, number);
  assertEquals(second.amount.bytes, 8);
});

Deno.test("UsageCounter does nothing to who comes next in its place", async () => {
  const at = ownUsage();
  const old = new UsageCounter(at);
  const count = Promise.withResolvers<Amount>();
  const counting = old.known(() => count.promise);
  at.words.fill(0n);
  const next = new UsageCounter(at);
  const number = await next.known(five);
  count.resolve({ bytes: 999, files: 9 });
  await assertRejects(() => counting, FsError, "session was over");
  old.take(number - 2n, { bytes: -5, files: -1 }, {});
  assertEquals(next.amount, FIVE);
});

Deno.test("UsageCounter.known() tries again after a count that failed", async () => {
  const counter = new UsageCounter(ownUsage());
  await assertRejects(() =>
    counter.known(() => Promise.reject(new Error("x")))
  );
  await counter.known(five);
  assertEquals(counter.amount, FIVE);
});

Deno.test("UsageCounter.take() takes all or nothing", async () => {
  const counter = new UsageCounter(ownUsage());
  const number = await counter.known(five);
  const max = { bytes: 10, files: 2 };
  assertThrows(
    () => counter.take(number, { bytes: 6 }, max),
    FsError,
    "10 bytes",
  );
  assertThrows(
    () => counter.take(number, { files: 2 }, max),
    FsError,
    "2 files",
  );
  assertThrows(
    () => counter.take(number, { bytes: 6, files: 1 }, max),
    FsError,
  );
  assertEquals(counter.amount, FIVE);
  counter.take(number, { bytes: 5, files: 1 }, max);
  counter.take(number, { bytes: -8, files: -1 }, { bytes: 0, files: 0 });
  assertEquals(counter.amount, { bytes: 2, files: 1 });
});

Deno.test("UsageCounter.locked() lets one in at a time, also after failures", async () => {
  const at = ownUsage();
  let inside = 0;
  let most = 0;
  const visit = async (fails: boolean) => {
    most = Math.max(most, ++inside);
    await Promise.resolve();
    inside--;
    if (fails) throw new Error("no");
  };
  const visits = [false, true, false].map((fails) =>
    new UsageCounter(at).locked(() => visit(fails))
  );
  const results = await Promise.allSettled(visits);
  assertEquals(results.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  assertEquals(most, 1);
});

Deno.test("UsageCounter.locked() goes on when the holder died", async () => {
  const at = ownUsage();
  at.words[at.lock] = 1n;
  const seven = () => Promise.resolve(7);
  const counter = new UsageCounter(at);
  assertEquals(await counter.locked(seven, { patience: 5 }), 7);
  assertEquals(at.words[at.lock], 0n);
});

Deno.test("usageAt() keeps to its own bytes", async () => {
  const memory = new SharedArrayBuffer(3 * USAGE_BYTES);
  const counter = new UsageCounter(usageAt(memory, USAGE_BYTES));
  await counter.known(five);
  await counter.locked(five);
  const words = [...new BigInt64Array(memory)];
  assert(words.slice(0, 4).concat(words.slice(8)).every((word) => word === 0n));
});
