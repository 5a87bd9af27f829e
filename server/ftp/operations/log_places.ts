/**
 * Where log files are, how they are called when they are put aside, and what
 * must be allowed for that.
 *
 * @module
 */

import type { LogSettings } from "../settings_parts.ts";

/**
 * A log file's names: its own, then those of older ones, the youngest first.
 *
 * @example
 * ```ts
 * import { namesOf } from "./log_places.ts";
 * const names = namesOf("/var/log/ftpd.log", { rotate: "daily", keep: 2 });
 * console.assert(names[2] === "/var/log/ftpd.log.2" && names.length === 3);
 * console.assert(namesOf("/var/log/ftpd.log", { keep: 2 }).length === 1);
 * ```
 */
export function namesOf(
  path: string,
  { rotate, keep }: Pick<LogSettings, "rotate" | "keep">,
): string[] {
  if (rotate === undefined) return [path];
  const older = Array.from({ length: keep }, (_, at) => `${path}.${at + 1}`);
  return [path, ...older];
}

/** Every file that logs are written to, with the older ones. */
export function logPaths(logs: LogSettings | undefined): string[] {
  if (logs === undefined) return [];
  return [logs.file, logs.xferlog].flatMap((path) =>
    path === undefined ? [] : namesOf(path, logs)
  );
}

/** The day of a moment, in local time: what `daily` means. */
export function dayOf(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].join("-");
}
