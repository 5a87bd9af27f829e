import { assertEquals, assertRejects } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { pause, within } from "../../lib/net/wait.ts";

const never = new Promise<never>(() => {});

Deno.test("pause() ends with its time", async () => {
  const clock = manualClock();
  const paused = pause(1000, { clock });
  await clock.advance(999);
  assertEquals(clock.sleeping, 1);
  await clock.advance(1);
  await paused;
});

Deno.test("pause() ends when the signal aborts, and leaves no timer", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const paused = pause(1000, { clock, signal: controller.signal });
  controller.abort();
  await paused;
  assertEquals(clock.sleeping, 0);
});

Deno.test("within() settles as the promise does, and leaves no timer", async () => {
  const clock = manualClock();
  assertEquals(await within(Promise.resolve(7), 1000, "late", { clock }), 7);
  const failing = Promise.reject(new TypeError("no"));
  await assertRejects(
    () => within(failing, 1000, "late", { clock }),
    TypeError,
    "no",
  );
  assertEquals(clock.sleeping, 0);
});

Deno.test("within() gives up when the time is over", async () => {
  const clock = manualClock();
  const result = within(never, 1000, "late", { clock });
  await clock.advance(1000);
  assertEquals(await result, "late");
});

Deno.test("within() gives up when the signal aborts, before or during the wait", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  const result = within(never, 1000, "late", {
    clock,
    signal: controller.signal,
  });
  controller.abort();
  assertEquals(await result, "late");
  const signal = AbortSignal.abort();
  assertEquals(await within(never, 1000, "late", { clock, signal }), "late");
  assertEquals(clock.sleeping, 0);
});

Deno.test("within() ignores a failure that comes too late", async () => {
  const clock = manualClock();
  const { promise, reject } = Promise.withResolvers<void>();
  const result = within(promise, 1000, "late", { clock });
  await clock.advance(1000);
  reject(new Error("too late to matter"));
  assertEquals(await result, "late");
});
