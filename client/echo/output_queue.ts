/**
 * Between probes, which do not wait, and an output whose reader takes its time.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { ToolError } from "../../lib/cli.ts";
import { within } from "../../lib/net/wait.ts";

/** Options for {@linkcode OutputQueue}. */
export interface OutputQueueOptions {
  /** Characters that wait at most; further texts are dropped. @default 16 Mi */
  readonly most?: number;
  /** Aborts when nobody reads any more: then no failure is told. */
  readonly unread?: AbortSignal;
  /** From then on a reader that takes nothing is not waited for. */
  readonly signal?: AbortSignal;
  /** Milliseconds in which a reader takes something, if it ever does. @default {1000} */
  readonly patience?: number;
}

const MOST = 16 * 1024 * 1024;
/** Bytes in one go: what waits behind is seen to move. */
const CHUNK = 16_384;

/**
 * Texts that are written in the background, in order. Nothing that is measured
 * waits for a terminal or a pipe, and Ctrl-C ends what nobody reads.
 *
 * @example
 * ```ts
 * import { OutputQueue } from "./output_queue.ts";
 * const seen: string[] = [];
 * const queue = new OutputQueue((bytes) => {
 *   seen.push(new TextDecoder().decode(bytes));
 *   return Promise.resolve();
 * });
 * queue.put("one ");
 * queue.put("line\n");
 * await queue.flush();
 * console.assert(seen.join("") === "one line\n");
 * ```
 */
export class OutputQueue {
  readonly #write: (bytes: Bytes) => Promise<void>;
  readonly #options: OutputQueueOptions;
  #waiting = "";
  #running: Promise<void> | null = null;
  #chunks = 0;
  #dropped = 0;
  #failure: unknown = null;

  /** Takes what writes all of some bytes; one call at a time. */
  constructor(
    write: (bytes: Bytes) => Promise<void>,
    options: OutputQueueOptions = {},
  ) {
    this.#write = write;
    this.#options = options;
  }

  /**
   * Takes a text, and returns at once.
   *
   * @throws what writing threw before.
   */
  put(text: string): void {
    this.#throwFailure();
    if (this.#failure !== null) return;
    const { most = MOST } = this.#options;
    if (this.#waiting.length + text.length > most) this.#dropped++;
    else this.#waiting += text;
    this.#running ??= this.#run();
  }

  /**
   * Waits until all is written.
   *
   * @throws {ToolError} when something was dropped, or nobody takes it and the
   * signal has aborted; what writing threw, as {@linkcode OutputQueue.put}.
   */
  async flush(): Promise<void> {
    const { signal, patience = 1000 } = this.#options;
    while (this.#running !== null) {
      const before = this.#chunks;
      await within(this.#running, patience, null);
      const isStuck = this.#running !== null && this.#chunks === before;
      if (isStuck && signal?.aborted) throw lost("nobody reads it");
    }
    this.#throwFailure();
    const lines = `${this.#dropped} lines are missing, the reader is too slow`;
    if (this.#dropped > 0) throw lost(lines);
  }

  #throwFailure(): void {
    const isGone = this.#options.unread?.aborted;
    if (this.#failure !== null && !isGone) throw this.#failure;
  }

  async #run(): Promise<void> {
    // What comes together is written together.
    await Promise.resolve();
    try {
      while (this.#waiting !== "") {
        const bytes = new TextEncoder().encode(this.#waiting);
        this.#waiting = "";
        await this.#writeAll(bytes);
      }
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#running = null;
    }
  }

  async #writeAll(bytes: Bytes): Promise<void> {
    for (let at = 0; at < bytes.length; at += CHUNK) {
      await this.#write(bytes.subarray(at, at + CHUNK));
      this.#chunks++;
    }
  }
}

function lost(why: string): ToolError {
  return new ToolError(`cannot write to standard output: ${why}`);
}
