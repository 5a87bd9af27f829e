/**
 * DNS as a source of look-ups.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import { lazy } from "../../lib/lazy.ts";
import type { RecordType } from "./dns/message.ts";
import { isName, sameName } from "./dns/name.ts";
import { askDns, type DnsAnswer } from "./dns/resolver.ts";
import { isReadAsAddress, reverseName } from "./ip_text.ts";
import { type Machine, SourceError } from "./machine.ts";
import {
  parseResolverFile,
  type ResolverFile,
  searchNames,
} from "./resolver_file.ts";
import type { Found, Source, SourceOptions } from "./sources.ts";

const DNS_PORT = 53;

/**
 * DNS, asked as the system would: its servers, and its domains behind short
 * names. A server that was named takes names only as they are.
 *
 * @example
 * ```ts
 * import { dnsSource } from "./dns_source.ts";
 * import { systemMachine } from "./system_machine.ts";
 * const source = dnsSource(systemMachine(), { servers: [], timeout: 2000 });
 * console.assert((await source.forward("localhost")).status === "skipped");
 * ```
 */
export function dnsSource(machine: Machine, options: SourceOptions): Source {
  const named = options.servers.length > 0;
  const file = lazy(() => named ? Promise.resolve(NO_FILE) : fileOf(machine));
  const ask = async (name: string, type: RecordType, timeout: number) => {
    const servers = named ? options.servers : serversOf(await file());
    const { wire } = machine;
    return await askDns(name, type, { ...options, timeout, servers, wire });
  };
  return {
    name: "dns",
    async forward(name) {
      const why = whyNotAsked(name);
      if (why !== undefined) {
        return { status: "skipped", values: [], note: why };
      }
      // A domain behind a long name may make one that nobody can have.
      const names = searchNames(name, await file())
        .filter((each) => each === name || isName(each));
      return await firstFound(names, options.timeout, async (each, left) => {
        const types = ["A", "AAAA"] as const;
        const answers = types.map((type) => ask(each, type, left));
        return foundIn(name, await Promise.all(answers));
      });
    },
    async reverse(address) {
      const name = reverseName(address);
      return foundIn(name, [await ask(name, "PTR", options.timeout)]);
    },
  };
}

/** What the first name has that has anything; `timeout` is for all. */
async function firstFound(
  names: readonly string[],
  timeout: number,
  ask: (name: string, left: number) => Promise<Found>,
): Promise<Found> {
  const end = performance.now() + timeout;
  const none: Found[] = [];
  for (const [at, name] of names.entries()) {
    // The first has all of it: what it says of a silent server is what was asked.
    const left = at === 0 ? timeout : Math.max(1, end - performance.now());
    const found = await ask(name, left);
    if (found.status === "found") return found;
    none.push(found);
  }
  return none[0]!;
}

const NO_FILE: ResolverFile = { servers: [], search: [], dots: 1 };

async function fileOf(machine: Machine): Promise<ResolverFile> {
  try {
    return parseResolverFile(await machine.read("resolv.conf"));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const why = `${error.message}, or name a server: --server ADDRESS`;
    throw new SourceError(why, { cause: error });
  }
}

/** A system without servers asks itself. */
function serversOf({ servers }: ResolverFile): HostPort[] {
  const hosts = servers.length > 0 ? servers : ["127.0.0.1"];
  return hosts.map((hostname) => ({ hostname, port: DNS_PORT }));
}

/** Why a name is none of DNS's business, if so. */
function whyNotAsked(name: string): string | undefined {
  const last = name.replace(/\.$/, "").split(".").at(-1)!.toLowerCase();
  if (last === "localhost") {
    return "not asked: localhost is this machine (RFC 6761)";
  }
  if (isReadAsAddress(name)) {
    return "not asked: programs read this as an address";
  }
  return undefined;
}

/** What the answers about one name say together. */
function foundIn(name: string, answers: readonly DnsAnswer[]): Found {
  const { chain, server } = answers.find(({ chain }) => chain.length > 1) ??
    answers[0]!;
  const records = answers.flatMap(({ records }) => records);
  const from = [`from ${server}`, ...aliasNote(name, chain)];
  if (records.length === 0) {
    const isNoName = answers.some(({ status }) => status === "no such name");
    const why = isNoName ? "no such name" : "nothing of this kind";
    const note = [why, ...from].join(", ");
    return { status: "none", values: [], note };
  }
  const seconds = Math.min(...records.map(({ ttl }) => ttl));
  return {
    status: "found",
    values: records.map(({ value }) => value),
    note: [...from, `for ${seconds} s`].join(", "),
    canonical: chain.at(-1),
  };
}

/** The names behind a name, when it is not the one that was found. */
function aliasNote(name: string, chain: readonly string[]): string[] {
  if (chain.length > 1) return [`alias ${chain.join(" -> ")}`];
  const [asked = ""] = chain;
  return sameName(asked, name.replace(/\.$/, "")) ? [] : [`as ${asked}`];
}
