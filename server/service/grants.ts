/**
 * What a small server must be allowed to do, and nothing else.
 *
 * @module
 */

import { formatHostPort } from "../../lib/net/address.ts";
import type { Cidr } from "../../lib/net/cidr.ts";
import { isLoopback } from "../../lib/net/ip.ts";
import { runtimeIsAtLeast } from "../../lib/runtime.ts";
import type { Grant } from "../warden/permissions.ts";
import type { Limits } from "./options.ts";
import type { Address, Plan } from "./program.ts";

/**
 * The permissions that a plan means. Hosts are numeric, paths are real.
 *
 * The runtime checks where a UDP answer goes. A server on a loopback address
 * answers this machine only, and one with `--allow` only those blocks; the
 * runtime knows no blocks of IPv6.
 */
export function grantsOf(
  { endpoints, paths = [], connects = [] }: Plan,
  limits: Pick<Limits, "allow">,
): Grant[] {
  return unique([
    ...endpoints.flatMap(({ at }) => listening(at)),
    ...endpoints.flatMap(({ at, silent }) =>
      at.transport === "udp" && !silent
        ? answering(at.hostname, limits.allow)
        : []
    ),
    ...connects.map(({ hostname, port }) =>
      net(formatHostPort(hostname, port), "forwarding")
    ),
    ...paths.flatMap(({ path, write }): Grant[] => [
      { name: "read", scope: path, feature: "serving" },
      ...write
        ? [{ name: "write", scope: path, feature: "writing" } as const]
        : [],
    ]),
  ]);
}

function listening(at: Address): Grant[] {
  if (at.transport !== "unix") {
    return [net(formatHostPort(at.hostname, at.port), "serving")];
  }
  const { path } = at;
  return [
    { name: "read", scope: path, feature: "serving" },
    { name: "write", scope: path, feature: "serving" },
    // Older runtimes need no permission to listen there, and know no such scope.
    ...runtimeIsAtLeast("2.9") ? [net(`unix:${path}`, "serving")] : [],
  ];
}

function answering(hostname: string, allow: readonly Cidr[]): Grant[] {
  if (isLoopback(hostname)) {
    const scope = hostname.includes(":") ? "[::1]" : "127.0.0.0/8";
    return [net(scope, "answering")];
  }
  const isNarrow = allow.length > 0 &&
    allow.every(({ bytes, prefix }) => bytes.length === 4 || prefix === 128);
  if (!isNarrow) return [net("*", "answering everybody")];
  return allow.map((block) => net(scopeOf(block), "answering"));
}

/** A block as the runtime writes it. */
function scopeOf({ bytes, prefix }: Cidr): string {
  if (bytes.length === 4) {
    const address = bytes.join(".");
    return prefix === 32 ? address : `${address}/${prefix}`;
  }
  const groups = Array.from(
    { length: 8 },
    (_, at) => (bytes[at * 2]! << 8 | bytes[at * 2 + 1]!).toString(16),
  );
  return `[${groups.join(":")}]`;
}

function net(scope: string, feature: string): Grant {
  return { name: "net", scope, feature };
}

function unique(grants: readonly Grant[]): Grant[] {
  const seen = new Set<string>();
  return grants.filter(({ name, scope }) => {
    const key = `${name} ${scope}`;
    return !seen.has(key) && seen.add(key);
  });
}
