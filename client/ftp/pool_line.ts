/**
 * One connection of a pool, with what it is doing.
 *
 * @module
 */

import type { Clock } from "../../lib/clock.ts";
import { pause } from "../../lib/net/wait.ts";
import type { FtpClient } from "./client.ts";

/** What waits for a connection, or has one. */
export interface Job {
  /** The folder it is done in; `null` is the one of the login. */
  readonly folder: string | null;
  /** Whether it may begin while another such job ends. */
  readonly overlap: boolean;
  /** Cancels it. */
  readonly controller: AbortController;
  /** Does it; never rejects. */
  readonly work: (line: Line) => Promise<void>;
  /** Ends it before it began. */
  readonly fail: (reason: unknown) => void;
}

/** Milliseconds after which a server may have closed an idle connection. */
const STALE_MS = 15_000;

/** Milliseconds after which connections that nobody needs are closed. */
const IDLE_MS = 60_000;

/** Makes a job of a task; `done` settles as the task does. */
export function newJob<T>(
  task: (line: Line, signal: AbortSignal) => Promise<T>,
  options: Pick<Job, "folder" | "overlap">,
): { job: Job; done: Promise<T> } {
  const controller = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return {
    job: {
      ...options,
      controller,
      work: (line) => task(line, controller.signal).then(resolve, reject),
      fail: reject,
    },
    done: promise,
  };
}

/** A connection of a pool. */
export class Line {
  /** The connection. */
  readonly client: FtpClient;
  /** What it is doing: nothing, a job, or two that overlap. */
  readonly jobs: Set<Job> = new Set();
  readonly #clock: Clock;
  #idleSince: number;
  #home: string | null = null;
  #folder: string | null | undefined = null;

  /** Takes a client that is logged in. */
  constructor(client: FtpClient, clock: Clock) {
    this.client = client;
    this.#clock = clock;
    this.#idleSince = clock.now();
  }

  /** Milliseconds without a job. */
  get idle(): number {
    return this.jobs.size > 0 ? 0 : this.#clock.now() - this.#idleSince;
  }

  /** Whether it is in `folder`. */
  isIn(folder: string | null): boolean {
    return this.#folder === folder;
  }

  /** Whether `job` may begin while the only other job still ends. */
  overlaps(job: Job): boolean {
    const [other, ...more] = this.jobs;
    return job.overlap && other?.overlap === true && more.length === 0 &&
      this.isIn(job.folder) && this.client.closed === null &&
      !this.client.isWorn;
  }

  /** Begins to be idle. */
  rest(): void {
    this.#idleSince = this.#clock.now();
  }

  /** Whether it still works, asked when that is in doubt. */
  async works(idle: number, signal: AbortSignal): Promise<boolean> {
    if (idle >= STALE_MS && this.client.closed === null) {
      await this.client.workingDirectory({ signal }).catch(() => {});
      signal.throwIfAborted();
    }
    return this.client.closed === null;
  }

  /** Goes to `folder`, unless it is there. */
  async enter(folder: string | null, signal: AbortSignal): Promise<void> {
    if (this.isIn(folder)) return;
    await this.#leave(signal);
    await this.client.changeDirectory(folder ?? this.#home!, { signal });
    this.#folder = folder;
  }

  /** Changes the folder and gives its name as the server tells it. */
  async move(path: string, signal: AbortSignal): Promise<string> {
    await this.#leave(signal);
    await this.client.changeDirectory(path, { signal });
    return this.#folder = await this.client.workingDirectory({ signal });
  }

  /** Until the next folder is reached, nobody knows which one it is. */
  async #leave(signal: AbortSignal): Promise<void> {
    this.#home ??= await this.client.workingDirectory({ signal });
    this.#folder = undefined;
  }
}

/**
 * Closes connections that nobody needs, and takes them out of `lines`, until
 * there is one left or `signal` aborts. Never rejects.
 */
export async function closeIdle(
  lines: Set<Line>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (lines.size > 1) {
    await pause(IDLE_MS, { clock, signal });
    if (signal.aborted) return;
    const [_first, ...others] = lines;
    const idle = others.filter((line) => line.idle >= IDLE_MS);
    for (const line of idle) lines.delete(line);
    await Promise.all(idle.map(({ client }) => client.close()));
  }
}
