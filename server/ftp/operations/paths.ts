/**
 * Where log files and pipes really are: not where somebody could write to them
 * over FTP.
 *
 * @module
 */

import { ToolError } from "../../../lib/cli.ts";
import { formatHostPort } from "../../../lib/net/address.ts";
import { realTarget } from "../../warden/real_target.ts";
import { isInside, servedFolders } from "../warden/folders.ts";
import { placesOf, type Settings } from "../settings.ts";
import type { HookSettings, LogSettings } from "../settings_parts.ts";

/** What finds the real path of a file that may not be there yet. */
export type FindReal = (path: string) => Promise<string>;

/**
 * The settings with the real paths of log files and pipes. `settings` has real
 * folders already.
 *
 * @throws {ToolError} when one lies in a served folder, its own folder is not
 * there, or metrics are where FTP is: one line that says why.
 */
export async function placedOperations(
  settings: Settings,
  real: FindReal = realTarget,
): Promise<Settings> {
  const { logs, hooks } = settings;
  refuseSharedPlace(settings);
  const folders = servedFolders(settings);
  const place = async (path: string) => refuseServed(await real(path), folders);
  return {
    ...settings,
    ...(logs && { logs: await placedLogs(logs, place) }),
    ...(hooks && { hooks: await placedHooks(hooks, place) }),
  };
}

async function placedLogs(
  logs: LogSettings,
  place: FindReal,
): Promise<LogSettings> {
  const { file, xferlog } = logs;
  return {
    ...logs,
    ...(file !== undefined && { file: await place(file) }),
    ...(xferlog !== undefined && { xferlog: await place(xferlog) }),
  };
}

function placedHooks(
  hooks: readonly HookSettings[],
  place: FindReal,
): Promise<HookSettings[]> {
  return Promise.all(
    hooks.map(async (hook) =>
      hook.pipe === undefined ? hook : { ...hook, pipe: await place(hook.pipe) }
    ),
  );
}

/** Where FTP is served nobody can see metrics: it may share its ports. */
function refuseSharedPlace(settings: Settings): void {
  const { metrics } = settings;
  if (metrics === undefined || metrics.port === 0) return;
  const place = placesOf(settings).find(({ hostname, port }) =>
    port === metrics.port &&
    (hostname === metrics.hostname || isWildcard(hostname) ||
      isWildcard(metrics.hostname))
  );
  if (place === undefined) return;
  const at = formatHostPort(metrics.hostname, metrics.port);
  throw new ToolError(
    `--metrics ${at}: FTP is served there; take another port`,
  );
}

function isWildcard(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::";
}

/** Clients could read it, or put a file of theirs in its place. */
function refuseServed(path: string, folders: readonly string[]): string {
  const folder = folders.find((folder) => isInside(path, folder));
  if (folder === undefined) return path;
  throw new ToolError(
    `${path} is in ${folder}, which is served; keep logs and pipes outside`,
  );
}
