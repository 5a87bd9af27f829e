import { assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { loopUntil } from "../../lib/net/loop.ts";
import { isPeerGone } from "../../lib/net/peer_gone.ts";

const full = () =>
  Object.assign(new Error("Too many open files"), { code: "EMFILE" });

/** Runs a loop whose steps do as told, in this order; the last one ends it. */
function runLoop(steps: readonly (Error | "ok")[]) {
  const clock = manualClock();
  const stop = new AbortController();
  const seen = { at: [] as number[], errors: [] as unknown[] };
  const step = () => {
    const outcome = steps[seen.at.length];
    seen.at.push(clock.now());
    if (seen.at.length >= steps.length) stop.abort();
    return outcome instanceof Error
      ? Promise.reject(outcome)
      : Promise.resolve();
  };
  const onError = (error: unknown) => seen.errors.push(error);
  return {
    clock,
    seen,
    done: loopUntil(stop.signal, step, { onError, clock }),
  };
}

Deno.test("loopUntil() rests longer after each failure in a row, up to a second", async () => {
  const failures = Array.from({ length: 8 }, full);
  const { clock, seen, done } = runLoop([...failures, "ok"]);
  await clock.advance(10_000);
  await done;
  assertEquals(seen.at, [0, 50, 150, 350, 750, 1550, 2550, 3550, 4550]);
  assertEquals(seen.errors, failures);
});

Deno.test("loopUntil() starts again at 50 ms when a step succeeded", async () => {
  const { clock, seen, done } = runLoop([full(), full(), "ok", full(), "ok"]);
  await clock.advance(10_000);
  await done;
  assertEquals(seen.at, [0, 50, 150, 150, 200]);
});

Deno.test("loopUntil() goes straight on when only a peer went away", async () => {
  const gone = new Deno.errors.ConnectionAborted("aborted in the queue");
  const { clock, seen, done } = runLoop([gone, gone, "ok"]);
  await clock.advance(0);
  await done;
  assertEquals(seen, { at: [0, 0, 0], errors: [] });
});

Deno.test("loopUntil() ends when the socket was closed for good", async () => {
  const closed = new Deno.errors.BadResource("Listener has been closed");
  const { seen, done } = runLoop([closed, "ok"]);
  await done;
  assertEquals(seen, { at: [0], errors: [] });
});

Deno.test("loopUntil() does not report the failure that stopping causes", async () => {
  const { seen, done } = runLoop([new Error("closed under the step")]);
  await done;
  assertEquals(seen, { at: [0], errors: [] });
});

Deno.test("loopUntil() wakes from its rest when the signal aborts", async () => {
  const clock = manualClock();
  const stop = new AbortController();
  const done = loopUntil(stop.signal, () => Promise.reject(full()), {
    onError() {},
    clock,
  });
  await clock.advance(0);
  assertEquals(clock.sleeping, 1);
  stop.abort();
  await done;
  assertEquals(clock.sleeping, 0);
});

Deno.test("isPeerGone() knows the runtime's errors and Node's codes", () => {
  const { errors } = Deno;
  assertEquals(isPeerGone(new errors.ConnectionReset("reset")), true);
  assertEquals(isPeerGone(new errors.BrokenPipe("pipe")), true);
  assertEquals(
    isPeerGone(Object.assign(new Error("read"), { code: "ECONNRESET" })),
    true,
  );
  assertEquals(isPeerGone(new errors.PermissionDenied("no")), false);
  assertEquals(isPeerGone(new TypeError("a bug")), false);
  assertEquals(isPeerGone({ code: "EPIPE" }), false);
});
