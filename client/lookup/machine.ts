/**
 * What a look-up needs of the machine it runs on.
 *
 * @module
 */

import type { DnsWire } from "./dns/wire.ts";

/** A file that tells something about names. */
export type SystemFile =
  | "hosts"
  | "services"
  | "resolv.conf"
  | "nsswitch.conf";

/** An address of a network interface. */
export interface InterfaceAddress {
  /** The interface, such as `eth0`. */
  readonly name: string;
  /** With the length of its network behind a slash: `127.0.0.1/8`. */
  readonly cidr: string;
}

/**
 * A machine, or in tests what stands for one. What cannot be had, because it
 * is not there or the runtime forbids it, throws a {@linkcode SourceError}.
 */
export interface Machine {
  /** The path of a file, for messages. */
  pathOf(file: SystemFile): string;
  /** Reads a file. */
  read(file: SystemFile): Promise<string>;
  /**
   * What `getaddrinfo` says: addresses in the order in which programs try
   * them; none when there is no such name. Takes ASCII names.
   */
  addressesOf(name: string): Promise<readonly string[]>;
  /** What `getnameinfo` says: the name of an address, if it has one. */
  nameOf(address: string): Promise<string | null>;
  /** The way to DNS servers. */
  readonly wire: DnsWire;
  /** The machine's own name. */
  hostname(): string;
  /** The addresses of its interfaces. */
  interfaces(): readonly InterfaceAddress[];
}

/** A source has no answer to give; the message is why, in one line. */
export class SourceError extends Error {
  /** Says why, and what to do. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SourceError";
  }
}
