/**
 * SIGHUP, from the first moment of a program: what comes before it knows what
 * to do is kept, and ends nothing.
 *
 * @module
 */

import { type HangUp, type HangUpOptions, onHangUp } from "./hang_up.ts";

/** SIGHUP, heard since it was made. */
export interface HeldHangUp extends Disposable {
  /** Says what to do from now on, and does it now if it was wanted before. */
  pass(to: HangUp): void;
}

/**
 * Listens for SIGHUP from now on.
 *
 * @example
 * ```ts
 * import { holdHangUp } from "./held_hang_up.ts";
 * using held = holdHangUp();
 * held.pass({ reload: () => {}, leave: () => {} });
 * ```
 */
export function holdHangUp(options: HangUpOptions = {}): HeldHangUp {
  const waiting = new Set<keyof HangUp>();
  let to: HangUp = {
    reload: () => waiting.add("reload"),
    leave: () => waiting.add("leave"),
  };
  const stop = onHangUp({
    reload: () => to.reload(),
    leave: () => to.leave(),
  }, options);
  return {
    pass(next) {
      to = next;
      for (const what of waiting) next[what]();
      waiting.clear();
    },
    [Symbol.dispose]: stop,
  };
}
