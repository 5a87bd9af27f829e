/**
 * The end of a shell, when somebody asks for it.
 *
 * @module
 */

import type { Job, Jobs } from "./jobs.ts";
import type { Shell } from "./shell.ts";

/** The jobs that somebody was warned of. */
const warned: WeakMap<Jobs, ReadonlySet<Job>> = new WeakMap();

/**
 * Ends the shell. While jobs run, a person is warned instead; asked again, it
 * ends, unless there are jobs that the warning was not about.
 */
export function endShell({ state, output, terminal }: Shell): void {
  const { jobs } = state;
  const running = jobs.open;
  const known = warned.get(jobs);
  const isNews = running.some((job) => !known?.has(job));
  if (terminal === null || !isNews) {
    state.ended = true;
    return;
  }
  warned.set(jobs, new Set(running));
  const [which, them] = running.length === 1
    ? ["1 job runs", "it"]
    : [`${running.length} jobs run`, "them"];
  output.warn(`${which} in the background; bye again stops ${them}`);
}
