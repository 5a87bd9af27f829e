/**
 * Names of services and their ports: the well-known ones, built in, and a
 * reader for the file that systems keep (`/etc/services`).
 *
 * The built-in table is for machines that have no such file, or whose file may
 * not be read. Names are compared without regard to case (RFC 6335 section
 * 5.1).
 *
 * @module
 */

import { lazy } from "./lazy.ts";
import { SYSTEM_PORTS } from "./services/system_ports.ts";
import { CUSTOMARY_PORTS, USER_PORTS } from "./services/user_ports.ts";

/** A service over one protocol. */
export interface ServiceEntry {
  /** Its name, such as `discard`. */
  readonly name: string;
  /** Its other names, such as `sink` and `null`. */
  readonly aliases: readonly string[];
  /** 0 to 65535. */
  readonly port: number;
  /** In lower case: `tcp`, `udp`, `sctp` or another one. */
  readonly protocol: string;
}

/** What {@linkcode parseServices} reads of one line, at most. */
const LONGEST_LINE = 1000;

/**
 * The built-in table, in order of ports, `tcp` before `udp`; customary ports
 * that nobody registered come last.
 *
 * @example
 * ```ts
 * import { wellKnownServices } from "./services.ts";
 * console.assert(wellKnownServices().some(({ name }) => name === "echo"));
 * ```
 */
export const wellKnownServices: () => readonly ServiceEntry[] = lazy(() =>
  parseServices(SYSTEM_PORTS + USER_PORTS + CUSTOMARY_PORTS)
);

/**
 * The port of the well-known service that is called `name`, by its name or by
 * another one, over `protocol`; `undefined` when there is none. A name wins
 * over another service's alias.
 *
 * @example
 * ```ts
 * import { servicePort } from "./services.ts";
 * console.assert(servicePort("echo", "udp") === 7);
 * console.assert(servicePort("sink", "tcp") === 9);
 * console.assert(servicePort("tftp", "tcp") === undefined);
 * ```
 */
export function servicePort(
  name: string,
  protocol: string,
): number | undefined {
  return servicesNamed(name, protocol)[0]?.port;
}

/**
 * The services of `table` that are called `name`, over one protocol or over
 * any; those with that name stand before those with that alias.
 *
 * @example
 * ```ts
 * import { servicesNamed } from "./services.ts";
 * const [service] = servicesNamed("null", "tcp");
 * console.assert(service?.name === "discard");
 * ```
 */
export function servicesNamed(
  name: string,
  protocol?: string,
  table: readonly ServiceEntry[] = wellKnownServices(),
): ServiceEntry[] {
  const wanted = name.toLowerCase();
  const isWanted = (text: string) => text.toLowerCase() === wanted;
  const spoken = table.filter((entry) => isOver(entry, protocol));
  return [
    ...spoken.filter((entry) => isWanted(entry.name)),
    ...spoken.filter((entry) =>
      !isWanted(entry.name) && entry.aliases.some(isWanted)
    ),
  ];
}

/**
 * The services of `table` at `port`, over one protocol or over any.
 *
 * @example
 * ```ts
 * import { servicesAt } from "./services.ts";
 * console.assert(servicesAt(80, "tcp")[0]?.name === "http");
 * console.assert(servicesAt(7).length === 2);
 * ```
 */
export function servicesAt(
  port: number,
  protocol?: string,
  table: readonly ServiceEntry[] = wellKnownServices(),
): ServiceEntry[] {
  return table.filter((entry) =>
    entry.port === port && isOver(entry, protocol)
  );
}

/**
 * Reads a file of services: on each line a name, `PORT/PROTOCOL`, other names,
 * and behind `#` what is for people. Several protocols may share a line
 * (`echo 7/tcp/udp`), which makes an entry of each. A line that is none of
 * this, or longer than 1,000 characters, is left out.
 *
 * @example
 * ```ts
 * import { parseServices } from "./services.ts";
 * const [entry] = parseServices("discard\t9/udp\tsink null  # RFC 863\n");
 * console.assert(entry?.port === 9 && entry.aliases.join() === "sink,null");
 * ```
 */
export function parseServices(text: string): ServiceEntry[] {
  return text.split("\n").flatMap(readLine);
}

function readLine(line: string): ServiceEntry[] {
  if (line.length > LONGEST_LINE) return [];
  const [words = ""] = line.split("#", 1);
  const [name, place = "", ...aliases] = words.trim().split(/\s+/);
  const [digits = "", ...protocols] = place.toLowerCase().split("/");
  if (!name || !isPort(digits) || protocols.includes("")) return [];
  const port = Number(digits);
  return protocols.map((protocol) => ({ name, aliases, port, protocol }));
}

function isPort(digits: string): boolean {
  return /^\d{1,5}$/.test(digits) && Number(digits) <= 65535;
}

function isOver(entry: ServiceEntry, protocol: string | undefined): boolean {
  return protocol === undefined || entry.protocol === protocol.toLowerCase();
}
