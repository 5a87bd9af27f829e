/**
 * The three places that know addresses of names and names of addresses. Each
 * one answers for itself, so that they can be compared.
 *
 * @module
 */

import { errorLine } from "../../lib/cli.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { lazy } from "../../lib/lazy.ts";
import { inTime, type WaitLimits } from "../service/in_time.ts";
import { dnsSource } from "./dns_source.ts";
import { hostsAddresses, hostsNames, parseHosts } from "./hosts_file.ts";
import { type Machine, SourceError } from "./machine.ts";

/** The hosts file, the system's resolver as programs use it, DNS itself. */
export type SourceName = "hosts" | "system" | "dns";

/** What a source says. */
export interface Answer {
  /** Which one it is. */
  readonly source: SourceName;
  /** `skipped` when it is not asked such things, `failed` when it could not. */
  readonly status: "found" | "none" | "skipped" | "failed";
  /** Addresses or names; empty unless something was found. */
  readonly values: readonly string[];
  /** Where it comes from, or why there is nothing. */
  readonly note: string;
  /** What a name is an alias of, in the end. */
  readonly canonical?: string | undefined;
}

/** What a source found, without its name. */
export type Found = Omit<Answer, "source">;

/** A source; it throws when it has no answer to give. */
export interface Source {
  /** Which one it is. */
  readonly name: SourceName;
  /** The addresses of an ASCII name. */
  forward(name: string): Promise<Found>;
  /** The names of an address. */
  reverse(address: string): Promise<Found>;
}

/** Options for {@linkcode createSources}. */
export interface SourceOptions extends WaitLimits {
  /** DNS servers; none are those of the system. */
  readonly servers: readonly HostPort[];
}

/**
 * The sources of a machine. Files are read once, when they are first needed.
 *
 * @example
 * ```ts
 * import { createSources } from "./sources.ts";
 * import { systemMachine } from "./system_machine.ts";
 * const options = { servers: [], timeout: 2000 };
 * const names = createSources(systemMachine(), options).map(({ name }) => name);
 * console.assert(names.join() === "hosts,system,dns");
 * ```
 */
export function createSources(
  machine: Machine,
  options: SourceOptions,
): readonly Source[] {
  return [
    hostsSource(machine),
    systemSource(machine, options),
    dnsSource(machine, options),
  ];
}

/**
 * What every source says, in their order; one that throws has failed, and the
 * others still answer.
 */
export async function askAll(
  sources: readonly Source[],
  ask: (source: Source) => Promise<Found>,
): Promise<Answer[]> {
  return await Promise.all(sources.map(async (source) => {
    try {
      return { source: source.name, ...await ask(source) };
    } catch (error) {
      const note = errorLine(error);
      return { source: source.name, status: "failed", values: [], note };
    }
  }));
}

/** An answer with `values`, or one that says that there are none. */
export function foundOrNone(
  values: readonly string[],
  from: string,
  none: string,
): Found {
  return values.length > 0
    ? { status: "found", values, note: from }
    : { status: "none", values, note: none };
}

function hostsSource(machine: Machine): Source {
  const path = machine.pathOf("hosts");
  const lines = lazy(async () => parseHosts(await machine.read("hosts")));
  const none = `not in ${path}`;
  return {
    name: "hosts",
    async forward(name) {
      const { addresses, canonical } = hostsAddresses(await lines(), name);
      return { ...foundOrNone(addresses, path, none), canonical };
    },
    async reverse(address) {
      return foundOrNone(hostsNames(await lines(), address), path, none);
    },
  };
}

function systemSource(machine: Machine, limits: WaitLimits): Source {
  const late = () => {
    const seconds = limits.timeout / 1000;
    return new SourceError(`the resolver has no answer in ${seconds} s`);
  };
  return {
    name: "system",
    async forward(name) {
      const asked = machine.addressesOf(name);
      const addresses = await inTime(asked, limits, late);
      return foundOrNone(addresses, "as programs see it", "no such name");
    },
    async reverse(address) {
      const name = await inTime(machine.nameOf(address), limits, late);
      const names = name === null ? [] : [name];
      return foundOrNone(names, "as programs see it", "no name");
    },
  };
}
