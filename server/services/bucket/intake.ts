/**
 * Taking datagrams as fast as they come.
 *
 * The kernel keeps only some hundred of them, and drops the rest without a
 * word. So nothing is done with a datagram while others may be waiting: they
 * are kept, and looked at in the pauses.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";

/** A thing with bytes. */
export interface Kept {
  /** The bytes that are kept. */
  readonly data: Bytes;
}

/** Limits of an {@linkcode Intake}. */
export interface IntakeLimits {
  /** Most things that are kept. @default {16384} */
  readonly maxItems?: number;
  /** Most bytes that are kept. @default 16 MiB */
  readonly maxBytes?: number;
}

const MIB = 1024 * 1024;
/** Milliseconds of work before datagrams are taken again. */
const SLICE = 1;
/** Things between two looks at the clock. */
const FEW = 16;

/**
 * Keeps things and hands them on, in order, a millisecond's worth at a time.
 *
 * @example
 * ```ts
 * import { Intake } from "./intake.ts";
 * const sizes: number[] = [];
 * const intake = new Intake(({ data }) => sizes.push(data.length));
 * intake.put({ data: new Uint8Array(3) });
 * console.assert(sizes.length === 0);
 * intake.flush();
 * console.assert(sizes.join() === "3");
 * ```
 */
export class Intake<T extends Kept> {
  readonly #handle: (item: T) => void;
  readonly #maxItems: number;
  readonly #maxBytes: number;
  #items: T[] = [];
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** What `handle` throws is an uncaught error; the rest is handed on. */
  constructor(handle: (item: T) => void, limits: IntakeLimits = {}) {
    const { maxItems = 16_384, maxBytes = 16 * MIB } = limits;
    this.#handle = handle;
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
  }

  /** Keeps a thing, or says that there is no room. */
  put(item: T): boolean {
    const bytes = this.#bytes + item.data.length;
    if (this.#items.length >= this.#maxItems || bytes > this.#maxBytes) {
      return false;
    }
    this.#bytes = bytes;
    this.#items.push(item);
    this.#timer ??= setTimeout(() => this.#work(), 0);
    return true;
  }

  /** Hands on all that is kept, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    items.forEach(this.#handle);
  }

  #work(): void {
    const end = performance.now() + SLICE;
    let at = 0;
    try {
      while (at < this.#items.length) {
        const item = this.#items[at++]!;
        this.#bytes -= item.data.length;
        this.#handle(item);
        if (at % FEW === 0 && performance.now() > end) break;
      }
    } finally {
      this.#items = this.#items.slice(at);
      const isDone = this.#items.length === 0;
      this.#timer = isDone ? undefined : setTimeout(() => this.#work(), 0);
    }
  }
}
