/**
 * Timers, counted: those that are left when all is over would keep a server's
 * memory.
 *
 * @module
 */

/** What counts them. */
export interface Timers {
  /** A short pause that does not count. */
  pause(): Promise<void>;
  /** Stops counting; gives what waits: milliseconds, and what for. */
  stop(): string[];
}

/** Counts the timers that are set from now on and neither ring nor end. */
export function countedTimers(): Timers {
  const { setTimeout, clearTimeout } = globalThis;
  const waiting = new Map<unknown, string>();
  function set(action: () => void, ms?: number, ...args: []): unknown {
    const timer = setTimeout(
      () => {
        waiting.delete(timer);
        action();
      },
      ms,
      ...args,
    );
    waiting.set(timer, `${ms} ms: ${String(action).slice(0, 200)}`);
    return timer;
  }
  function clear(timer: Parameters<typeof clearTimeout>[0]): void {
    waiting.delete(timer);
    clearTimeout(timer);
  }
  globalThis.setTimeout = set as typeof setTimeout;
  globalThis.clearTimeout = clear as typeof clearTimeout;
  return {
    pause: () => new Promise((resolve) => void setTimeout(resolve, 1)),
    stop() {
      globalThis.setTimeout = setTimeout;
      globalThis.clearTimeout = clearTimeout;
      return [...waiting.values()];
    },
  };
}
