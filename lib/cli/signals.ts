/**
 * Ctrl-C and `kill`, as an `AbortSignal`.
 *
 * @module
 */

/** Who reports the signals of the operating system: `Deno`, or a test. */
export type SignalSource = Pick<
  typeof Deno,
  "addSignalListener" | "removeSignalListener"
>;

/** A signal, as `SIGINT`. */
export type SignalName = Parameters<SignalSource["addSignalListener"]>[0];

/** Options for {@linkcode stopSignals}. */
export interface StopSignalOptions {
  /** Called for every signal after the first: the user will not wait. */
  readonly onSecond?: (name: Deno.Signal) => void;
  /** Who reports the signals. Default: `Deno`. */
  readonly source?: SignalSource;
}

/** What {@linkcode stopSignals} returns. */
export interface StopSignals extends Disposable {
  /** Aborts at the first signal; its reason says which one it was. */
  readonly signal: AbortSignal;
  /** Stops listening. Safe to call more than once. */
  dispose(): void;
}

/** What asks a program to stop; each system knows some of them. */
const STOP_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGBREAK"];

/**
 * Listens for the signals that ask to stop: the first one aborts `signal`,
 * any further one calls `onSecond`. Signals that the system does not know
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
  { onSecond, source = Deno }: StopSignalOptions = {},
): StopSignals {
  const controller = new AbortController();
  const removals = STOP_SIGNALS.map((name) =>
    listenFor(source, name, () => {
      if (controller.signal.aborted) return onSecond?.(name);
      controller.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
    })
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
