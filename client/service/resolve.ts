/**
 * From a host's name to its addresses, as the system sees them.
 *
 * @module
 */

import { ipVersion, normalizeAddress } from "../../lib/net/address.ts";
import { ServiceError, serviceError } from "./errors.ts";
import { inTime, type WaitLimits } from "./in_time.ts";
import { formatTarget, type TcpTarget, type UdpTarget } from "./target.ts";

/**
 * The addresses of a target's host, at least one: IPv4 before IPv6, else in
 * the order of the system. Over UDP nobody says that an address is wrong, and
 * a small server listens on IPv4 far more often than on IPv6 alone.
 *
 * @throws {ServiceError} when there is no such host, or no answer in time.
 *
 * @example
 * ```ts
 * import { addressesOf } from "./resolve.ts";
 * const target = { transport: "udp", hostname: "::1", port: 7 } as const;
 * console.assert((await addressesOf(target, { timeout: 2000 }))[0] === "::1");
 * ```
 */
export async function addressesOf(
  target: TcpTarget | UdpTarget,
  limits: WaitLimits,
): Promise<readonly string[]> {
  const { hostname } = target;
  if (ipVersion(hostname) !== null) return [normalizeAddress(hostname)];
  try {
    const found = await inTime(lookup(hostname), limits, () => late(target));
    if (found.length > 0) return found;
  } catch (error) {
    limits.signal?.throwIfAborted();
    throw serviceError("cannot look up", target, error);
  }
  const where = formatTarget(target);
  throw new ServiceError("name", `cannot look up ${where}: no address`);
}

/** Only names need the resolver, so it is loaded only for them. */
async function lookup(hostname: string): Promise<string[]> {
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(hostname, { all: true });
  const sorted = found.toSorted((a, b) => a.family - b.family);
  return [...new Set(sorted.map(({ address }) => address))];
}

function late(target: TcpTarget | UdpTarget): ServiceError {
  return new ServiceError(
    "timeout",
    `cannot look up ${formatTarget(target)}: the resolver does not answer`,
  );
}
