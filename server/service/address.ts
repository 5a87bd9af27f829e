/**
 * Where small servers serve, as people write it and as they are told.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import type { HostPort } from "../../lib/host_port.ts";
import {
  formatHostPort,
  parseListenAddress,
  type UnixAddress,
} from "../../lib/net/address.ts";

/** A TCP or UDP port of a host, or a Unix socket. */
export type Address =
  | ({ readonly transport: "tcp" | "udp" } & Readonly<HostPort>)
  | Readonly<UnixAddress>;

/** What {@linkcode readAddresses} goes by. */
export interface ReadAddressesOptions {
  /** The option's name, for messages, such as `tcp`. */
  option: string;
  /** What the addresses are for. */
  transport: "tcp" | "udp";
  /** The port of a text that names only a host. */
  defaultPort: number;
}

/**
 * Reads the values of an option that takes `HOST:PORT`; `HOST` and `PORT` alone
 * do too. Port 0 stands for any free port.
 *
 * @throws {UsageError} when one of them is no address.
 *
 * @example
 * ```ts
 * import { formatAddress, readAddresses } from "./address.ts";
 * const options = { option: "udp", transport: "udp", defaultPort: 7 } as const;
 * const [address] = readAddresses(["[::1]:7007"], options);
 * console.assert(formatAddress(address!) === "udp://[::1]:7007");
 * ```
 */
export function readAddresses(
  texts: readonly string[],
  { option, transport, defaultPort }: ReadAddressesOptions,
): Address[] {
  return texts.map((text) => {
    if (text.startsWith("unix:")) {
      throw new UsageError(`--${option} takes HOST:PORT, not ${text}`);
    }
    const { hostname, port } = parsed(text, option, defaultPort) as HostPort;
    return {
      transport,
      hostname: hostname === "localhost" ? "127.0.0.1" : hostname,
      port,
    };
  });
}

/** Reads the values of `--unix`: paths of sockets. */
export function readSockets(texts: readonly string[]): Address[] {
  return texts.map((path) => {
    if (!path.includes("\0")) return { transport: "unix", path };
    throw new UsageError("--unix: the path holds a NUL character");
  });
}

function parsed(text: string, option: string, defaultPort: number) {
  try {
    return parseListenAddress(text, defaultPort);
  } catch (error) {
    const why = (error as Error).message
      .replace(", PORT or unix:PATH", " or PORT");
    throw new UsageError(`--${option}: ${why}`);
  }
}

/** As the ready line names it: `tcp://127.0.0.1:7`, `unix:/run/echo.sock`. */
export function formatAddress(address: Address): string {
  if (address.transport === "unix") return `unix:${address.path}`;
  const { transport, hostname, port } = address;
  return `${transport}://${formatHostPort(hostname, port)}`;
}
