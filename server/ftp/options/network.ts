/**
 * The options of `ftpd` that are about the network.
 *
 * @module
 */

import { type Form, type OptionValues, UsageError } from "../../../lib/cli.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import { readPassiveAddress } from "../option_values.ts";
import { activeReach, type DataSettings } from "../settings.ts";
import type { PassiveAddressRule, ProxySettings } from "../settings_parts.ts";
import { BLOCK } from "./forms.ts";

/** The rows of the option table. */
export const NETWORK_OPTIONS = {
  listen: {
    type: "texts",
    placeholder: "HOST:PORT",
    example: "0.0.0.0:21",
    help: "where to listen (default 127.0.0.1:2121)",
    group: "Network",
  },
  "passive-ports": {
    type: "ports",
    placeholder: "A-B",
    example: "50000-50100",
    help: "ports for passive mode (default any free)",
    group: "Network",
  },
  "passive-share": {
    type: "choice",
    choices: ["on", "off"],
    default: "off",
    help: "whether sessions share the passive ports",
    group: "Network",
    rare: true,
  },
  "passive-address": {
    type: "text",
    placeholder: "HOST",
    example: "203.0.113.9",
    help: "IPv4 address that PASV shows, behind NAT",
    group: "Network",
  },
  active: {
    type: "choice",
    choices: ["lan", "any", "off"],
    default: "lan",
    help: "where active mode may connect to",
    group: "Network",
    rare: true,
  },
  "foreign-data": {
    type: "flag",
    help: "PORT may name another host (FXP)",
    group: "Network",
    rare: true,
  },
  "proxy-from": {
    type: "forms",
    form: BLOCK as Form<string>,
    placeholder: "CIDR",
    example: "10.0.0.5, 10.0.1.0/24",
    help: "who must send a PROXY header first",
    group: "Network",
    rare: true,
  },
  "proxy-data": {
    type: "flag",
    help: "and one on data connections, too",
    group: "Network",
    rare: true,
  },
} as const;

/** The values of {@linkcode NETWORK_OPTIONS}. */
export type NetworkValues = OptionValues<typeof NETWORK_OPTIONS>;

/**
 * How data connections are made.
 *
 * @throws {UsageError} when options contradict each other or can't be read.
 */
export function readData(
  options: NetworkValues & {
    readonly "passive-timeout": number;
    readonly workers: number;
  },
  places: readonly HostPort[],
  rules: readonly PassiveAddressRule[] = [],
): DataSettings {
  const foreignData = options["foreign-data"];
  const share = options["passive-share"] === "on";
  if (share) refuseSharing(options);
  return {
    passivePorts: options["passive-ports"],
    passiveAddress: readPassiveAddress(options["passive-address"]),
    passiveTimeout: options["passive-timeout"],
    active: activeReach(options.active, places, foreignData),
    foreignData,
    ...(rules.length > 0 ? { passiveAddresses: rules } : {}),
    ...(share ? { sharePassive: true } : {}),
    ...(options["proxy-data"] ? { proxyFrom: options["proxy-from"] } : {}),
  };
}

/** Shared ports are told apart by the client's address, and there are few. */
function refuseSharing(
  options: NetworkValues & { readonly workers: number },
): void {
  const { "passive-ports": ports, workers } = options;
  if (ports === undefined) {
    throw new UsageError("--passive-share on needs --passive-ports A-B");
  }
  if (options["foreign-data"]) {
    throw new UsageError(
      "--passive-share on contradicts --foreign-data; leave one out",
    );
  }
  if (workers <= ports.last - ports.first + 1) return;
  throw new UsageError(
    `--passive-share on needs a port for each of ${workers} --workers`,
  );
}

/**
 * Who stands between clients and the server, if anybody does.
 *
 * @throws {UsageError} for `--proxy-data` alone.
 */
export function readProxy(options: NetworkValues): ProxySettings | undefined {
  const { "proxy-from": from, "proxy-data": data } = options;
  if (from.length > 0) return { from };
  if (data) throw new UsageError("--proxy-data needs --proxy-from CIDR");
  return undefined;
}
