import { assert, assertEquals } from "@std/assert";
import { type SignalSource, stopSignals } from "../../lib/cli.ts";
import { manualClock } from "../../lib/clock.ts";

/** Signals that a test sends by itself. */
interface FakeSignals extends SignalSource {
  send(name: Deno.Signal): void;
  readonly listeners: Map<Deno.Signal, () => void>;
}

function fakeSignals(...known: Deno.Signal[]): FakeSignals {
  const listeners = new Map<Deno.Signal, () => void>();
  return {
    listeners,
    addSignalListener(name, handler) {
      if (!known.includes(name)) throw new TypeError(`No signal ${name}`);
      listeners.set(name, handler);
    },
    removeSignalListener(name, handler) {
      if (listeners.get(name) === handler) listeners.delete(name);
    },
    send: (name) => listeners.get(name)?.(),
  };
}

Deno.test("stopSignals() aborts at the first signal and says which one it was", () => {
  const source = fakeSignals("SIGINT", "SIGTERM");
  const { signal, dispose } = stopSignals({ source });
  assert(!signal.aborted);
  source.send("SIGTERM");
  assert(signal.aborted);
  assertEquals(signal.reason.message, "Stopped by SIGTERM");
  dispose();
});

Deno.test("stopSignals() calls onSecond for every further signal", async () => {
  const source = fakeSignals("SIGINT", "SIGTERM");
  const further: string[] = [];
  const clock = manualClock();
  using _stop = stopSignals({
    source,
    clock,
    onSecond: (name) => further.push(name),
  });
  source.send("SIGINT");
  assertEquals(further, []);
  await clock.advance(2);
  source.send("SIGTERM");
  source.send("SIGINT");
  assertEquals(further, ["SIGTERM", "SIGINT"]);
});

Deno.test("stopSignals() takes a signal that comes twice for one request", async () => {
  const source = fakeSignals("SIGINT", "SIGTERM");
  const further: string[] = [];
  const clock = manualClock();
  using stop = stopSignals({
    source,
    clock,
    onSecond: (name) => further.push(name),
  });
  source.send("SIGTERM");
  source.send("SIGTERM");
  await clock.advance(1);
  source.send("SIGINT");
  assert(stop.signal.aborted);
  assertEquals(further, []);
});

Deno.test("stopSignals() does without signals the system does not know", () => {
  const source = fakeSignals("SIGINT", "SIGBREAK");
  using stop = stopSignals({ source });
  assertEquals([...source.listeners.keys()], ["SIGINT", "SIGBREAK"]);
  source.send("SIGBREAK");
  assert(stop.signal.aborted);
});

Deno.test("stopSignals() listens no more when disposed, even twice", () => {
  const source = fakeSignals("SIGINT", "SIGTERM");
  const { signal, dispose } = stopSignals({ source });
  dispose();
  dispose();
  assertEquals(source.listeners.size, 0);
  assert(!signal.aborted);
});

Deno.test("stopSignals() leaves nothing behind in the real runtime", () => {
  const { signal, dispose } = stopSignals();
  assert(!signal.aborted);
  dispose();
});
