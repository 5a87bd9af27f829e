/**
 * What must be true, besides the password, for an account to be let in.
 *
 * @module
 */

import { isWithin, parseCidr } from "../../../lib/net/cidr.ts";
import type { Profile } from "../profile.ts";

/** Who wants to come in, and when. */
export interface Visit {
  /** Address of the client. */
  readonly remote: string;
  /** Whether TLS protects the connection. */
  readonly tls: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why an account stays outside though its password is right. */
export type EntryFault = "expired" | "address" | "tls-required";

/**
 * What keeps an account outside, `null` when nothing does. Nobody who is inside
 * is asked again.
 *
 * An unreadable block of addresses lets nobody in.
 *
 * @example
 * ```ts
 * import { entryFault } from "./entry_rules.ts";
 * const visit = { remote: "192.0.2.7", tls: false, now: 1000 };
 * console.assert(entryFault({ addresses: ["192.0.2.0/24"] }, visit) === null);
 * console.assert(entryFault({ addresses: ["10.0.0.1"] }, visit) === "address");
 * console.assert(entryFault({ expires: 1000 }, visit) === "expired");
 * console.assert(entryFault({ tls: "required" }, visit) === "tls-required");
 * ```
 */
export function entryFault(
  { expires, addresses, tls }: Pick<Profile, "expires" | "addresses" | "tls">,
  visit: Visit,
): EntryFault | null {
  if (expires !== undefined && visit.now >= expires) return "expired";
  if (addresses !== undefined && !comesFrom(visit.remote, addresses)) {
    return "address";
  }
  return tls === "required" && !visit.tls ? "tls-required" : null;
}

function comesFrom(remote: string, blocks: readonly string[]): boolean {
  return blocks.some((text) => {
    try {
      return isWithin(remote, parseCidr(text));
    } catch {
      return false;
    }
  });
}
