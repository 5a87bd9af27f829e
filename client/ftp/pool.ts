/**
 * Several connections to one server, for work that is done side by side.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { Features } from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { TlsFacts } from "../../lib/net/tls/stream.ts";
import type { FtpClient } from "./client.ts";
import type { DataOptions } from "./data.ts";
import { NetworkError } from "./errors.ts";
import { type LocalFiles, localFiles } from "./local_files.ts";
import type { CallOptions } from "./options.ts";
import { Growth } from "./pool_growth.ts";
import { closeIdle, type Job, Line, newJob } from "./pool_line.ts";
import {
  openClient,
  type PoolOptions,
  type PoolTask,
  type PoolTaskOptions,
} from "./pool_options.ts";

const MOST = 4;

/**
 * A pool of connections to one server. Tasks get one in the order in which they
 * came. Connections are opened when they are needed, and closed again when they
 * were not for a minute; the first one stays. When the server refuses a further
 * one, the pool does with what it has, and tries again a minute later at the
 * earliest. A connection that was lost is replaced.
 *
 * @example
 * ```ts
 * import { FtpPool, listedAccounts, memoryFileSystem, serveFtp } from "@wharf/wharf";
 * const fs = memoryFileSystem({ "/a": "Hello, ", "/b": "world!" });
 * const hostname = "127.0.0.1";
 * await using server = await serveFtp({
 *   listen: [{ transport: "tcp", hostname, port: 0 }],
 *   authenticate: listedAccounts([
 *     { name: "anonymous", password: null, write: false, fs },
 *   ]),
 * });
 * const { port } = server.addresses[0] as Deno.NetAddr;
 * await using pool = await FtpPool.connect({ hostname, port, connections: 2 });
 * const sizes = await Promise.all(["/a", "/b"].map((path) =>
 *   pool.run((client, signal) => client.size(path, { signal }))
 * ));
 * console.assert(sizes.join() === "7,6");
 * ```
 */
export class FtpPool implements AsyncDisposable {
  /** What the server greeted the first connection with. */
  readonly greeting: Reply;
  /** What the server said that it can, after the login. */
  readonly features: Features;
  /** How the first connection is protected; `null` without TLS. */
  readonly tls: TlsFacts | null;
  /** The files that local paths mean. */
  readonly files: LocalFiles;

  readonly #options: PoolOptions;
  readonly #clock: Clock;
  readonly #growth: Growth;
  readonly #lines: Set<Line> = new Set();
  readonly #running: Set<Job> = new Set();
  /** Connections being made, tasks being done: none of these rejects. */
  readonly #busy: Set<Promise<void>> = new Set();
  readonly #end = new AbortController();
  #waiting: Set<Job> = new Set();
  #opening = 0;
  #sweeping = false;
  #folder: string | null = null;
  #data: DataOptions | null = null;

  private constructor(options: PoolOptions, first: FtpClient) {
    const { connections = MOST, clock = systemClock } = options;
    this.greeting = first.greeting;
    this.features = first.features;
    this.tls = first.tls;
    this.files = options.files ?? localFiles();
    this.#options = options;
    this.#clock = clock;
    this.#growth = new Growth(Math.max(1, connections), clock);
    this.#lines.add(new Line(first, clock));
  }

  /**
   * Makes the first connection and logs in.
   *
   * @throws What {@linkcode FtpClient.connect} and `login` throw.
   */
  static async connect(options: PoolOptions): Promise<FtpPool> {
    const { signal, ...rest } = options;
    const { retries = 0 } = options;
    return new FtpPool(rest, await openClient(rest, retries, signal));
  }

