/**
 * Values that arrive at their own time, taken one after the other.
 *
 * @module
 */

/**
 * A queue that one task waits at. Unlike a race between promises it leaves
 * nothing behind when it is used a million times.
 *
 * @example
 * ```ts
 * import { Mailbox } from "./mailbox.ts";
 * const mailbox = new Mailbox<string>();
 * queueMicrotask(() => mailbox.put("later"));
 * console.assert(await mailbox.take() === "later");
 * ```
 */
export class Mailbox<T> {
  readonly #values: T[] = [];
  #wake: () => void = () => {};

  /** Puts a value behind the others. */
  put(value: T): void {
    this.#values.push(value);
    this.#wake();
  }

  /** The first value, when there is one. Only one task may wait. */
  async take(): Promise<T> {
    if (this.#values.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#values.shift()!;
  }
}
