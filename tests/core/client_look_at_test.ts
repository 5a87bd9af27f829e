import { assertEquals, assertRejects } from "@std/assert";
import { lookAt, type Looks } from "../../client/ftp/look_at.ts";

async function* names(count: number): AsyncGenerator<string> {
  for (let n = 0; n < count; n++) yield `${n}`;
}

/** Milliseconds that grow by `step` with every question. */
function clockOf(step: number): () => number {
  let now = 0;
  return () => now += step;
}

const QUICK: Looks<string>["quick"] = (name) => `quick ${name}`;

Deno.test("lookAt() looks at once where that is quick, and leaves out what is gone", async () => {
  const looks: Looks<string> = {
    quick: (name) => name === "1" ? null : QUICK(name),
    patient: () => Promise.reject(new Error("by a thread")),
  };
  assertEquals(await Array.fromAsync(lookAt(names(3), looks, clockOf(5))), [
    "quick 0",
    "quick 2",
  ]);
});

Deno.test("lookAt() has 16 looks under way where one was slow, and keeps the order", async () => {
  const open: ((found: string | null) => void)[] = [];
  let most = 0;
  const found = lookAt(names(40), {
    quick: QUICK,
    patient: (name) => {
      const look = Promise.withResolvers<string | null>();
      open.push(look.resolve);
      most = Math.max(most, open.length);
      // The last of a crowd answers first.
      if (open.length === 16 || name === "39") {
        for (const resolve of open.splice(0).reverse()) {
          resolve(name === "39" ? null : "found");
        }
      }
      return look.promise.then((found) => found && `patient ${name}`);
    },
  }, clockOf(6));
  const all = await Array.fromAsync(found);
  assertEquals(most, 16);
  assertEquals(all.slice(0, 2), ["quick 0", "patient 1"]);
  const order = all.map((text) => Number(text.split(" ")[1]));
  assertEquals(order, order.toSorted((a, b) => a - b));
  assertEquals(order.length, 33, "all but those that were gone");
});

Deno.test("lookAt() that is left, or fails, leaves nothing under way", async () => {
  const ended: string[] = [];
  const looks: Looks<string> = {
    quick: QUICK,
    patient: async (name) => {
      await Promise.resolve();
      ended.push(name);
      if (name === "3") throw new Error("broken");
      return name;
    },
  };
  for await (const found of lookAt(names(20), looks, clockOf(6))) {
    if (found === "1") break;
  }
  assertEquals(ended.length, 16);
  const failing = lookAt(names(5), looks, clockOf(6));
  await assertRejects(() => Array.fromAsync(failing), Error, "broken");
});
