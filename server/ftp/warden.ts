/**
 * The main thread of the server: starts confined workers, counts sessions
 * over all of them, replaces those that die, and stops them.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import type { Log } from "../../lib/log.ts";
import { admission, type CountingAdmission } from "../../lib/net/admission.ts";
import { openListeners } from "../../lib/net/listen.ts";
import type { Settings } from "./settings.ts";
import { withListening } from "./permissions.ts";
import { type Order, type Report, takeOrders } from "./worker.ts";

/** Options for {@linkcode runWarden}. */
export interface WardenOptions {
  /** Permissions of the workers; `null` serves in this thread. */
  permissions: Deno.PermissionOptionsObject | null;
  /** Aborts when the server shall stop. */
  signal: AbortSignal;
  /** Where events are told. */
  log: Log;
  /** Called once, when every worker listens. */
  onReady(addresses: readonly HostPort[]): void | Promise<void>;
}

/** A server could not start or go on. */
export class WardenError extends Error {
  /** Says why. */
  constructor(message: string) {
    super(message);
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

/**
 * Serves until the signal aborts and all sessions have ended, or the grace is
 * over.
 *
 * @throws {WardenError} when a worker can't listen at the start.
 */
export async function runWarden(
  settings: Settings,
  options: WardenOptions,
): Promise<void> {
  const shared = settings.workers > 1;
  if (shared) await probe(settings);
  const counts = admission({
    max: settings.maxSessions,
    perAddress: settings.maxPerAddress,
  });
  const post = (fixed: Settings) => new Post(fixed, shared, counts, options);
  const posts = [post(settings)];
  try {
    const addresses = await posts[0]!.start();
    // With port 0 only the first one chooses; the others follow it.
    while (posts.length < settings.workers) {
      posts.push(post({ ...settings, listen: addresses }));
      await posts.at(-1)!.start();
    }
    await options.onReady(addresses);
  } catch (error) {
    for (const post of posts) post.close();
    if (!options.signal.aborted) throw error;
  }
  await Promise.all(posts.map((post) => post.finished));
}

/**
 * Workers share ports, and would share them with a server that is already
 * there. Listening once without sharing finds that out.
 */
async function probe(settings: Settings): Promise<void> {
  const listeners = await openListeners(
    settings.listen.map((at) => ({ transport: "tcp", ...at })),
  );
  for (const listener of listeners) listener.close();
}

/** Takes orders where no worker is. */
const NOBODY = () => {};

/** A place for one worker, and the worker that holds it. */
class Post {
  readonly finished: Promise<void>;
  readonly #stopped: () => void;
  readonly #inside: string[] = [];
  #settings: Settings;
  readonly #reusePort: boolean;
  readonly #counts: CountingAdmission;
  readonly #options: WardenOptions;
  #send: (order: Order) => void = NOBODY;
  #terminate: () => void = () => {};
  #delay = RESTART_DELAY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    settings: Settings,
    reusePort: boolean,
    counts: CountingAdmission,
    options: WardenOptions,
  ) {
    this.#settings = settings;
    this.#reusePort = reusePort;
    this.#counts = counts;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#stopped = resolve;
    options.signal.addEventListener("abort", () => this.#stop());
  }

  /** Starts the worker and waits until it listens. */
  start(): Promise<HostPort[]> {
    const ready = Promise.withResolvers<HostPort[]>();
    let since: number | null = null;
    this.#hire((report) => {
      switch (report.kind) {
        case "ready":
          // Whoever replaces it listens where it did.
          this.#settings = { ...this.#settings, listen: report.addresses };
          since = performance.now();
          if (this.#options.signal.aborted) this.#stop();
          return ready.resolve(report.addresses);
        case "failed":
          this.#dismiss();
          return ready.reject(new WardenError(report.message));
        case "enter":
          return this.#enter(report.id, report.address);
        case "leave":
          return this.#leave(report.address);
        case "stopped":
          return this.close();
      }
    }, (reason) => {
      this.#dismiss();
      if (since === null) return ready.reject(new WardenError(reason));
      if (performance.now() - since > HEALTHY) this.#delay = RESTART_DELAY;
      this.#replace(reason);
    });
    this.#send({
      kind: "start",
      settings: this.#settings,
      reusePort: this.#reusePort,
    });
    return ready.promise;
  }

  /** Lets the worker go; nobody takes its place. */
  close(): void {
    clearTimeout(this.#timer);
    this.#dismiss();
    this.#stopped();
  }

  #hire(onReport: (report: Report) => void, onDeath: (why: string) => void) {
    const { permissions } = this.#options;
    if (permissions === null) {
      this.#send = takeOrders(onReport);
      return;
    }
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      deno: { permissions: withListening(permissions, this.#settings.listen) },
    });
    worker.onmessage = ({ data }: MessageEvent<Report>) => onReport(data);
    worker.onerror = (event) => {
      event.preventDefault();
      onDeath(event.message);
    };
    this.#send = (order) => worker.postMessage(order);
    this.#terminate = () => worker.terminate();
  }

  /** Lets the worker go, and everybody it let in. */
  #dismiss(): void {
    this.#terminate();
    this.#send = this.#terminate = NOBODY;
    for (const address of this.#inside.splice(0)) this.#counts.leave(address);
  }

  #enter(id: number, address: string): void {
    const refusal = this.#counts.enter(address);
    if (refusal === null) this.#inside.push(address);
    this.#send({ kind: "verdict", id, refusal });
  }

  #leave(address: string): void {
    const at = this.#inside.indexOf(address);
    if (at < 0) return;
    this.#inside[at] = this.#inside.at(-1)!;
    this.#inside.pop();
    this.#counts.leave(address);
  }

  #replace(reason: string): void {
    const { signal, log } = this.#options;
    if (signal.aborted) return this.close();
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
    const patience = this.#settings.grace + PATIENCE;
    this.#timer = setTimeout(() => this.close(), patience);
  }
}
