/**
 * A queue for something that one has at a time.
 *
 * @module
 */

/** A place in a {@linkcode Lane}. */
export interface Place {
  /** Resolves when all who came before have left; `null` once they have. */
  readonly ahead: Promise<void> | null;
  /** Gives the place up, also before it was reached. Safe to call again. */
  leave(): void;
}

/**
 * First come, first served. Who leaves while waiting does not let those behind
 * overtake those in front.
 *
 * @example
 * ```ts
 * import { Lane } from "./lane.ts";
 * const lane = new Lane();
 * const first = lane.enter();
 * const second = lane.enter();
 * console.assert(first.ahead === null && second.ahead !== null);
 * first.leave();
 * await second.ahead;
 * console.assert(second.ahead === null && lane.length === 1);
 * ```
 */
export class Lane {
  #last: Promise<void> | null = null;
  #length = 0;

  /** Places that were taken and not given up. */
  get length(): number {
    return this.#length;
  }

  /** Takes the place behind all others. */
  enter(): Place {
    let ahead = this.#length++ > 0 ? this.#last : null;
    const left = Promise.withResolvers<void>();
    let here = true;
    this.#last = left.promise;
    ahead?.then(() => ahead = null);
    return {
      get ahead() {
        return ahead;
      },
      leave: () => {
        if (!here) return;
        here = false;
        this.#length--;
        if (ahead === null) left.resolve();
        else ahead.then(left.resolve);
      },
    };
  }
}
