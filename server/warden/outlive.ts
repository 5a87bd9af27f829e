/**
 * A thread that lives on after a mistake of ours.
 *
 * @module
 */

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
