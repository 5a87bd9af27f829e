/**
 * The options that small servers share, and the limits they mean.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import { type Cidr, parseCidr } from "../../lib/net/cidr.ts";
import type { Rate } from "../../lib/net/token_bucket.ts";

/** Options of every small server. */
export const SERVICE_OPTIONS = {
  rate: {
    type: "text",
    default: "1000",
    placeholder: "N|off",
    help: "questions a second from one address",
    group: "Limits",
  },
  allow: {
    type: "texts",
    placeholder: "CIDR",
    help: "serve these addresses only",
    group: "Limits",
  },
  deny: {
    type: "texts",
    placeholder: "CIDR",
    help: "do not serve these addresses",
    group: "Limits",
  },
  grace: {
    type: "seconds",
    default: 2,
    help: "time to finish when stopping",
    group: "Limits",
  },
} as const;

/** Options of small servers that serve connections. */
export const STREAM_OPTIONS = {
  "idle-timeout": {
    type: "seconds",
    default: 300,
    min: 0.001,
    help: "time in which a connection must move",
    group: "Limits",
  },
  "max-lifetime": {
    type: "seconds",
    default: 86_400,
    min: 0.001,
    help: "longest time of a connection",
    group: "Limits",
  },
  "max-connections": {
    type: "integer",
    default: 1000,
    min: 1,
    help: "connections at a time",
    group: "Limits",
  },
  "max-per-address": {
    type: "integer",
    default: 500,
    min: 1,
    help: "connections at a time from one address",
    group: "Limits",
  },
  inetd: {
    type: "flag",
    help: "serve one connection on standard input",
    group: "General",
  },
} as const;

/** Options of small servers that serve datagrams. */
export const DATAGRAM_OPTIONS = {
  "allow-service-ports": {
    type: "flag",
    help: "answer ports of other services too",
    group: "Limits",
  },
} as const;

/** What the shared options mean. Times are in milliseconds. */
export interface Limits {
  /** What one address may ask; `null` for no limit. */
  readonly rate: Rate | null;
  /** Who may come in; everybody when it is empty. */
  readonly allow: readonly Cidr[];
  /** Who may not. */
  readonly deny: readonly Cidr[];
  /** Time to finish when stopping. */
  readonly grace: number;
  /** Time in which a connection must move. */
  readonly idleTimeout: number;
  /** Longest time of a connection. */
  readonly maxLifetime: number;
  /** Connections at a time. */
  readonly maxConnections: number;
  /** Connections at a time from one address. */
  readonly maxPerAddress: number;
  /** Whether ports of other services are answered. */
  readonly allowServicePorts: boolean;
  /** Whether one connection is served on standard input. */
  readonly inetd: boolean;
}

/** The values of the shared options, as far as a tool has them. */
export type SharedValues =
  & {
    readonly rate: string;
    readonly allow: readonly string[];
    readonly deny: readonly string[];
    readonly grace: number;
  }
  & {
    readonly "idle-timeout"?: number;
    readonly "max-lifetime"?: number;
    readonly "max-connections"?: number;
    readonly "max-per-address"?: number;
    readonly "allow-service-ports"?: boolean;
    readonly inetd?: boolean;
  };

/**
 * What the shared options mean.
 *
 * @throws {UsageError} when a rate or a block of addresses can't be read.
 *
 * @example
 * ```ts
 * import { readLimits } from "./options.ts";
 * const limits = readLimits({
 *   rate: "100",
 *   allow: ["10.0.0.0/8"],
 *   deny: [],
 *   grace: 2000,
 * });
 * console.assert(limits.rate?.perSecond === 100);
 * ```
 */
export function readLimits(options: SharedValues): Limits {
  return {
    rate: readRate(options.rate),
    allow: readBlocks("allow", options.allow),
    deny: readBlocks("deny", options.deny),
    grace: options.grace,
    idleTimeout: options["idle-timeout"] ?? Infinity,
    maxLifetime: options["max-lifetime"] ?? Infinity,
    maxConnections: options["max-connections"] ?? Infinity,
    maxPerAddress: options["max-per-address"] ?? Infinity,
    allowServicePorts: options["allow-service-ports"] ?? false,
    inetd: options.inetd ?? false,
  };
}

/** A second's worth may come at once. */
function readRate(text: string): Rate | null {
  if (text === "off") return null;
  const perSecond = /^\d{1,9}(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (perSecond > 0) return { perSecond, burst: Math.max(1, perSecond) };
  throw new UsageError(
    `--rate: expected questions a second such as 1000, or off, got "${text}"`,
  );
}

function readBlocks(option: string, texts: readonly string[]): Cidr[] {
  return texts.map((text) => {
    try {
      return parseCidr(text);
    } catch (error) {
      throw new UsageError(`--${option}: ${(error as Error).message}`);
    }
  });
}
