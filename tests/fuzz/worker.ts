/**
 * The thread in which inputs are tried. It has no permission at all, and the
 * other thread sees what it is at: an input that never ends is found, too.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { type Finding, type Hunt, hunt } from "./hunt.ts";
import { LONGEST } from "./target.ts";
import { TARGETS } from "./targets.ts";

/** What is to be done. */
export interface Job {
  /** Name of the target. */
  readonly target: string;
  /** Chooses the inputs. */
  readonly seed: number;
  /** Most inputs. */
  readonly runs: number;
  /** Milliseconds there are. */
  readonly time: number;
  /** Where it says what it is at: {@linkcode DESK_BYTES}. */
  readonly desk: SharedArrayBuffer;
}

/** What it says. */
export type Word = { readonly finding: Finding } | { readonly hunt: Hunt };

/** Inputs tried so far, length of this one, and the input itself. */
export const DESK_BYTES: number = 8 + LONGEST;

if ("WorkerGlobalScope" in globalThis) {
  const scope = self as unknown as Worker;
  scope.onmessage = ({ data }: MessageEvent<Job>) =>
    work(data, (word) => scope.postMessage(word));
}

async function work(job: Job, say: (word: Word) => void): Promise<void> {
  const target = TARGETS.find(({ name }) => name === job.target)!;
  const end = performance.now() + job.time;
  const counts = new Int32Array(job.desk, 0, 2);
  const desk = new Uint8Array(job.desk, 8);
  function before(input: Bytes): void {
    desk.set(input);
    counts[1] = input.length;
    Atomics.add(counts, 0, 1);
  }
  const done = await hunt(target, {
    seed: job.seed,
    runs: job.runs,
    goesOn: () => performance.now() < end,
    before,
    found: (finding) => say({ finding }),
  });
  say({ hunt: done });
}
