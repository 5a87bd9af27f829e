/**
 * A place for one worker: it is started, told to stop, and replaced when it
 * dies.
 *
 * @module
 */

import { EXIT, ToolError } from "../../lib/cli.ts";
import type { Log } from "../../lib/log.ts";

/** Tells a worker, or the warden, something; it must survive being copied. */
export type Message = { readonly kind: string };

/** What every worker tells the warden; `A` is where it listens. */
export type WorkerReport<A> =
  | { kind: "ready"; addresses: readonly A[] }
  | { kind: "failed"; message: string; exitCode?: number }
  | { kind: "stopped" };

/** What a worker shall do. `A` is where it listens. */
export interface Job<A> {
  /** The worker's module. */
  readonly module: URL | string;
  /** Milliseconds a worker takes at most to stop, in good order. */
  readonly grace: number;
  /** Aborts when the server shall stop. */
  readonly signal: AbortSignal;
  /** Where deaths of workers are told. */
  readonly log: Log;
  /**
   * The worker's permissions; `null` does the job in this thread. `addresses`
   * is where its predecessor listened, if there was one.
   */
  permissions(
    addresses: readonly A[] | null,
  ): Deno.PermissionOptionsObject | null;
  /** The order to start; whoever replaces a worker listens where it did. */
  start(addresses: readonly A[] | null): Message;
  /** Does the job in this thread: takes orders, reports. */
  here(report: (report: Message) => void): (order: Message) => void;
  /** A worker is there, and has had no order yet; `send` reaches it alone. */
  onHired?(send: (order: Message) => void): void;
  /** Takes what a worker reports beyond {@linkcode WorkerReport}. */
  onReport?(report: Message, send: (order: Message) => void): void;
  /** The worker is gone, with everything it was doing. */
  onGone?(): void;
  /** A worker that listened has died; `onGone` was called. */
  onDeath?(): void;
}

/** A server could not start or go on. Without an exit code: the network's. */
export class WardenError extends ToolError {
  /** Says why. */
  constructor(message: string, exitCode: number = EXIT.network) {
    super(message, exitCode);
    this.name = "WardenError";
  }
}

/** First wait before a worker that died is replaced, in milliseconds. */
const RESTART_DELAY = 100;
/** Longest such wait. */
const MAX_RESTART_DELAY = 30_000;
/** A worker that lived this long was not broken from the start. */
const HEALTHY = 60_000;
/** Time beyond the grace in which a worker must have stopped. */
const PATIENCE = 2000;

/** Takes orders where no worker is. */
const NOBODY = () => {};

/** A place for one worker, and the worker that holds it. */
export class Post<A> {
  /** Resolves when the worker has stopped and nobody takes its place. */
  readonly finished: Promise<void>;
  readonly #stopped: () => void;
  readonly #job: Job<A>;
  #addresses: readonly A[] | null = null;
  #send: (order: Message) => void = NOBODY;
  #terminate: () => void = NOBODY;
  #delay = RESTART_DELAY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRetired = false;
  #giveUp: () => void = NOBODY;

  /** Nobody is hired yet. */
  constructor(job: Job<A>) {
    this.#job = job;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = () => this.#stop();
    this.finished = promise;
    this.#stopped = () => {
      job.signal.removeEventListener("abort", stop);
      resolve();
    };
    job.signal.addEventListener("abort", stop);
  }

  /**
   * Starts the worker and waits until it listens; where, it returns.
   *
   * @throws {WardenError} when it can't.
   */
  async start(): Promise<readonly A[]> {
    const ready = Promise.withResolvers<readonly A[]>();
    ready.promise.catch(() => {}); // Hiring may fail before anybody waits.
    this.#giveUp = () => ready.reject(new WardenError("stopped at its start"));
    let since: number | null = null;
    let send: (order: Message) => void = NOBODY;
    const onDeath = (reason: string) => {
      this.#dismiss();
      if (since === null) return ready.reject(new WardenError(reason));
      this.#job.onDeath?.();
      if (performance.now() - since > HEALTHY) this.#delay = RESTART_DELAY;
      this.#replace(reason);
    };
    this.#hire((message) => {
      const report = message as WorkerReport<A>;
      switch (report.kind) {
        case "ready":
          this.#addresses = report.addresses;
          since = performance.now();
          if (this.#job.signal.aborted) this.#stop();
          return ready.resolve(report.addresses);
        case "failed":
          if (since !== null) return onDeath(report.message);
          this.#dismiss();
          return ready.reject(
            new WardenError(report.message, report.exitCode),
          );
        case "stopped":
          return this.close();
        default:
          return this.#job.onReport?.(message, send);
      }
    }, onDeath);
    send = this.#send;
    this.#job.onHired?.(send);
    send(this.#job.start(this.#addresses));
    return await ready.promise;
  }

  /** Tells the worker something, if there is one. */
  send(order: Message): void {
    this.#send(order);
  }

  /**
   * Lets the worker end what it has begun, however long that takes, and take
   * on nothing new; nobody takes its place.
   */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    clearTimeout(this.#timer);
    if (this.#send === NOBODY) return this.close();
    this.#send({ kind: "drain" });
  }

  /** Lets the worker go; nobody takes its place. */
  close(): void {
    clearTimeout(this.#timer);
    this.#dismiss();
    this.#giveUp();
    this.#stopped();
  }

  #hire(onReport: (report: Message) => void, onDeath: (why: string) => void) {
    const { module } = this.#job;
    const permissions = this.#job.permissions(this.#addresses);
    if (permissions === null) {
      this.#send = this.#job.here(onReport);
      return;
    }
    const worker = new Worker(module, {
      type: "module",
      deno: { permissions },
    });
    worker.onmessage = ({ data }: MessageEvent<Message>) => onReport(data);
    worker.onerror = (event) => {
      event.preventDefault();
      onDeath(event.message);
    };
    this.#send = (order) => worker.postMessage(order);
    this.#terminate = () => worker.terminate();
  }

  /** Lets the worker go, and all that it was doing. */
  #dismiss(): void {
    this.#terminate();
    this.#send = this.#terminate = NOBODY;
    this.#job.onGone?.();
  }

  #replace(reason: string): void {
    const { signal, log } = this.#job;
    if (signal.aborted) return this.close();
    if (this.#isRetired) {
      log.error("worker-died", { reason });
      return this.close();
    }
    log.error("worker-died", { reason, seconds: this.#delay / 1000 });
    this.#timer = setTimeout(() => {
      this.start().catch((error) => this.#replace(error.message));
    }, this.#delay);
    this.#delay = Math.min(this.#delay * 2, MAX_RESTART_DELAY);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    if (this.#send === NOBODY) return this.close();
    this.#send({ kind: "stop" });
    this.#timer = setTimeout(() => this.close(), this.#job.grace + PATIENCE);
  }
}
