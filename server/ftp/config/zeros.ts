/**
 * Zeros that stand for "no limit", where an account says so against a default.
 *
 * @module
 */

import type { Profile } from "../profile.ts";

/**
 * The same without limits that are 0.
 *
 * @example
 * ```ts
 * import { withoutZeros } from "./zeros.ts";
 * const profile = withoutZeros({ maxSessions: 0, quota: { files: 0, bytes: 1 } });
 * console.assert(!("maxSessions" in profile));
 * console.assert(Object.keys(profile.quota!).join() === "bytes");
 * ```
 */
export function withoutZeros<T extends Profile>(profile: T): T {
  const { maxSessions, quota, ...rest } = profile;
  if (maxSessions !== 0 && quota?.files !== 0) return profile;
  const { files, ...bytes } = quota ?? {};
  const left = { ...bytes, ...(files ? { files } : {}) };
  return {
    ...rest,
    ...(maxSessions ? { maxSessions } : {}),
    ...(Object.keys(left).length > 0 ? { quota: left } : {}),
  } as T;
}
