/**
 * Fuzzes targets in a thread of its own and watches it.
 *
 * @module
 */

import type { Finding, Hunt } from "./hunt.ts";
import { DESK_BYTES, type Job, type Word } from "./worker.ts";

/** What one target came to. */
export interface Outcome {
  /** What was tried. */
  readonly hunt: Pick<Hunt, "inputs" | "outcomes" | "slowest">;
  /** What was found. */
  readonly findings: readonly Finding[];
  /** How long it took, in milliseconds. */
  readonly time: number;
}

/** A thread that does one job after another. */
export interface FuzzThread {
  /** Does a job; resolves when it is done or can't go on. */
  work(job: Omit<Job, "desk">): Promise<Outcome>;
  /** Ends the thread. */
  [Symbol.dispose](): void;
}

/** An input that takes longer, in milliseconds, takes for ever. */
const PATIENCE = 30_000;
const LOOK = 500;

/** Makes a thread; after an input that breaks it, another one. */
export function fuzzThread(): FuzzThread {
  let worker: Worker | null = null;
  function dismiss(): void {
    worker?.terminate();
    worker = null;
  }
  return {
    async work(job) {
      const start = performance.now();
      worker ??= newWorker();
      const { isBroken, ...done } = await watched(worker, job);
      if (isBroken) dismiss();
      return { ...done, time: performance.now() - start };
    },
    [Symbol.dispose]: dismiss,
  };
}

function newWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions: "none" },
  });
}

async function watched(
  worker: Worker,
  job: Omit<Job, "desk">,
): Promise<Omit<Outcome, "time"> & { isBroken: boolean }> {
  const desk = new SharedArrayBuffer(DESK_BYTES);
  const findings: Finding[] = [];
  const done = Promise.withResolvers<Outcome["hunt"] & { isBroken: boolean }>();
  function giveUp(reason: string): void {
    const [inputs = 0, length = 0] = new Int32Array(desk, 0, 2);
    const input = new Uint8Array(desk, 8, length).slice();
    findings.push({ input, reason });
    done.resolve({ inputs, outcomes: 0, slowest: NaN, isBroken: true });
  }
  worker.onmessage = ({ data }: MessageEvent<Word>) => {
    if ("finding" in data) findings.push(data.finding);
    else done.resolve({ ...data.hunt, isBroken: false });
  };
  worker.onerror = (event) => {
    event.preventDefault();
    giveUp(`an error that nobody caught: ${event.message}`);
  };
  const timer = stillness(desk, () => {
    giveUp(`no end after ${PATIENCE / 1000} s`);
  });
  worker.postMessage({ ...job, desk });
  const { isBroken, ...hunt } = await done.promise;
  clearInterval(timer);
  return { hunt, findings, isBroken };
}

/** Calls `onStill` when no new input was begun for too long. */
function stillness(
  desk: SharedArrayBuffer,
  onStill: () => void,
): ReturnType<typeof setInterval> {
  const counts = new Int32Array(desk, 0, 1);
  let [seen, since] = [-1, performance.now()];
  return setInterval(() => {
    const count = Atomics.load(counts, 0);
    if (count !== seen) [seen, since] = [count, performance.now()];
    else if (performance.now() - since > PATIENCE) onStill();
  }, LOOK);
}
