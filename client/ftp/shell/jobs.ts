/**
 * What runs in the background of a shell.
 *
 * @module
 */

import { redactUrls } from "../url.ts";
import { failureOf, ShellError } from "./failure.ts";
import type { Output } from "./output.ts";
import type { Shell, Site } from "./shell.ts";

/** Something that runs, or ran, in the background. */
export interface Job {
  /** What it is called. */
  readonly number: number;
  /** What was typed, without passwords. */
  readonly command: string;
  /** How it is. */
  state: "waiting" | "running" | "done" | "failed" | "stopped";
  /** Why it failed, as one line. */
  message?: string;
  /** What it failed with. */
  error?: unknown;
  /** The server that it was started on; `null` for none. */
  readonly site: Site | null;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>;
  /** Ends it. */
  stop(): void;
}

/** Runs a command in the background. */
export type JobTask = (shell: Shell, signal: AbortSignal) => Promise<void>;

/** Jobs that are kept after they ended. */
const KEPT = 100;

/** What runs in the background. */
export class Jobs {
  readonly #jobs: Job[] = [];
  readonly #news: (() => void)[] = [];
  #last = 0;
  #failure: { readonly error: unknown } | null = null;
  #queue: Promise<void> = Promise.resolve();
  /** Connections that are closed when the last job has ended. */
  readonly #leaving: Set<Promise<void>> = new Set();

  /** All, oldest first. */
  get all(): readonly Job[] {
    return this.#jobs;
  }

  /** Those that have not ended. */
  get open(): readonly Job[] {
    return this.#jobs.filter(({ state }) =>
      state === "waiting" || state === "running"
    );
  }

  /** What failed first; `null` for nothing. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  /** Says what was put off since the last time: nobody's line is disturbed. */
  tellNews(): void {
    for (const say of this.#news.splice(0)) say();
  }

  /** Starts a task at once. */
  start(command: string, task: JobTask, shell: Shell): Job {
    return this.#add(command, task, shell, Promise.resolve());
  }

  /** Starts a task when all that were queued before have ended. */
  queue(command: string, task: JobTask, shell: Shell): Job {
    const job = this.#add(command, task, shell, this.#queue);
    this.#queue = job.ended;
    return job;
  }

  /** Those that have not ended and need the connections to a server. */
  on(site: Site): readonly Job[] {
    return this.open.filter((job) => job.site === site);
  }

  /**
   * Ends the connections to a server: at once when no job needs them, else
   * when the last one has ended, which is not waited for.
   */
  async leave(site: Site): Promise<void> {
    if (this.on(site).length === 0) return await site.pool.close();
    const leaving = this.#leaveLater(site).catch(() => {}) // All is over.
      .finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  /** Ends all, with their connections, and waits for it. */
  async close(): Promise<void> {
    for (const job of this.open) job.stop();
    await Promise.all(this.#jobs.map(({ ended }) => ended));
    await Promise.all(this.#leaving);
  }

  /** A job may start another one. */
  async #leaveLater(site: Site): Promise<void> {
    for (let job; (job = this.on(site)[0]) !== undefined;) await job.ended;
    await site.pool.close();
  }

  #add(
    command: string,
    task: JobTask,
    shell: Shell,
    ready: Promise<void>,
  ): Job {
    const stop = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    const reason = new DOMException("Stopped", "AbortError");
    // It keeps the server and the folder that it was started with.
    const { site = shell.state.site } = shell;
    const { folder = site?.pool.folder ?? null } = shell;
    const job: Job = {
      number: ++this.#last,
      command: redactUrls(command),
      state: "waiting",
      site,
      ended: promise,
      stop: () => stop.abort(reason),
    };
    this.#jobs.push(job);
    this.#forget();
    const output = shell.output.later((say) => this.#news.push(say));
    const inJob = { ...shell, output, site, folder, terminal: null };
    this.#run(job, () => task(inJob, stop.signal), ready, stop.signal)
      .then(() => tellEnd(job, output)).then(resolve);
    return job;
  }

  async #run(
    job: Job,
    task: () => Promise<void>,
    ready: Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    await ready;
    try {
      signal.throwIfAborted();
      job.state = "running";
      await task();
      job.state = "done";
    } catch (error) {
      job.state = signal.aborted ? "stopped" : "failed";
      job.error = error;
      job.message = failureOf(error).message;
      if (job.state === "failed") this.#failure ??= { error };
    }
  }

  #forget(): void {
    while (this.#jobs.length > KEPT) {
      const at = this.#jobs.findIndex(({ state }) =>
        state !== "waiting" && state !== "running"
      );
      if (at < 0) return;
      this.#jobs.splice(at, 1);
    }
  }
}

/**
 * Refuses to change in the background what all of the shell shares.
 *
 * @throws {ShellError} when this is a job's shell.
 */
export function refuseInJob({ folder }: Shell, what: string): void {
  if (folder === undefined) return;
  throw new ShellError("usage", `${what} cannot be changed in the background`);
}

function tellEnd(
  { number, command, state, message }: Job,
  output: Output,
): void {
  const why = message === undefined ? "" : `: ${message}`;
  const line = `[${number}] ${state}: ${command}${why}`;
  if (state === "failed") output.error(line);
  else output.note(line);
}
