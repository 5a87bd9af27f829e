/**
 * Which datagrams a service must not answer.
 *
 * The source of a datagram is easily forged. An answer to a forged one may set
 * off two services that answer each other for ever (CVE-1999-0103,
 * CVE-2024-2169), or flood somebody who never asked.
 *
 * @module
 */
import type { HostPort } from "../host_port.ts";
import { isLoopback } from "./ip.ts";

/** Why a datagram got no answer. */
export type DropReason =
  /** It came from port 0 or from the port of a service that answers too. */
  | "service-port"
  /** It came from a port that this server serves itself. */
  | "own-port"
  /** It came from an address that is not one machine's. */
  | "odd-address"
  /** Its sender may not ask. */
  | "denied"
  /** Its sender asks too often. */
  | "rate"
  /** The answer would be longer than the question. */
  | "larger"
  /** Too many answers are under way. */
  | "busy";

/**
 * UDP services that answer strangers: echo, discard, systat, daytime, qotd,
 * chargen, time, DNS, TFTP, portmapper, NTP, NetBIOS, SNMP, LDAP, RIP, SSDP,
 * mDNS, memcached.
 */
export const SERVICE_PORTS: ReadonlySet<number> = new Set([
  7,
  9,
  11,
  13,
  17,
  19,
  37,
  53,
  69,
  111,
  123,
  137,
  161,
  389,
  520,
  1900,
  5353,
  11211,
]);

/** What {@linkcode refuseSource} goes by. */
export interface GuardRules {
  /** Ports this process serves on UDP. */
  ownPorts: ReadonlySet<number>;
  /** Addresses that stand for many machines, such as a subnet's broadcast. */
  broadcasts?: ReadonlySet<string>;
  /**
   * Answers {@linkcode SERVICE_PORTS} and, for senders on other machines, ports
   * below 1024. @default {false}
   */
  allowServicePorts?: boolean;
}

/**
 * Why a datagram from `source` must not be answered, or `null`. `source` is
 * normalised.
 *
 * @example
 * ```ts
 * import { refuseSource } from "./udp_guard.ts";
 * const rules = { ownPorts: new Set([7007]) };
 * const from = (hostname: string, port: number) => refuseSource({ hostname, port }, rules);
 * console.assert(from("192.0.2.7", 40001) === null);
 * console.assert(from("192.0.2.7", 19) === "service-port");
 * console.assert(from("192.0.2.7", 7007) === "own-port");
 * console.assert(from("224.0.0.1", 40001) === "odd-address");
 * ```
 */
export function refuseSource(
  source: HostPort,
  rules: GuardRules,
): DropReason | null {
  const { hostname, port } = source;
  if (isOdd(hostname) || rules.broadcasts?.has(hostname)) return "odd-address";
  if (port === 0) return "service-port";
  if (rules.ownPorts.has(port)) return "own-port";
  if (rules.allowServicePorts) return null;
  const low = port < 1024 && !isLoopback(hostname);
  return low || SERVICE_PORTS.has(port) ? "service-port" : null;
}

/** 0.0.0.0/8, multicast and what lies above it (with 255.255.255.255), `::`, ff00::/8. */
function isOdd(ip: string): boolean {
  if (ip.includes(":")) return ip === "::" || /^ff..:/.test(ip);
  const first = Number(ip.split(".", 1)[0]);
  return first === 0 || first >= 224;
}

/**
 * The broadcast address of the IPv4 network that `address` with `netmask` is in.
 *
 * @example
 * ```ts
 * import { broadcastOf } from "./udp_guard.ts";
 * console.assert(broadcastOf("192.0.2.7", "255.255.255.0") === "192.0.2.255");
 * ```
 */
export function broadcastOf(address: string, netmask: string): string {
  const mask = netmask.split(".").map(Number);
  const filled = address.split(".").map((part, i) =>
    Number(part) | (~mask[i]! & 255)
  );
  return filled.join(".");
}
