/**
 * Ctrl-C and `kill`, as an `AbortSignal`.
 *
 * @module
 */

import { type Clock, systemClock } from "../clock.ts";

/** Who reports the signals of the operating system: `Deno`, or a test. */
export type SignalSource = Pick<
  typeof Deno,
  "addSignalListener" | "removeSignalListener"
>;

/** A signal, as `SIGINT`. */
export type SignalName = Parameters<SignalSource["addSignalListener"]>[0];

/** Options for {@linkcode stopSignals}. */
export interface StopSignalOptions {
  /**
   * Called for every signal after the first: the user will not wait. What comes
   * within 2 ms is not meant so: `timeout` tells a process and then its
   * group, a task runner hands on what the terminal told everybody.
   */
  readonly onSecond?: (name: Deno.Signal) => void;
  /** Who reports the signals. Default: `Deno`. */
  readonly source?: SignalSource;
  /** Whose milliseconds count. Default: the system's. */
  readonly clock?: Pick<Clock, "now">;
}

/** What {@linkcode stopSignals} returns. */
export interface StopSignals extends Disposable {
  /** Aborts at the first signal; its reason says which one it was. */
  readonly signal: AbortSignal;
  /** Stops listening. Safe to call more than once. */
  dispose(): void;
}

/** Milliseconds in which a further signal only repeats the first. */
const ECHO = 2;

/** What asks a program to stop; each system knows some of them. */
const STOP_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGBREAK"];

/**
 * Listens for the signals that ask to stop: the first one aborts `signal`,
 * one that comes later calls `onSecond`. Signals that the system does not know
 * (SIGTERM on older Windows, SIGBREAK elsewhere) are left out.
 *
 * @example
 * ```ts
 * import { stopSignals } from "./signals.ts";
 * using stop = stopSignals({ onSecond: () => Deno.exit(1) });
 * console.assert(!stop.signal.aborted);
 * ```
 */
export function stopSignals(
  { onSecond, source = Deno, clock = systemClock }: StopSignalOptions = {},
): StopSignals {
  const controller = new AbortController();
  let firstAt = Infinity;
  function hear(name: Deno.Signal): void {
    if (controller.signal.aborted) {
      if (clock.now() - firstAt >= ECHO) onSecond?.(name);
      return;
    }
    controller.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
    // What waited while everybody was told came at the same moment.
    firstAt = clock.now();
  }
  const removals = STOP_SIGNALS.map((name) =>
    listenFor(source, name, () => hear(name))
  );
  function dispose(): void {
    for (const remove of removals.splice(0)) remove();
  }
  return { signal: controller.signal, dispose, [Symbol.dispose]: dispose };
}

/**
 * Listens for one signal; returns how to stop that. One that the system does
 * not know never comes.
 *
 * @example
 * ```ts
 * import { listenFor } from "./signals.ts";
 * const stop = listenFor(Deno, "SIGINT", () => {});
 * stop();
 * ```
 */
export function listenFor(
  source: SignalSource,
  name: SignalName,
  listener: () => void,
): () => void {
  try {
    source.addSignalListener(name, listener);
  } catch {
    return () => {};
  }
  return () => source.removeSignalListener(name, listener);
}
