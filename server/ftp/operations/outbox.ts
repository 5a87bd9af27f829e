/**
 * Lines on their way to another thread: in order, many at a time, and never
 * more of them than there is room for.
 *
 * @module
 */

/** Options for {@linkcode Outbox}. */
export interface OutboxOptions {
  /** Characters that wait at most; further lines are dropped. @default {1048576} */
  readonly room?: number;
  /** Milliseconds in which lines gather before they go. @default {10} */
  readonly delay?: number;
  /** Lines were dropped, and there is room again. */
  onDropped?(count: number): void;
}

/** Milliseconds in which lines gather. */
const DELAY = 10;

/** What goes to the other thread; resolves when it has arrived there. */
export type Deliver = (lines: readonly string[]) => Promise<unknown>;

/**
 * Hands lines on in the background. Whoever puts one in never waits: while the
 * other side is slow lines gather, and when there is no room they are dropped
 * and counted.
 *
 * @example
 * ```ts
 * import { Outbox } from "./outbox.ts";
 * const sent: string[] = [];
 * const outbox = new Outbox((lines) => Promise.resolve(sent.push(...lines)));
 * outbox.put("one\n");
 * outbox.put("two\n");
 * await outbox.flush();
 * console.assert(sent.join("") === "one\ntwo\n");
 * ```
 */
export class Outbox {
  readonly #deliver: Deliver;
  readonly #options: OutboxOptions;
  #lines: string[] = [];
  #length = 0;
  #dropped = 0;
  #untold = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delivery: Promise<void> | null = null;

  /** Nothing is in it yet. */
  constructor(deliver: Deliver, options: OutboxOptions = {}) {
    this.#deliver = deliver;
    this.#options = options;
  }

  /** Lines that were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a line, or drops it. */
  put(line: string): void {
    const { room = 1 << 20, delay = DELAY } = this.#options;
    if (this.#length + line.length > room) {
      return this.#drop(1);
    }
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#delivery === null) this.#beginIn(delay);
  }

  /** Hands on what is there; resolves when all of it has arrived. */
  async flush(): Promise<void> {
    do {
      this.#begin();
      await this.#delivery;
    } while (this.#lines.length > 0);
  }

  #beginIn(delay: number): void {
    this.#timer ??= setTimeout(() => this.#begin(), delay);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#delivery ??= this.#run().finally(() => this.#rest());
  }

  /** Whatever came in behind the last batch needs a delivery of its own. */
  #rest(): void {
    this.#delivery = null;
    if (this.#lines.length > 0) this.#beginIn(this.#options.delay ?? DELAY);
  }

  async #run(): Promise<void> {
    while (this.#lines.length > 0) {
      const lines = this.#take();
      try {
        await this.#deliver(lines);
      } catch {
        return this.#drop(lines.length);
      }
    }
  }

  #take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#length = 0;
    if (this.#untold > 0) this.#tell();
    return lines;
  }

  #drop(count: number): void {
    this.#dropped += count;
    this.#untold += count;
  }

  #tell(): void {
    const count = this.#untold;
    this.#untold = 0;
    this.#options.onDropped?.(count);
  }
}
