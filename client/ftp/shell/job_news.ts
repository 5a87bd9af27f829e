/**
 * What became of things in the background.
 *
 * @module
 */

import type { Job } from "./jobs.ts";
import type { Shell } from "./shell.ts";

/** Tells what ended since the last time; failures are told as such. */
export function tellNews({ state, output }: Shell): void {
  for (const line of state.jobs.news()) {
    if (isFailure(state.jobs.all, line)) output.error(line);
    else output.note(line);
  }
}

function isFailure(jobs: readonly Job[], line: string): boolean {
  return jobs.some(({ number, state }) =>
    state === "failed" && line.startsWith(`[${number}] `)
  );
}
