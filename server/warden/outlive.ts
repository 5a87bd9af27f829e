/**
 * A worker that lives on after a mistake of ours.
 *
 * @module
 */

import { createLog } from "../../lib/log.ts";

/**
 * A mistake of ours in one connection must not end all the others: the runtime
 * would end the worker for an error that nobody caught.
 */
export function outliveMistakes(): void {
  const log = createLog({ format: "text" });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("internal-error", { reason: reasonOf(event.reason) });
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    log.error("internal-error", { reason: reasonOf(event.error) });
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