  /** Connections that are open. */
  get connections(): number {
    return [...this.#lines].filter(({ client }) => client.closed === null)
      .length;
  }

  /** Most connections that it opens: fewer than asked once one was refused. */
  get limit(): number {
    return this.#growth.limit;
  }

  /** The current folder, absolute; `null` while it is the one of the login. */
  get folder(): string | null {
    return this.#folder;
  }

  /** How data connections are made from now on. */
  set data(options: DataOptions) {
    this.#data = options;
    for (const { client } of this.#lines) client.data = options;
  }

  /**
   * Does `task` as soon as a connection is free, which is the task's until its
   * promise settles. It must not close it, change its folder, or wait for
   * another task of the same pool: there may be one connection only.
   *
   * @throws What the task throws; the reason of an aborted signal; and when no
   * connection works any more, what {@linkcode FtpPool.connect} throws.
   */
  async run<T>(task: PoolTask<T>, options: PoolTaskOptions = {}): Promise<T> {
    const { folder = this.#folder } = options;
    return await this.#enqueue(async (line, signal) => {
      await line.enter(folder, signal);
      return await task(line.client, signal);
    }, { ...options, folder });
  }

  /**
   * Changes the folder of tasks from then on; earlier ones keep theirs.
   *
   * @throws {FtpError} when the server refuses.
   */
  async changeDirectory(
    path: string,
    options: CallOptions = {},
  ): Promise<void> {
    const folder = this.#folder;
    this.#folder = await this.#enqueue(async (line, signal) => {
      await line.enter(folder, signal);
      return await line.move(path, signal);
    }, { ...options, folder });
  }

  /** Cancels what runs and what waits; the pool stays. */
  abort(reason: unknown = new DOMException("Aborted", "AbortError")): void {
    for (const job of [...this.#waiting, ...this.#running]) {
      this.#cancel(job, reason);
    }
  }

  /** Cancels everything, waits for its end, and closes all connections. */
  async close(): Promise<void> {
    const reason = new NetworkError("closed", "The pool is closed");
    this.#end.abort(reason);
    this.abort(reason);
    await this.#hangUp();
    while (this.#busy.size > 0) await Promise.all(this.#busy);
    await this.#hangUp(); // One may have been made meanwhile.
  }

  /** The same as {@linkcode FtpPool.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #hangUp(): Promise<void> {
    await Promise.all([...this.#lines].map(({ client }) => client.close()));
  }

  async #enqueue<T>(
    task: (line: Line, signal: AbortSignal) => Promise<T>,
    options: PoolTaskOptions & { folder: string | null },
  ): Promise<T> {
    const { signal, overlap = false, folder } = options;
    this.#end.signal.throwIfAborted();
    signal?.throwIfAborted();
    const { job, done } = newJob(task, { overlap, folder });
    const cancel = () => this.#cancel(job, signal?.reason);
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      this.#waiting.add(job);
      this.#dispatch();
      return await done;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  #cancel(job: Job, reason: unknown): void {
    job.controller.abort(reason);
    if (this.#waiting.delete(job)) job.fail(reason);
  }

  /** Gives connections to those who wait, and opens more for the rest. */
  #dispatch(): void {
    for (const job of this.#waiting) {
      const line = this.#placeFor(job);
      if (line === undefined) break; // Nobody overtakes.
      this.#waiting.delete(job);
      this.#track(this.#serve(job, line));
    }
    while (this.#waiting.size > this.#opening && this.#mayOpen()) {
      this.#opening++;
      this.#track(this.#open());
    }
    if (this.#lines.size > 1) this.#sweep();
  }

  #placeFor(job: Job): Line | undefined {
    const free = [...this.#lines].filter(({ jobs }) => jobs.size === 0);
    const found = free.find((line) => line.isIn(job.folder)) ?? free[0];
    // A connection of its own is worth the wait.
    if (found !== undefined || this.#opening > 0 || this.#mayOpen()) {
      return found;
    }
    return [...this.#lines].find((line) => line.overlaps(job));
  }

  #mayOpen(): boolean {
    if (this.#end.signal.aborted) return false;
    // Without any, the first one shows whether there is a server at all.
    if (this.#lines.size === 0) return this.#opening === 0;
    return this.#growth.allows(this.#lines.size + this.#opening);
  }

  async #serve(job: Job, line: Line): Promise<void> {
    const { idle } = line;
    const { signal } = job.controller;
    line.jobs.add(job);
    this.#running.add(job);
    try {
      const works = await line.works(idle, signal);
      signal.throwIfAborted();
      if (works) await job.work(line);
      else this.#waiting = new Set([job, ...this.#waiting]);
    } catch (error) {
      job.fail(error);
    }
    this.#running.delete(job);
    line.jobs.delete(job);
    this.#release(line);
    this.#dispatch();
  }

  #release(line: Line): void {
    if (line.jobs.size > 0) return;
    line.rest();
    if (line.client.closed !== null) this.#lines.delete(line);
  }

  async #open(): Promise<void> {
    const alone = this.#lines.size === 0;
    const { retries = 0 } = this.#options;
    const { signal } = this.#end;
    try {
      // With others at work, a refusal is an answer, and needs no repetition.
      const patience = alone ? retries : 0;
      const client = await openClient(this.#options, patience, signal);
      if (this.#data !== null) client.data = this.#data;
      this.#lines.add(new Line(client, this.#clock));
      this.#growth.worked(this.#lines.size);
      this.#opening--;
    } catch (error) {
      this.#opening--;
      this.#refused(alone, error);
    }
    this.#dispatch();
  }

  #refused(alone: boolean, error: unknown): void {
    const others = this.#lines.size + this.#opening;
    if (others > 0) return this.#growth.refused(others);
    if (!alone) return; // The next attempt is the last one's replacement.
    for (const job of this.#waiting) job.fail(error);
    this.#waiting.clear();
  }

  /** Closes connections that nobody needs. */
  #sweep(): void {
    if (this.#sweeping || this.#end.signal.aborted) return;
    this.#sweeping = true;
    const swept = closeIdle(this.#lines, this.#clock, this.#end.signal);
    this.#track(swept.then(() => void (this.#sweeping = false)));
  }

  #track(promise: Promise<void>): void {
    this.#busy.add(promise);
    promise.then(() => this.#busy.delete(promise));
  }
}
