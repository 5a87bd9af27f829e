/**
 * Why a session must go although its client does nothing wrong.
 *
 * @module
 */

import { Watchdog } from "../../lib/watchdog.ts";
import type { LAST_WORDS } from "./last_words.ts";
import type { SessionOptions } from "./session_options.ts";

/** The reason, which is that of the last words. */
export type Dismissal = keyof typeof LAST_WORDS;

/** Waits for the server, an administrator or the clock to end a session. */
export class Dismissals {
  readonly #options: SessionOptions;
  readonly #onDismissed: (why: Dismissal) => void;
  readonly #overstay: Watchdog;
  readonly #stop = () => this.because("stopping");
  readonly #kick = () => {
    if (!this.#isOver) this.because("kicked");
  };
  #why: Dismissal | null = null;
  #isOver = false;

  /** `onDismissed` is called for each reason, perhaps at once. */
  constructor(
    options: SessionOptions,
    onDismissed: (why: Dismissal) => void,
  ) {
    this.#options = options;
    this.#onDismissed = onDismissed;
    this.#overstay = new Watchdog(() => this.because("session-timeout"));
  }

  /** Begins to wait. */
  begin(): void {
    const { stopping, kickable, limits } = this.#options;
    stopping.addEventListener("abort", this.#stop);
    kickable?.(this.#kick);
    this.#overstay.set(limits.sessionTimeout ?? Infinity);
    if (stopping.aborted) this.#stop();
  }

  /** Waits no more. */
  close(): void {
    this.#isOver = true;
    this.#options.stopping.removeEventListener("abort", this.#stop);
    this.#overstay.clear();
  }

  /** Why the session must go, if it must; an administrator comes first. */
  get why(): Dismissal | null {
    return this.#why;
  }

  /** Whether not even what runs may end. */
  get isKicked(): boolean {
    return this.#why === "kicked";
  }

  /** There is a reason. */
  because(why: Dismissal): void {
    if (!this.isKicked) this.#why = why;
    this.#onDismissed(why);
  }
}
