/**
 * The hosts file: names and addresses that a machine knows by itself.
 *
 * @module
 */

import { ipVersion, sameAddress } from "../../lib/net/address.ts";
import { ipText } from "./ip_text.ts";

/** A line of the file. */
export interface HostsLine {
  /** In its shortest form. */
  readonly address: string;
  /** At least one; the first is the canonical one. */
  readonly names: readonly string[];
}

/**
 * Reads a hosts file: an address and its names on each line, and behind `#`
 * what is for people. Lines that are something else are left out.
 *
 * @example
 * ```ts
 * import { parseHosts } from "./hosts_file.ts";
 * const [line] = parseHosts("127.0.0.1 localhost lo  # this machine\n");
 * console.assert(line?.names.join() === "localhost,lo");
 * ```
 */
export function parseHosts(text: string): HostsLine[] {
  return text.split("\n").flatMap((line) => {
    const [words = ""] = line.split("#", 1);
    const [address = "", ...names] = words.trim().split(/\s+/);
    const isEntry = ipVersion(address) !== null && names.length > 0;
    return isEntry ? [{ address: ipText(address), names }] : [];
  });
}

/** The addresses of a name, in the order of the file; the canonical name. */
export function hostsAddresses(
  lines: readonly HostsLine[],
  name: string,
): { addresses: string[]; canonical: string | undefined } {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const found = lines.filter(({ names }) =>
    names.some((each) => each.toLowerCase() === wanted)
  );
  const addresses = new Set(found.map(({ address }) => address));
  return { addresses: [...addresses], canonical: found[0]?.names[0] };
}

/** The names of an address, in the order of the file. */
export function hostsNames(
  lines: readonly HostsLine[],
  address: string,
): string[] {
  const found = lines.filter((line) => sameAddress(line.address, address));
  return [...new Set(found.flatMap(({ names }) => names))];
}
