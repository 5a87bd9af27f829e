/**
 * Names of users in logs.
 *
 * @module
 */

/**
 * A name that somebody gave to USER, for logs: without what stands behind a
 * colon, because clients that take a URL apart wrongly put the password there.
 *
 * @example
 * ```ts
 * import { shownUser } from "./shown_user.ts";
 * console.assert(shownUser("ann:secret") === "ann:…");
 * console.assert(shownUser("ann") === "ann");
 * ```
 */
export function shownUser(user: string): string {
  return user.replace(/:.*/s, ":…");
}
