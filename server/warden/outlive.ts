/**
 * A server that lives on: after a mistake of ours, and at a limit of files.
 *
 * @module
 */

import { listenFor, type SignalSource } from "../../lib/cli/signals.ts";
import { createLog, type Log } from "../../lib/log.ts";

/** Options for {@linkcode outliveMistakes}. */
export interface OutliveOptions {
  /** Where mistakes are told. @default standard error, as text */
  readonly log?: Log;
  /** The thread's global object. @default this thread's */
  readonly thread?: EventTarget;
}

/**
 * A mistake of ours in one connection, or one duty, must not end all the
 * others: the runtime would end the thread for an error that nobody caught.
 *
 * @example
 * ```ts
 * import { outliveMistakes } from "./outlive.ts";
 * const thread = new EventTarget();
 * outliveMistakes({ thread });
 * const reason = new Error("a mistake");
 * const event = new ErrorEvent("error", { error: reason, cancelable: true });
 * thread.dispatchEvent(event);
 * console.assert(event.defaultPrevented);
 * ```
 */
export function outliveMistakes(
  { log = createLog({ format: "text" }), thread = globalThis }: OutliveOptions =
    {},
): void {
  const live = (event: Event, error: unknown) => {
    event.preventDefault();
    log.error("internal-error", { reason: reasonOf(error) });
  };
  thread.addEventListener("unhandledrejection", (event) => {
    live(event, (event as PromiseRejectionEvent).reason);
  });
  thread.addEventListener("error", (event) => {
    live(event, (event as ErrorEvent).error);
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

/**
 * Where files may be so long and no longer (`ulimit -f`, `LimitFSIZE=`), one
 * upload that is too long is that upload's failure: the system would end the
 * whole process by a signal that nobody listens for. Returns how to stop that.
 *
 * @example
 * ```ts
 * import { outliveFileLimit } from "./outlive.ts";
 * const stop = outliveFileLimit();
 * stop();
 * ```
 */
export function outliveFileLimit(source: SignalSource = Deno): () => void {
  return listenFor(source, "SIGXFSZ", () => {});
}
