/**
 * Verbs for what runs in the background.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { quoted } from "../../../../lib/cli/values.ts";
import { visible } from "../../../../lib/visible.ts";
import { unlessAborted } from "../../unless_aborted.ts";
import { failureOf, ShellError } from "../failure.ts";
import type { Job } from "../jobs.ts";
import { runLine } from "../run_line.ts";
import type { Shell } from "../shell.ts";
import { defineVerb, type Verb } from "../verb.ts";

const queue = defineVerb({
  names: ["queue"],
  group: "Jobs",
  summary: "run a command in the background, behind those queued before",
  usage: "[COMMAND]",
  examples: [
    ["queue get a.iso; queue get b.iso", "one after the other"],
    ["queue", "what there is"],
  ],
  completes: ["verb"],
  raw: "command",
  run: (shell, { args: [command] }) => {
    if (command === undefined) return list(shell);
    const task = (inJob: Shell, signal: AbortSignal) =>
      runLine(inJob, command, signal);
    const job = shell.state.jobs.queue(command, task, shell);
    shell.output.note(`[${job.number}] ${job.command}`);
  },
});

const jobs = defineVerb({
  names: ["jobs"],
  group: "Jobs",
  summary: "show what runs, or ran, in the background",
  run: (shell) => list(shell),
});

function list({ state, output }: Shell): void {
  for (const job of state.jobs.all) {
    const { number, command, message } = job;
    output.record({ job: number, state: job.state, command, message });
    const why = message === undefined ? "" : `: ${message}`;
    output.line(
      visible(`[${number}] ${job.state.padEnd(7)}  ${command}${why}`),
    );
  }
}

const wait = defineVerb({
  names: ["wait"],
  group: "Jobs",
  summary: "wait for what runs in the background",
  usage: "[NUMBER | all]",
  examples: [["wait", "for everything"], ["wait 2", "for job 2"]],
  positionals: { max: 1 },
  run: async (shell, { args: [which], signal }) => {
    const waited = chosen(shell, which ?? "all");
    for (const { ended } of waited) await unlessAborted(ended, signal);
    shell.state.jobs.tellNews();
    const failed = waited.filter(({ state }) => state === "failed");
    const [first] = failed;
    if (first === undefined) return;
    const { kind } = failureOf(first.error);
    const message = failed.length === 1
      ? `job ${first.number} failed`
      : `${failed.length} jobs failed`;
    throw new ShellError(kind, message, { told: true, cause: first.error });
  },
});

const kill = defineVerb({
  names: ["kill"],
  group: "Jobs",
  summary: "end what runs in the background",
  usage: "NUMBER | all",
  positionals: { min: 1, max: 1 },
  run: async (shell, { args: [which = ""], signal }) => {
    const killed = chosen(shell, which);
    for (const job of killed) job.stop();
    for (const { ended } of killed) await unlessAborted(ended, signal);
    shell.state.jobs.tellNews();
  },
});

/** The job of a number, or all that have not ended. */
function chosen({ state }: Shell, which: string): readonly Job[] {
  if (which === "all") return state.jobs.open;
  const job = state.jobs.all.find(({ number }) => String(number) === which);
  if (job !== undefined) return [job];
  throw new UsageError(`there is no job ${quoted(which)} (jobs lists them)`);
}

/** What runs in the background. */
export const JOBS_VERBS: readonly Verb[] = [queue, jobs, wait, kill];
