/**
 * `lookup self`: this machine's name, its addresses, and how it looks names
 * up.
 *
 * @module
 */

import { errorLine, EXIT } from "../../lib/cli.ts";
import { type Finding, type Scene, table } from "./finding.ts";
import type { InterfaceAddress, Machine } from "./machine.ts";
import { hostsOrder, parseResolverFile } from "./resolver_file.ts";

/** One thing to know about this machine. */
interface Fact {
  /** What it is about. */
  readonly topic: string;
  /** It, for programs; `null` when it is unknown. */
  readonly data: unknown;
  /** It, for people: one row each. */
  readonly values: readonly string[];
  /** Where it comes from, or why it is unknown. */
  readonly note: string;
}

/**
 * Tells what this machine is. What is not permitted says which flag it needs.
 */
export async function lookUpSelf(scene: Scene): Promise<Finding> {
  const { machine } = scene;
  const facts = await Promise.all([
    fact("hostname", () => machine.hostname()),
    fact("addresses", () => ownAddresses(scene), "as programs see them"),
    fact("interfaces", () => machine.interfaces()),
    fact("order", () => order(machine), machine.pathOf("nsswitch.conf")),
    fact("dns", () => servers(machine), machine.pathOf("resolv.conf")),
  ]);
  const missing = facts.filter(({ data }) => data === null)
    .map(({ topic, note }) => [topic, note]);
  return {
    record: {
      ...Object.fromEntries(facts.map(({ topic, data }) => [topic, data])),
      ...missing.length > 0 ? { missing: Object.fromEntries(missing) } : {},
    },
    lines: table(facts.flatMap(rowsOf)),
    code: facts[0]!.data === null ? EXIT.network : EXIT.done,
  };
}

/** Something that can be told. */
type Data = string | readonly (string | InterfaceAddress)[];

async function fact(
  topic: string,
  ask: () => Data | Promise<Data>,
  note = "",
): Promise<Fact> {
  try {
    const data = await ask();
    const parts = typeof data === "string" ? [data] : data;
    return { topic, data, values: parts.map(textOf), note };
  } catch (error) {
    return { topic, data: null, values: [], note: errorLine(error) };
  }
}

function textOf(part: string | InterfaceAddress): string {
  return typeof part === "string" ? part : `${part.name} ${part.cidr}`;
}

async function ownAddresses(
  { machine, sources }: Scene,
): Promise<readonly string[]> {
  const system = sources.find(({ name }) => name === "system")!;
  return (await system.forward(machine.hostname())).values;
}

async function order(machine: Machine): Promise<string> {
  return hostsOrder(await machine.read("nsswitch.conf")) ?? "it does not say";
}

async function servers(machine: Machine): Promise<readonly string[]> {
  return parseResolverFile(await machine.read("resolv.conf")).servers;
}

function rowsOf({ topic, values, note }: Fact): string[][] {
  const shown = values.length > 0 ? values : ["-"];
  return shown.map((value, at) =>
    at === 0 ? [topic, value, note] : ["", value]
  );
}
