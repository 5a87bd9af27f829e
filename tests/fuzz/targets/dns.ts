/**
 * Names and addresses: answers of DNS, and the files of the system.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  decodeReply,
  encodeQuestion,
  isReplyTo,
} from "../../../client/lookup/dns/message.ts";
import {
  decodeName,
  DnsFormatError,
  encodeName,
  isName,
} from "../../../client/lookup/dns/name.ts";
import {
  hostsAddresses,
  hostsNames,
  parseHosts,
} from "../../../client/lookup/hosts_file.ts";
import {
  ipText,
  isReadAsAddress,
  reverseName,
} from "../../../client/lookup/ip_text.ts";
import {
  hostsOrder,
  parseResolverFile,
  searchNames,
} from "../../../client/lookup/resolver_file.ts";
import type { Bytes } from "../../../lib/bytes.ts";
import { ipVersion } from "../../../lib/net/ip.ts";
import { parseServices } from "../../../lib/services.ts";
import { dnsReply } from "../../core/lookup_dns_zone.ts";
import {
  attempt,
  defineTarget,
  sayingOf,
  type Target,
  textOf,
} from "../target.ts";

const QUESTION = { id: 0x1234, name: "www.a.test", type: "A" } as const;

function dnsSeeds(): Bytes[] {
  const asked = encodeQuestion(QUESTION);
  return [
    { records: [{ cname: "a.test" }, { name: "a.test", a: "192.0.2.1" }] },
    {
      records: [{ aaaa: [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1] }, { ptr: "x.y.z" }],
    },
    { records: [{ txt: "text" }, { a: "192.0.2.2", ttl: 2 ** 31 }] },
    { code: 3 },
    { truncated: true },
    { records: [{ cname: ["a b", "\0", "x".repeat(63)] }] },
  ].map((answer) => dnsReply(asked, answer));
}

function checkDns(message: Bytes): string {
  const isOurs = isReplyTo(QUESTION, message);
  const name = attempt(() => decodeName(message, 12), DnsFormatError);
  if (!(name instanceof Error)) {
    assert(
      name.name.length <= 1016 && name.end > 12 && name.end <= message.length,
    );
    assert(/^[!-~]*$/.test(name.name), "more than visible ASCII");
    if (isName(name.name)) assertEquals(encodeName(name.name).at(-1), 0);
  }
  const reply = attempt(() => decodeReply(message), DnsFormatError);
  if (reply instanceof Error) return `${isOurs} ${sayingOf(reply)}`;
  assert(reply.code >= 0 && reply.code < 16);
  assert(reply.records.length * 11 <= message.length, "more records than fit");
  for (const { name, type, ttl, value } of reply.records) {
    assert(/^[!-~]+$/.test(name + value) && ttl >= 0 && ttl < 2 ** 31);
    const version = ipVersion(value);
    assert(type !== "A" || version === 4, value);
    // IPv4 in IPv6 is IPv4 to us.
    assert(type !== "AAAA" || version !== null, value);
  }
  return `${isOurs} ${reply.code} ${
    reply.records.map(({ type }) => type).slice(0, 4)
  }`;
}

function checkFiles(text: string): string {
  const lines = parseHosts(text);
  for (const { address, names } of lines) {
    assert(ipVersion(address) !== null && names.length > 0);
    assert(
      names[0]!.endsWith(".") ||
        hostsAddresses(lines, names[0]!).addresses.includes(address),
    );
    assert(hostsNames(lines, address).includes(names[0]!));
    assert(
      isReadAsAddress(address) && ipText(ipText(address)) === ipText(address),
    );
    assert(isName(reverseName(address)), reverseName(address));
  }
  const file = parseResolverFile(text);
  assert(file.servers.length <= 3 && file.search.length <= 6);
  assert(Number.isSafeInteger(file.dots) && file.dots >= 0);
  assert(searchNames("www", file).length <= 7);
  const services = parseServices(text);
  for (const { port } of services) assert(port >= 0 && port <= 65_535);
  return `${Math.min(5, lines.length)} ${file.servers.length} ${
    Math.min(5, services.length)
  } ${hostsOrder(text) === undefined}`;
}

/** Names and addresses. */
export const DNS_TARGETS: readonly Target[] = [
  defineTarget({
    name: "dns",
    about: "answers of DNS servers",
    seeds: dnsSeeds,
    tokens: [
      Uint8Array.of(0xc0, 12),
      Uint8Array.of(0xc0, 0),
      Uint8Array.of(0, 1, 0, 1),
      Uint8Array.of(63),
      Uint8Array.of(0xff, 0xff),
    ],
    longest: 1500,
    check: checkDns,
  }),
  defineTarget({
    name: "system-files",
    about: "/etc/hosts, resolv.conf, nsswitch.conf and services",
    seeds: () => [
      "127.0.0.1 localhost a # x\n::1 ip6-localhost\nfe80::1%eth0 b\n",
      "nameserver 192.0.2.1\nnameserver ::1\nsearch a.test b.test\noptions ndots:2\n",
      "ftp 21/tcp # File Transfer\ndiscard 9/tcp sink null\nx 70000/udp\n",
      "hosts: files dns\npasswd: files\n",
    ],
    tokens: [
      "nameserver ",
      "search ",
      "options ndots:",
      "hosts:",
      "#",
      "\t",
      "::ffff:1.2.3.4",
      "/tcp",
    ],
    isScript: true,
    check: (input) => checkFiles(textOf(input)),
  }),
];
