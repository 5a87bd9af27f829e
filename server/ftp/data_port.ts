/**
 * Data ports made of sockets: passive (RFC 959 PASV, RFC 2428 EPSV) and active
 * (PORT, EPRT).
 *
 * @module
 */

import { parseCidr } from "../../lib/net/cidr.ts";
import { proxyHeaders } from "../../lib/net/proxied.ts";
import { type ActiveReach, checkTarget, connecting } from "./data/active.ts";
import type { Arrivals } from "./data/listen.ts";
import { OwnPorts } from "./data/own_port.ts";
import { SharedPorts } from "./data/shared_ports.ts";
import { passiveAddressOf, type PassiveNames } from "./passive_address.ts";
import type { DataPorts, PassivePort } from "./session.ts";

export type { ActiveReach } from "./data/active.ts";

/** Options for {@linkcode socketDataPorts}. */
export interface DataPortOptions extends PassiveNames {
  /** Addresses that the server listens on, as it was told. */
  readonly hostnames: readonly string[];
  /** Ports for passive mode, both ends included. @default any free port */
  readonly passivePorts?: { first: number; last: number } | undefined;
  /**
   * Whether sessions share the ports of `passivePorts`, so that each serves
   * one client of every address at a time. @default {false}
   */
  readonly sharePassive?: boolean | undefined;
  /** Milliseconds to wait for a connection. @default {30000} */
  readonly passiveTimeout?: number;
  /** Where active mode may connect to. @default {"lan"} */
  readonly active?: ActiveReach;
  /** Whether the other end may be another host (FXP). @default {false} */
  readonly foreignData?: boolean;
  /**
   * Addresses and blocks (CIDR) of balancers that data come through, each with
   * a PROXY header in front. @default none
   */
  readonly proxyFrom?: readonly string[] | undefined;
}

/** What of {@linkcode DataPortOptions} can change while a server runs. */
export type DataPortChange = Omit<
  DataPortOptions,
  "hostnames" | "passivePorts" | "sharePassive"
>;

/** Data ports of this machine. */
export interface SocketDataPorts extends DataPorts {
  /** Goes on with other options, for data ports that are made from now on. */
  change(this: void, options: DataPortChange): void;
  /** Closes the ports that sessions share; those of one session are its own. */
  close(this: void): void;
}

/**
 * Data ports on this machine's addresses. The other end of a data connection
 * must be the control connection's, unless `foreignData` says otherwise.
 *
 * @throws {RangeError} when `sharePassive` has no `passivePorts`, or
 * `foreignData`: shared ports tell clients apart by their addresses.
 *
 * @example
 * ```ts
 * import { socketDataPorts } from "./data_port.ts";
 * const ports = socketDataPorts({ hostnames: ["127.0.0.1"] });
 * const ends = { remote: "127.0.0.1", local: "127.0.0.1" };
 * const passive = await ports.passive(ends);
 * using conn = await Deno.connect({ port: passive.port, hostname: "127.0.0.1" });
 * const data = await passive.open(new AbortController().signal);
 * data.close();
 * ```
 */
export function socketDataPorts(options: DataPortOptions): SocketDataPorts {
  const closing = new AbortController();
  const { hostnames } = options;
  let now = madeOf(options, closing.signal);
  return {
    passive({ remote, local, bound = local }) {
      const owner = now.options.foreignData ? null : remote;
      return now.open(bindHostname(bound, hostnames), owner);
    },
    active(target, ends) {
      checkTarget(target, ends, now.options);
      return connecting(target, timeoutOf(now.options));
    },
    passiveAddress({ remote, local, bound }) {
      // Where data do not come through the balancer, its address is no help.
      const own = now.options.proxyFrom?.length ? local : bound;
      return now.addressFor(remote) ?? own;
    },
    change(changed) {
      const { passivePorts, sharePassive } = options;
      const all = { ...changed, hostnames, passivePorts, sharePassive };
      now = madeOf(all, closing.signal, now.shared);
    },
    close() {
      closing.abort();
      now.shared?.close();
    },
  };
}

/** Opens a passive port on one address, for one client or for anybody. */
type Open = (hostname: string, owner: string | null) => Promise<PassivePort>;

/** Options, and what was made of them. */
interface Made {
  readonly options: DataPortOptions;
  readonly open: Open;
  readonly addressFor: (client: string) => string | undefined;
  readonly shared: SharedPorts | null;
}

function madeOf(
  options: DataPortOptions,
  closed: AbortSignal,
  before: SharedPorts | null = null,
): Made {
  const timeout = timeoutOf(options);
  const arrivals = { closed, identify: identifyOf(options.proxyFrom) };
  const addressFor = passiveAddressOf(options);
  if (!options.sharePassive) {
    const range = options.passivePorts;
    const own = new OwnPorts({ ...arrivals, range, timeout });
    const open: Open = (hostname, owner) => own.open(hostname, owner);
    return { options, open, addressFor, shared: null };
  }
  const { passivePorts: range, foreignData } = options;
  if (range === undefined || foreignData) {
    throw new RangeError("Cannot share passive ports without a range, or FXP");
  }
  before?.change({ ...arrivals, timeout });
  const shared = before ?? new SharedPorts({ ...arrivals, range, timeout });
  const open: Open = (hostname, owner) => shared.open(hostname, owner ?? "");
  return { options, open, addressFor, shared };
}

function timeoutOf({ passiveTimeout = 30_000 }: DataPortOptions): number {
  return passiveTimeout;
}

function identifyOf(from: readonly string[] = []): Arrivals["identify"] {
  if (from.length === 0) return undefined;
  return proxyHeaders({ from: from.map(parseCidr) });
}

/** A server that listens everywhere makes data ports everywhere too. */
function bindHostname(local: string, hostnames: readonly string[]): string {
  if (hostnames.includes(local)) return local;
  const anywhere = local.includes(":") ? "::" : "0.0.0.0";
  return hostnames.includes(anywhere) ? anywhere : "::";
}
