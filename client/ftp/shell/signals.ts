/**
 * What the system tells an interactive shell: Ctrl-C means the command that
 * runs, everything else means the shell.
 *
 * @module
 */

import {
  listenFor,
  type SignalName,
  type SignalSource,
} from "../../../lib/cli/signals.ts";

/** Signals, for an interactive shell. */
export interface ShellSignals extends Disposable {
  /** Aborts when the shell shall end: SIGTERM, SIGHUP. */
  readonly stop: AbortSignal;
  /** Calls `listener` for each Ctrl-C; returns how to stop that. */
  onInterrupt(listener: () => void): () => void;
}

/** Options for {@linkcode shellSignals}. */
export interface ShellSignalsOptions {
  /** Called when it is asked again to end: somebody will not wait. */
  readonly onSecond?: () => void;
}

const STOPS: readonly SignalName[] = ["SIGTERM", "SIGHUP", "SIGBREAK"];

/**
 * Listens to signals until it is disposed of. Those that the system does not
 * know are left out. While nobody listens to Ctrl-C it does nothing, so that a
 * late one never ends the shell.
 *
 * @param source Who reports signals: the runtime, or a test.
 *
 * @example
 * ```ts
 * import { shellSignals } from "./signals.ts";
 * using signals = shellSignals(Deno);
 * console.assert(!signals.stop.aborted);
 * ```
 */
export function shellSignals(
  source: SignalSource,
  { onSecond }: ShellSignalsOptions = {},
): ShellSignals {
  const controller = new AbortController();
  const listeners = new Set<() => void>();
  const interrupt = () => {
    for (const listener of [...listeners]) listener();
  };
  const stop = (name: SignalName) => {
    if (controller.signal.aborted) return onSecond?.();
    controller.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
  };
  const removals = [
    listenFor(source, "SIGINT", interrupt),
    ...STOPS.map((name) => listenFor(source, name, () => stop(name))),
  ];
  return {
    stop: controller.signal,
    onInterrupt(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.dispose]() {
      for (const remove of removals.splice(0)) remove();
    },
  };
}
