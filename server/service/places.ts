/**
 * The addresses of servers that do the same over TCP, UDP and Unix sockets:
 * their options, and what those mean.
 *
 * @module
 */

import { type Address, readAddresses, readSockets } from "./address.ts";

/** An option that names addresses. */
export interface PlaceOption {
  /** It may be given more than once. */
  readonly type: "texts";
  /** What stands for a value in the help. */
  readonly placeholder: string;
  /** What it does. */
  readonly help: string;
  /** The heading it stands under. */
  readonly group: string;
}

/** The options `--tcp`, `--udp` and `--unix`. */
export interface PlaceOptions {
  /** `--tcp`. */
  readonly tcp: PlaceOption;
  /** `--udp`. */
  readonly udp: PlaceOption;
  /** `--unix`. */
  readonly unix: PlaceOption;
}

/** Their values. */
export type PlaceValues = Readonly<
  Record<keyof PlaceOptions, readonly string[]>
>;

/**
 * The options of a server that serves `port` of this machine unless told
 * otherwise.
 *
 * @example
 * ```ts
 * import { placeOptions } from "./places.ts";
 * console.assert(placeOptions(7).tcp.help.includes("127.0.0.1:7"));
 * ```
 */
export function placeOptions(port: number): PlaceOptions {
  const row = (placeholder: string, help: string): PlaceOption => ({
    ...{ type: "texts", placeholder, help, group: "Server" },
  });
  return {
    tcp: row("HOST:PORT", `serve connections here (127.0.0.1:${port})`),
    udp: row("HOST:PORT", `serve datagrams here (127.0.0.1:${port})`),
    unix: row("PATH", "serve connections on this Unix socket"),
  };
}

/**
 * The addresses that were named; `port` over TCP and UDP on this machine when
 * none was.
 *
 * @throws {UsageError} when one of them is no address.
 *
 * @example
 * ```ts
 * import { formatAddress } from "./address.ts";
 * import { readPlaces } from "./places.ts";
 * const places = readPlaces({ tcp: [], udp: [":7007"], unix: [] }, 7);
 * console.assert(places.map(formatAddress).join() === "udp://[::]:7007");
 * ```
 */
export function readPlaces(
  { tcp, udp, unix }: PlaceValues,
  port: number,
): Address[] {
  const isNamed = tcp.length + udp.length + unix.length > 0;
  const named = (transport: "tcp" | "udp", texts: readonly string[]) =>
    readAddresses(isNamed ? texts : ["127.0.0.1"], {
      option: transport,
      transport,
      defaultPort: port,
    });
  return [...named("tcp", tcp), ...named("udp", udp), ...readSockets(unix)];
}
