/**
 * What logs, metrics and hooks mean for permissions. No worker gets any of it.
 *
 * @module
 */

import { formatHostPort } from "../../../lib/net/address.ts";
import type { Grant } from "../../warden/permissions.ts";
import type { Settings } from "../settings.ts";
import { logPaths } from "./log_places.ts";
import { placeOf } from "./web_target.ts";

/** What of the settings is about operations. */
export type Operations = Pick<Settings, "logs" | "metrics" | "hooks">;

/**
 * Exactly what the warden, and the herald for it, must be allowed to do.
 *
 * @example
 * ```ts
 * import { operationGrants } from "./grants.ts";
 * const grants = operationGrants({
 *   hooks: [{ on: ["login"], url: "https://example.org/x", timeout: 1, retries: 1 }],
 *   metrics: { hostname: "127.0.0.1", port: 9121 },
 * });
 * console.assert(
 *   grants.map(({ name, scope }) => `${name}=${scope}`).join() ===
 *     "net=127.0.0.1:9121,net=example.org:443",
 * );
 * ```
 */
export function operationGrants({ logs, ...rest }: Operations): Grant[] {
  const files = [...new Set(logPaths(logs))];
  return [
    ...files.flatMap((path) => bothWays(path, "logs")),
    ...heraldGrants(rest),
  ];
}

/** The part of it that the herald gets. */
export function heraldGrants(
  { metrics, hooks = [] }: Omit<Operations, "logs">,
): Grant[] {
  const scopes = hooks.flatMap(({ url }) => url === undefined ? [] : [url])
    .map(placeOf);
  // Reading, too: a pipe that nobody reads must not keep who opens it waiting.
  const pipes = hooks.flatMap(({ pipe }) => pipe === undefined ? [] : [pipe]);
  return [
    ...(metrics
      ? [net(formatHostPort(metrics.hostname, metrics.port), "metrics")]
      : []),
    ...[...new Set(scopes)].map((scope) => net(scope, "hooks")),
    ...[...new Set(pipes)].flatMap((path) => bothWays(path, "hooks")),
  ];
}

function net(scope: string, feature: string): Grant {
  return { name: "net", scope, feature, keeper: "warden" };
}

function bothWays(scope: string, feature: string): Grant[] {
  return (["read", "write"] as const).map((name) => (
    { name, scope, feature, keeper: "warden" }
  ));
}
