import { assert, assertEquals } from "@std/assert";
import type { RemoteEntry } from "../../lib/ftp/list_parser.ts";
import fixture from "../fixtures/list-lines.json" with { type: "json" };
import { entriesOf, NOW } from "./list_cases.ts";

/** One line of the fixture; its `_about` says what the keys mean. */
interface Sample {
  line: string;
  name: string;
  size: number | string | null;
  type: string;
  date: string | null;
  nameAlt?: string[];
  dateAmbiguous?: boolean;
  sizeNote?: string;
  target?: string;
}

const TYPES: Record<string, string> = {
  file: "file",
  directory: "dir",
  link: "link",
  // The fixture has devices as files.
  other: "file",
};

const DAY_MS = 24 * 3600 * 1000;

/** Whether `iso`, which may lack the year, is what was read. */
function assertDate(modified: Date | null, iso: string | null): void {
  if (iso === null) return assertEquals(modified, null);
  assert(modified !== null);
  const digits = iso.replace(/^--/, "").replace("Z", "");
  const read = modified.toISOString().slice(iso.startsWith("--") ? 5 : 0);
  assert(read.startsWith(digits), `${read} is not ${iso}`);
  if (!iso.startsWith("--")) return;
  const ahead = modified.getTime() - NOW;
  assert(ahead <= DAY_MS && ahead > -366 * DAY_MS, `${read} is not recent`);
}

function assertSample(entry: RemoteEntry, sample: Sample): void {
  const { name, nameAlt = [], size, sizeNote = "" } = sample;
  assert([name, ...nameAlt].includes(entry.name), entry.name);
  assertEquals(TYPES[entry.type], sample.type);
  assertEquals(entry.target, sample.target);
  if (!sample.dateAmbiguous) assertDate(entry.modified, sample.date);
  const mayBeUnknown = sizeNote.includes("null is acceptable");
  if (size === null || entry.size === null && mayBeUnknown) return;
  if (entry.type === "other") assertEquals(entry.size, null);
  else assertEquals(entry.size, size);
}

const SAMPLES = fixture.lines as readonly Sample[];

for (const sample of SAMPLES) {
  const { line, name } = sample;
  Deno.test(`list parser reads the real line ${JSON.stringify(line)}`, () => {
    const entries = entriesOf(...line.split("\r\n"));
    if (name === ".") return assertEquals(entries, []);
    assertEquals(entries.length, 1);
    assertSample(entries[0]!, sample);
  });
}

for (const { line, why } of fixture.negatives) {
  Deno.test(`list parser has no entry for ${JSON.stringify(line)}, ${why}`, () => {
    const junk = entriesOf(line).map((entry) => entry.unparsed);
    assert(junk.every((text) => text === line), String(junk));
  });
}

Deno.test("list parser reads all real lines as one listing", () => {
  const entries = entriesOf(
    ...SAMPLES.flatMap(({ line }) => line.split("\r\n")),
  );
  const names = entries.map((entry) => entry.name);
  const wanted = SAMPLES.filter(({ name }) => name !== ".");
  assertEquals(entries.length, wanted.length);
  for (const [at, { name, nameAlt = [] }] of wanted.entries()) {
    assert([name, ...nameAlt].includes(names[at]!), `${names[at]} for ${name}`);
  }
});
