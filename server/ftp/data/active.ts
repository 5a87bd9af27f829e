/**
 * Active mode: connecting to the client (RFC 959 PORT, RFC 2428 EPRT).
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import { reply } from "../../../lib/ftp/reply.ts";
import {
  isLoopback,
  isPrivate,
  normalizeAddress,
  sameAddress,
} from "../../../lib/net/address.ts";
import { closeQuietly } from "../../../lib/net/close.ts";
import { type DataPort, DataPortError, type Ends } from "../session.ts";
import { dataStream } from "./listen.ts";
import { cannotOpen } from "./refusal.ts";

/** Where active mode may connect to. */
export type ActiveReach = "off" | "loopback" | "lan" | "any";

/** What decides about a target. */
export interface ActiveOptions {
  /** Where active mode may connect to. @default {"lan"} */
  readonly active?: ActiveReach;
  /** Whether the other end may be another host (FXP). @default {false} */
  readonly foreignData?: boolean;
}

/**
 * Looks at a target before anybody connects to it.
 *
 * @throws {DataPortError} when it is off, a privileged port, another host than
 * the client, or out of reach.
 *
 * @example
 * ```ts
 * import { checkTarget } from "./active.ts";
 * const ends = { remote: "192.168.1.7", local: "192.168.1.2" };
 * checkTarget({ hostname: "192.168.1.7", port: 50000 }, ends, {});
 * ```
 */
export function checkTarget(
  { hostname, port }: HostPort,
  { remote }: Ends,
  { active = "lan", foreignData = false }: ActiveOptions,
): void {
  const refuse = (code: number, text: string) => {
    throw new DataPortError(reply(code, text));
  };
  if (active === "off") refuse(502, "Active mode is off; use PASV or EPSV.");
  if (port < 1024) refuse(501, "Can't connect over a privileged port.");
  const target = normalizeAddress(hostname);
  if (!foreignData && !sameAddress(target, remote)) {
    refuse(
      501,
      `Rejected data connection to foreign address ${hostname}:${port}.`,
    );
  }
  if (!withinReach(target, active)) {
    refuse(
      501,
      `Active mode does not reach ${hostname} here; use PASV or EPSV.`,
    );
  }
}

/** The runtime has no blocks of IPv6 addresses: a LAN is IPv4, or this host. */
function withinReach(address: string, active: ActiveReach): boolean {
  if (active === "any") return true;
  if (isLoopback(address)) return true;
  return active === "lan" && !address.includes(":") && isPrivate(address);
}

/** A data port that connects within `timeout` milliseconds. */
export function connecting(target: HostPort, timeout: number): DataPort {
  return {
    close() {},
    async open(signal) {
      const enough = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
      const hostname = normalizeAddress(target.hostname);
      const attempt = Deno.connect({ hostname, port: target.port });
      const late = new Promise<never>((_, reject) => {
        const onAbort = () => reject(enough.reason);
        enough.addEventListener("abort", onAbort, { once: true });
        if (enough.aborted) onAbort();
      });
      try {
        return dataStream(await Promise.race([attempt, late]));
      } catch (error) {
        attempt.then(closeQuietly, () => {});
        if (signal.aborted) throw signal.reason;
        throw cannotOpen(connectFailure(error), error);
      }
    },
  };
}

function connectFailure(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) {
    return "connection refused";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return "the server has no permission for active mode; use PASV or EPSV";
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return "no answer";
  }
  return "the host could not be reached";
}
