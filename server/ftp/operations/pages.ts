/**
 * The pages that `--metrics` shows.
 *
 * @module
 */

import type { Page } from "../../../lib/net/tiny_http.ts";
import { metricsText, type ServerState } from "./metrics.ts";
import { METRICS_TYPE } from "./prometheus.ts";

/** `/metrics`: everything that is counted, for Prometheus. */
export function metricsPage(state: ServerState): Page {
  return { status: 200, type: METRICS_TYPE, text: metricsText(state) };
}

/** What `/health` needs to know. */
export interface Health {
  /** Whether every worker answers. */
  readonly isWell: boolean;
  /** Version of the server. */
  readonly version: string;
}

/**
 * `/health`: 200 where new sessions are welcome, else 503: to a load balancer
 * it is all the same why they are not.
 *
 * @example
 * ```ts
 * import { healthPage } from "./pages.ts";
 * const well = { isWell: true, version: "1.0.0" };
 * const page = healthPage({ draining: true, workers: 2 }, well);
 * console.assert(page.status === 503);
 * console.assert(JSON.parse(page.text).status === "draining");
 * ```
 */
export function healthPage(
  { draining, workers }: { draining: boolean; workers: number },
  { isWell, version }: Health,
): Page {
  const status = draining ? "draining" : isWell ? "ok" : "unwell";
  return {
    status: status === "ok" ? 200 : 503,
    type: "application/json",
    text: JSON.stringify({ status, workers, version }) + "\n",
  };
}
