/**
 * Directory listings: lines of every dialect, facts of MLSD, and our own.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { parseFacts } from "../../../lib/ftp/facts_parser.ts";
import {
  createListParser,
  type RemoteEntry,
} from "../../../lib/ftp/list_parser.ts";
import {
  type Entry,
  FACTS,
  factsLine,
  listLine,
} from "../../../lib/ftp/listing.ts";
import { parseTime } from "../../../lib/ftp/time.ts";
import fixture from "../../fixtures/list-lines.json" with { type: "json" };
import type { Random } from "../../core/random.ts";
import { defineTarget, type Target, textOf } from "../target.ts";

const NOW = Date.UTC(2025, 5, 15, 12);
const TYPES = ["file", "directory", "link", "other"];
const TEXTS = ["target", "owner", "group", "unique", "unparsed"] as const;

const LINES: readonly string[] = [...fixture.lines, ...fixture.negatives]
  .map(({ line }) => line);

/** Several lines, so that a parser has something to learn from. */
function someLines(random: Random): string {
  const lines: string[] = [];
  for (let left = 1 + random.below(5); left > 0; left--) {
    lines.push(random.pick(LINES));
  }
  return lines.join("\n");
}

/** Fails unless every field has a value that its type and comment allow. */
export function checkEntry(entry: RemoteEntry, from: string): void {
  const { name, type, size, modified, mode, unparsed } = entry;
  assertEquals(name === "", unparsed !== undefined, from);
  assert(TYPES.includes(type), from);
  assert(size === null || Number.isSafeInteger(size) && size >= 0, from);
  assert(modified === null || Number.isFinite(modified.getTime()), from);
  assert(mode === undefined || mode >= 0 && mode <= 0o7777, from);
  for (const key of TEXTS) {
    assert(!(key in entry) || typeof entry[key] === "string", from);
  }
  // Memory stays in proportion to what came.
  assert(
    name.length <= from.length && (entry.target ?? "").length <= from.length,
  );
}

function entriesOf(text: string): RemoteEntry[] {
  const parser = createListParser({ now: () => NOW });
  const lines = text.split(/\r?\n/);
  const found: RemoteEntry[] = [];
  for (const line of lines) {
    const entry = parser.parse(line);
    if (entry === null) continue;
    // A name may stand in the line before.
    checkEntry(entry, text);
    found.push(entry);
  }
  for (let entry; (entry = parser.flush()) !== null;) {
    checkEntry(entry, text);
    found.push(entry);
    assert(found.length <= lines.length, "more entries than lines");
  }
  assert(found.length <= lines.length, "more entries than lines");
  return found;
}

/** What an entry is, without its texts. */
function shapeOf(entry: RemoteEntry): string {
  const { type, size, modified, unparsed } = entry;
  if (unparsed !== undefined) return "?";
  const keys = Object.keys(entry).length;
  return `${type[0]}${size === null ? "" : "s"}${
    modified === null ? "" : "m"
  }${keys}`;
}

/** An entry of ours, from a line `NAME|TYPE|SIZE|MODE|SECONDS`. */
function ownEntry(text: string): Entry | null {
  const [name = "", type, size, mode, seconds] = text.split("|");
  if (name === "" || /[\r\n\0/]/.test(name) || /^\.{1,2}$/.test(name)) {
    return null;
  }
  return {
    name,
    type: type === "d" ? "directory" : "file",
    size: Math.abs(Math.trunc(Number(size))) % 2 ** 53 || 0,
    modified: new Date(Math.trunc(Number(seconds) || 0) * 1000),
    mode: (Number(mode) || 0) & 0o7777,
    links: 1,
    owner: 1000,
    group: 1000,
    unique: "1g2",
  };
}

/** What our server writes, our client reads. */
function checkOwn(text: string): string {
  const entry = ownEntry(text);
  if (entry === null) return "none";
  const { name, size, type, mode } = entry;
  const facts = parseFacts(factsLine(entry, FACTS, ["list", "read"]));
  assertEquals(facts?.name, name);
  assertEquals([facts?.size, facts?.type, facts?.mode], [size, type, mode]);
  const told = parseTime(factsLine(entry, ["modify"], []).slice(7, 21));
  assertEquals(facts?.modified, told);
  // `ls` parts columns by blanks: a name that begins with one is another's.
  const isPlain = !/^[ \t]|[ \t]$| -> /.test(name);
  const parser = createListParser({ now: () => NOW });
  const listed = parser.parse(listLine(entry, NOW));
  if (!isPlain || listed === null) return `${type} ${listed === null}`;
  assertEquals([listed.name, listed.size, listed.type], [name, size, type]);
  return type;
}

/** Listings. */
export const LISTING_TARGETS: readonly Target[] = [
  defineTarget({
    name: "listing",
    about: "lines of LIST, in every dialect there is",
    seeds: () => LINES,
    generate: someLines,
    isScript: true,
    tokens: [
      ...[
        "\t",
        "\r\n",
        " -> ",
        "<DIR>",
        ";1",
        "Jan  1  2000",
        "12:34",
        "total 0",
      ],
      ...[
        "drwxr-xr-x",
        "01-02-03",
        "04:05PM",
        "+i1,",
        "type=file;",
        "月",
        "\u0301",
      ],
    ],
    longest: 2000,
    cost: 0.1,
    check(input) {
      const text = textOf(input);
      const found = entriesOf(text);
      assertEquals(entriesOf(text), found, "not the same again");
      return found.slice(0, 4).map(shapeOf).join();
    },
  }),
  defineTarget({
    name: "facts",
    about: "lines of MLSD and MLST",
    seeds: () => [
      "Type=file;Size=12;Modify=20240229123456; a b",
      " type=dir;perm=el;UNIX.mode=0755;UNIX.owner=0; /pub",
      "type=OS.unix=slink:/x y;size=3; name; with = signs",
      "sizd=4096;unique=1g2; .",
    ],
    tokens: [
      ";",
      "=",
      "type=",
      "size=",
      "modify=",
      "unix.mode=",
      "slink:",
      " ",
    ],
    longest: 8192,
    check(input) {
      const line = textOf(input);
      const entry = parseFacts(line);
      if (entry === null) return "none";
      checkEntry(entry, line);
      assert(line.endsWith(entry.name));
      return `${shapeOf(entry)} ${entry.kind}`;
    },
  }),
  defineTarget({
    name: "own-listing",
    about: "what our server lists, read by our client",
    seeds: () => [
      ...["a b|f|12|644|0", "sub|d|4096|755|1750000000", "-> x|f|1|1|1"],
      ...[
        "ä;=|f|9007199254740991|7777|-99999999999",
        "Jan  1|f|0|0|253402300800",
      ],
    ],
    tokens: ["|", " ", "\t", ";", "=", "->", "total 1", "type=file; "],
    longest: 400,
    check: (input) => checkOwn(textOf(input)),
  }),
];
