/**
 * `lookup service NAME|PORT[/PROTOCOL]`: ports of services and services of
 * ports, from the system's table and the built-in one.
 *
 * @module
 */

import { errorLine, EXIT, UsageError } from "../../lib/cli.ts";
import { nearest } from "../../lib/cli/nearest.ts";
import { quoted } from "../../lib/cli/values.ts";
import {
  parseServices,
  type ServiceEntry,
  servicesAt,
  servicesNamed,
  wellKnownServices,
} from "../../lib/services.ts";
import { type Finding, type Scene, table } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** A table of services. */
export interface ServiceTable {
  /** Where it comes from: `system` or `built-in`. */
  readonly source: string;
  /** Its rows; none when it cannot be had. */
  readonly entries: readonly ServiceEntry[];
  /** Why it cannot be had. */
  readonly why?: string;
}

/** A service, and who knows it. */
interface Known extends ServiceEntry {
  readonly sources: readonly string[];
}

/** Names that are told when there is none of that name. */
const MOST_NEAR = 8;

/** The system's table, and the built-in one. */
export async function serviceTables(
  machine: Machine,
): Promise<readonly ServiceTable[]> {
  const builtIn = { source: "built-in", entries: wellKnownServices() };
  try {
    const entries = parseServices(await machine.read("services"));
    return [{ source: "system", entries }, builtIn];
  } catch (error) {
    const why = errorLine(error);
    return [{ source: "system", entries: [], why }, builtIn];
  }
}

/**
 * Looks a service up in every table: by name, by the beginning of a name
 * (`imap*`), by port, and over one protocol or any.
 *
 * @throws {UsageError} when `text` is none of these.
 */
export async function lookUpService(
  text: string,
  { machine }: Scene,
): Promise<Finding> {
  const query = readQuery(text);
  const tables = await serviceTables(machine);
  const services = merge(
    tables.map(({ source, entries }) => ({
      source,
      entries: select(entries, query),
    })),
  );
  const near = services.length > 0 ? [] : nearNames(tables, query);
  return {
    record: { query: text, services, near, ...missing(tables) },
    lines: table(services.map(rowOf)),
    remarks: [
      ...tables.flatMap(({ source, why }) => why ? [`${source}: ${why}`] : []),
      ...services.length > 0 ? [] : [notFound(text, query, near)],
    ],
    code: services.length > 0 ? EXIT.done : EXIT.failed,
  };
}

/** What is looked for. */
interface Query {
  readonly word: string;
  readonly port?: number;
  readonly protocol?: string;
}

function readQuery(text: string): Query {
  const [word = "", protocol, ...more] = text.split("/");
  const isPort = /^\d+$/.test(word);
  const isWrong = word === "" || protocol === "" || more.length > 0 ||
    /\s/.test(text) || (isPort && Number(word) > 65535);
  if (isWrong) {
    throw new UsageError(
      `Cannot read service ${quoted(text)}: ` +
        `expected NAME or PORT, as in echo, imap*, 7 or 7/udp`,
    );
  }
  return {
    word,
    ...isPort ? { port: Number(word) } : {},
    ...protocol === undefined ? {} : { protocol },
  };
}

function select(
  entries: readonly ServiceEntry[],
  { word, port, protocol }: Query,
): ServiceEntry[] {
  if (port !== undefined) return servicesAt(port, protocol, entries);
  if (!word.endsWith("*")) return servicesNamed(word, protocol, entries);
  const start = word.slice(0, -1);
  return entries.filter((entry) =>
    (protocol ?? entry.protocol).toLowerCase() === entry.protocol &&
    namesOf([entry]).some((name) => begins(name, start))
  );
}

function begins(name: string, start: string): boolean {
  return name.toLowerCase().startsWith(start.toLowerCase());
}

function namesOf(entries: readonly ServiceEntry[]): string[] {
  const all = entries.flatMap(({ name, aliases }) => [name, ...aliases]);
  return [...new Set(all)];
}

/** One row of each service that tables have alike, with all of their names. */
function merge(tables: readonly ServiceTable[]): Known[] {
  const rows = new Map<string, Known>();
  for (const { source, entries } of tables) {
    for (const entry of entries) {
      const { name, port, protocol, aliases } = entry;
      const key = [name, port, protocol, ...aliases.toSorted()].join(" ");
      const known = rows.get(key) ?? { ...entry, sources: [] };
      rows.set(key, { ...known, sources: [...known.sources, source] });
    }
  }
  return [...rows.values()].toSorted((a, b) => a.port - b.port);
}

function rowOf({ name, port, protocol, aliases, sources }: Known): string[] {
  const others = aliases.join(" ") || "-";
  return [name, `${port}/${protocol}`, others, sources.join(", ")];
}

/** What was probably meant: names that begin so, or one that is like it. */
function nearNames(
  tables: readonly ServiceTable[],
  { word, port, protocol }: Query,
): string[] {
  if (port !== undefined || word.endsWith("*")) return [];
  const entries = tables.flatMap((each) => each.entries);
  const exact = servicesNamed(word, undefined, entries);
  if (protocol !== undefined && exact.length > 0) {
    return [...new Set(exact.map((each) => `${word}/${each.protocol}`))];
  }
  const names = namesOf(entries);
  const longer = names.filter((name) => begins(name, word));
  if (longer.length > 0) return longer.toSorted().slice(0, MOST_NEAR);
  const like = nearest(names, word.toLowerCase());
  return like === undefined ? [] : [like];
}

function notFound(
  text: string,
  { port }: Query,
  near: readonly string[],
): string {
  const hint = near.length > 0 ? `; did you mean ${near.join(", ")}?` : "";
  return port === undefined
    ? `no service is called ${quoted(text)}${hint}`
    : `no service is known at ${text}`;
}

/** Which tables cannot be had, and why. */
function missing(tables: readonly ServiceTable[]): { missing?: unknown } {
  const rows = tables.flatMap(({ source, why }) => why ? [[source, why]] : []);
  return rows.length > 0 ? { missing: Object.fromEntries(rows) } : {};
}
