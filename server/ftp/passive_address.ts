/**
 * The address that PASV shows, and the ports: what network a client is in, and
 * which of several threads it met, decides.
 *
 * @module
 */

import { ipVersion } from "../../lib/net/address.ts";
import { isWithin, parseCidr } from "../../lib/net/cidr.ts";
import type { Ports } from "./data/listen.ts";
import type { PassiveAddressRule } from "./settings_parts.ts";

/** What is said about addresses that PASV shows. */
export interface PassiveNames {
  /** IPv4 address or name for everybody else. @default the local address */
  readonly passiveAddress?: string | undefined;
  /** IPv4 addresses or names for clients of some networks. @default none */
  readonly passiveAddresses?: readonly PassiveAddressRule[] | undefined;
}

/**
 * A function that tells which address a client is shown: the one of the
 * smallest network it is in, else the one for everybody, else none.
 *
 * @throws {RangeError} when a network can't be read.
 *
 * @example
 * ```ts
 * import { passiveAddressOf } from "./passive_address.ts";
 * const shown = passiveAddressOf({
 *   passiveAddress: "203.0.113.9",
 *   passiveAddresses: [{ network: "192.168.0.0/16", address: "192.168.1.10" }],
 * });
 * console.assert(shown("192.168.7.7") === "192.168.1.10");
 * console.assert(shown("198.51.100.7") === "203.0.113.9");
 * ```
 */
export function passiveAddressOf(
  { passiveAddress, passiveAddresses = [] }: PassiveNames,
): (client: string) => string | undefined {
  if (passiveAddresses.length === 0) return () => passiveAddress;
  const rules = passiveAddresses
    .map(({ network, address }) => ({ block: parseCidr(network), address }))
    .sort((one, other) => other.block.prefix - one.block.prefix);
  return (client) =>
    rules.find(({ block }) => isWithin(client, block))?.address ??
      passiveAddress;
}

/** Looks up the IPv4 addresses of a name; without any it is empty. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * The same with an address in the place of each name.
 *
 * @throws {RangeError} for a name that has no IPv4 address: one line that names
 * the setting and the name.
 *
 * @example
 * ```ts
 * import { lookUpPassive } from "./passive_address.ts";
 * const found = await lookUpPassive(
 *   { passiveAddress: "ftp.example.org" },
 *   () => Promise.resolve(["203.0.113.9"]),
 * );
 * console.assert(found.passiveAddress === "203.0.113.9");
 * ```
 */
export async function lookUpPassive<T extends PassiveNames>(
  names: T,
  resolve: Resolve,
): Promise<T> {
  const { passiveAddress, passiveAddresses } = names;
  const found: PassiveNames = {
    ...(passiveAddress === undefined ? {} : {
      passiveAddress: await addressOf(
        passiveAddress,
        "--passive-address",
        resolve,
      ),
    }),
    ...(passiveAddresses === undefined ? {} : {
      passiveAddresses: await Promise.all(passiveAddresses.map(
        async ({ network, address }) => ({
          network,
          address: await addressOf(
            address,
            `[passive-address-for] ${network}:`,
            resolve,
          ),
        }),
      )),
    }),
  };
  return { ...names, ...found };
}

async function addressOf(
  host: string,
  setting: string,
  resolve: Resolve,
): Promise<string> {
  if (ipVersion(host) === 4) return host;
  const [address] = await resolve(host).catch(() => []);
  if (address !== undefined) return address;
  throw new RangeError(`${setting} ${host}: the name has no IPv4 address`);
}

/** Whether anything is a name, whose address may change. */
export function hasPassiveNames(names: PassiveNames): boolean {
  const { passiveAddress, passiveAddresses = [] } = names;
  return [
    passiveAddress ?? "0.0.0.0",
    ...passiveAddresses.map((rule) => rule.address),
  ].some((host) => ipVersion(host) !== 4);
}

/** What of a server's settings decides which ports a thread has. */
export interface Dealt {
  /** How many threads serve. */
  readonly workers: number;
  /** The ports of all of them, and whether sessions share them. */
  readonly data: {
    readonly passivePorts?: { first: number; last: number } | undefined;
    readonly sharePassive?: boolean | undefined;
  };
}

/**
 * The same settings with the passive ports of one of the threads, counted from
 * 0, where sessions share them.
 *
 * @throws {RangeError} when there are fewer ports than threads.
 */
export function withPart<S extends Dealt>(settings: S, index: number): S {
  const { data, workers } = settings;
  if (!data.sharePassive || data.passivePorts === undefined) return settings;
  const passivePorts = partOf(data.passivePorts, index, workers);
  return { ...settings, data: { ...data, passivePorts } };
}

/**
 * The ports of one of several threads, where each has its own: nobody knows
 * which of those that share one a connection comes to.
 *
 * @throws {RangeError} when there are fewer ports than threads.
 *
 * @example
 * ```ts
 * import { partOf } from "./passive_address.ts";
 * const range = { first: 50000, last: 50009 };
 * const { first, last } = partOf(range, 1, 3);
 * console.assert(`${first}-${last}` === "50003-50005");
 * ```
 */
export function partOf(range: Ports, index: number, count: number): Ports {
  const size = range.last - range.first + 1;
  if (size < count) {
    throw new RangeError(`${size} passive ports are too few for ${count}`);
  }
  const start = (at: number) => range.first + Math.floor(size * at / count);
  return { first: start(index), last: start(index + 1) - 1 };
}
