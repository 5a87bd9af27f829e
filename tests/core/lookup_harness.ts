/**
 * A machine for tests of look-ups: its files, its resolver and its DNS servers
 * are what a test says.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { formatHostPort } from "../../lib/net/address.ts";
import type { DnsWire } from "../../client/lookup/dns/wire.ts";
import type { Finding, Scene } from "../../client/lookup/finding.ts";
import {
  type InterfaceAddress,
  type Machine,
  SourceError,
  type SystemFile,
} from "../../client/lookup/machine.ts";
import {
  createSources,
  type SourceOptions,
} from "../../client/lookup/sources.ts";
import { askedIn, type Zone, zoneReply } from "./lookup_dns_zone.ts";

/** What a machine of a test has. */
export interface MachineOptions {
  /** Texts of files; one that is missing does not exist. */
  readonly files?: Partial<Record<SystemFile, string>>;
  /** Addresses by name; an error is thrown. */
  readonly resolver?: Readonly<Record<string, readonly string[] | Error>>;
  /** Names by address. */
  readonly names?: Readonly<Record<string, string>>;
  /** What its DNS servers say. */
  readonly zone?: Zone;
  /** The way to DNS servers, in the place of one that answers from `zone`. */
  readonly wire?: DnsWire;
  /** Its interfaces; an error is thrown. */
  readonly interfaces?: readonly InterfaceAddress[] | Error;
}

/** A machine, and what its DNS servers were asked. */
export interface TestMachine extends Machine {
  /** Questions such as `192.0.2.53:53 a.test A`. */
  readonly asked: string[];
}

/** Makes a machine. */
export function testMachine(options: MachineOptions = {}): TestMachine {
  const asked: string[] = [];
  const { files = {}, resolver = {}, names = {}, zone = {} } = options;
  return {
    asked,
    pathOf: (file) => `/etc/${file}`,
    read: (file) => {
      const text = files[file];
      if (text !== undefined) return Promise.resolve(text);
      return Promise.reject(new SourceError(`there is no /etc/${file}`));
    },
    addressesOf: (name) => settled(resolver[name] ?? []),
    nameOf: (address) => Promise.resolve(names[address] ?? null),
    wire: options.wire ?? zoneWire(zone, asked),
    hostname: () => "here",
    interfaces: () => {
      const { interfaces = [] } = options;
      if (interfaces instanceof Error) throw interfaces;
      return interfaces;
    },
  };
}

function settled<T>(value: T | Error): Promise<T> {
  return value instanceof Error
    ? Promise.reject(value)
    : Promise.resolve(value);
}

/** Servers that all have one zone. */
function zoneWire(zone: Zone, asked: string[]): DnsWire {
  const answer = (question: Bytes) =>
    Promise.resolve(zoneReply(zone, question));
  return {
    datagram(server, question) {
      const where = formatHostPort(server.hostname, server.port);
      asked.push(`${where} ${askedIn(question)}`);
      return answer(question);
    },
    stream: (_server, question) => answer(question),
  };
}

/** A scene on a machine. */
export function testScene(
  machine: Machine,
  options: Partial<Scene & SourceOptions> = {},
): Scene {
  const { servers = [], timeout = 2000, ...scene } = options;
  return {
    machine,
    sources: createSources(machine, { servers, timeout }),
    passive: false,
    numeric: false,
    ...scene,
  };
}

/** What was found as one text. */
export function textOf({ lines }: Finding): string {
  return lines.join("\n");
}

/** A `resolv.conf` with two servers. */
export const RESOLVER_FILE =
  "# made up\nnameserver 192.0.2.53\nnameserver 2001:db8::53\n";
