/**
 * Tables of listing lines and the entries they mean.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  createListParser,
  type RemoteEntry,
} from "../../lib/ftp/list_parser.ts";

/** The day of all tests: 2025-06-15, noon. */
export const NOW: number = Date.UTC(2025, 5, 15, 12);

/** What a line means; what is not named is not judged. */
export interface Meaning {
  name?: string;
  type?: RemoteEntry["type"];
  size?: number | null;
  /** ISO 8601 to the minute or the second, in UTC. */
  modified?: string | null;
  target?: string | undefined;
  mode?: number | undefined;
  owner?: string | undefined;
  group?: string | undefined;
  unique?: string | undefined;
}

/** A line or several of one listing, and the last entry they give. */
export type Case = readonly [lines: string, meaning: Meaning];

/** Every entry of a listing, what was held back included. */
export function entriesOf(...lines: readonly string[]): RemoteEntry[] {
  const parser = createListParser({ now: () => NOW });
  const entries = lines.map((line) => parser.parse(line));
  for (let entry; (entry = parser.flush()) !== null;) entries.push(entry);
  return entries.filter((entry) => entry !== null);
}

/** One test for each line. */
export function testLines(dialect: string, cases: readonly Case[]): void {
  for (const [lines, meaning] of cases) {
    Deno.test(`list parser reads ${dialect}: ${JSON.stringify(lines)}`, () => {
      const entry = entriesOf(...lines.split("\r\n")).at(-1);
      assertEquals(entry && meaningOf(entry, meaning), complete(meaning));
    });
  }
}

/** One test for each line that no dialect has. */
export function testJunk(dialect: string, lines: readonly string[]): void {
  for (const line of lines) {
    Deno.test(`list parser refuses ${dialect}: ${JSON.stringify(line)}`, () => {
      assertEquals(entriesOf(line), [{
        name: "",
        type: "other",
        size: null,
        modified: null,
        unparsed: line,
      }]);
    });
  }
}

/** What an entry says of the things that `asked` names. */
function meaningOf(entry: RemoteEntry, asked: Meaning): Meaning {
  const iso = entry.modified?.toISOString().replace(".000Z", "") ?? null;
  const all = { ...entry, modified: iso };
  const pairs = Object.keys(complete(asked)).map((key) =>
    [key, all[key as keyof typeof all]] as const
  );
  return Object.fromEntries(pairs);
}

/** With seconds. */
function complete(meaning: Meaning): Meaning {
  const { modified } = meaning;
  if (modified === undefined || modified === null) return meaning;
  const time = modified.includes("T") ? modified : `${modified}T00:00`;
  return { ...meaning, modified: time.length < 19 ? `${time}:00` : time };
}
