import { assert, assertEquals } from "@std/assert";
import { countTree } from "../../server/fs/count_tree.ts";
import { USAGE_BYTES, usageAt, UsageCounter } from "../../server/fs/usage.ts";
import type { QuotaReport, QuotaTask } from "./quota_worker.ts";
import { withRoot } from "./temp_root.ts";

function workAt(task: QuotaTask): Promise<QuotaReport> {
  const worker = new Worker(new URL("./quota_worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: { read: [task.root], write: [task.root] } },
  });
  const { promise, resolve, reject } = Promise.withResolvers<QuotaReport>();
  worker.onmessage = (event) => resolve(event.data);
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(task);
  return promise.finally(() => worker.terminate());
}

Deno.test("quota() is exact over workers that do everything at once", () =>
  withRoot(async ({ fs, root }) => {
    Deno.writeTextFileSync(`${root}/there`, "x".repeat(5000));
    const memory = new SharedArrayBuffer(USAGE_BYTES);
    const task = { root, memory, bytes: 15_000, files: 6, deeds: 250 };
    const reports = await Promise.all(
      [1, 2, 3].map((seed) => workAt({ ...task, seed })),
    );
    assertEquals(reports.map(({ problem }) => problem), [null, null, null]);
    assert(reports.every(({ refused }) => refused > 0), "it was never full");
    const { amount } = new UsageCounter(usageAt(memory, 0));
    const there = await countTree(fs);
    // What is written to a file that another removes stays counted.
    assert(amount.bytes >= there.bytes, `${amount.bytes} < ${there.bytes}`);
    assert(there.bytes <= task.bytes, "more than the quota is there");
    assertEquals(amount.files, there.files);
  }));

Deno.test("quota() lets exactly as many of the same size in as fit", () =>
  withRoot(async ({ fs, root }) => {
    const memory = new SharedArrayBuffer(USAGE_BYTES);
    const task = { root, memory, bytes: 10_000, files: 1000, deeds: 0 };
    // Workers that do nothing count nothing; then many uploads at once.
    await workAt({ ...task, seed: 1 });
    assertEquals(new BigInt64Array(memory)[2], 0n);
    const { quota } = await import("../../server/fs/quota.ts");
    const views = [1, 2, 3].map(() =>
      quota(fs, task, { counter: new UsageCounter(usageAt(memory, 0)) })
    );
    const done = await Promise.allSettled(
      Array.from({ length: 60 }, async (_, at) => {
        const sink = await views[at % 3]!.write(`/${at}`, { mode: "replace" });
        try {
          await sink.write(new Uint8Array(400));
          await sink.close();
        } catch (error) {
          await sink.abort();
          throw error;
        }
      }),
    );
    const stored = done.filter(({ status }) => status === "fulfilled").length;
    assertEquals(stored, 25);
    assertEquals(await countTree(fs), { bytes: 10_000, files: 25 });
  }));
