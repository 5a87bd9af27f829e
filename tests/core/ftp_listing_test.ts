import { assertEquals, assertMatch } from "@std/assert";
import {
  DEFAULT_FACTS,
  type Entry,
  type Fact,
  FACTS,
  factsLine,
  listLine,
} from "../../lib/ftp/listing.ts";

const NOW = Date.UTC(2026, 5, 15, 12, 0, 0);
const DAY = 24 * 3600 * 1000;

const FILE: Entry = {
  name: "a.txt",
  type: "file",
  size: 12,
  modified: new Date(NOW),
  mode: 0o644,
  links: 1,
  owner: 1000,
  group: 100,
  unique: "1g2",
};

function modeOf(entry: Partial<Entry>): string {
  return listLine({ ...FILE, ...entry }, NOW).slice(0, 10);
}

Deno.test("listLine() writes what ls -l does", () => {
  assertEquals(
    listLine(FILE, NOW),
    "-rw-r--r--   1 1000     100                12 Jun 15 12:00 a.txt",
  );
  assertEquals(
    listLine({ ...FILE, type: "directory", mode: 0o755, links: 12 }, NOW),
    "drwxr-xr-x  12 1000     100                12 Jun 15 12:00 a.txt",
  );
});

const MODES: readonly [mode: number, letters: string][] = [
  [0, "---------"],
  [0o777, "rwxrwxrwx"],
  [0o124, "--x-w-r--"],
  [0o4755, "rwsr-xr-x"],
  [0o4655, "rwSr-xr-x"],
  [0o2755, "rwxr-sr-x"],
  [0o2745, "rwxr-Sr-x"],
  [0o1777, "rwxrwxrwt"],
  [0o1776, "rwxrwxrwT"],
  [0o7000, "--S--S--T"],
  [0o7777, "rwsrwsrwt"],
];

for (const [mode, letters] of MODES) {
  Deno.test(`listLine() writes mode ${mode.toString(8)} as ${letters}`, () => {
    assertEquals(modeOf({ mode }), `-${letters}`);
    assertEquals(modeOf({ mode, type: "directory" }), `d${letters}`);
  });
}

Deno.test("listLine() writes every permission bit in its place", () => {
  for (let mode = 0; mode < 0o1000; mode++) {
    const bits = [...modeOf({ mode }).slice(1)]
      .map((letter) => letter === "-" ? "0" : "1");
    assertEquals(parseInt(bits.join(""), 2), mode);
  }
});

Deno.test("listLine() tells links and what is neither file nor folder", () => {
  assertEquals(modeOf({ type: "other", mode: 0o600 }), "?rw-------");
  const link = { ...FILE, link: "../b c" };
  assertEquals(
    listLine(link, NOW),
    "lrwxrwxrwx   1 1000     100                12 Jun 15 12:00 a.txt -> ../b c",
  );
  assertEquals(modeOf({ link: "x", type: "directory" }), "lrwxrwxrwx");
});

const DATES: readonly [modified: number, shown: string][] = [
  [NOW, "Jun 15 12:00"],
  [NOW + 59 * 60 * 1000, "Jun 15 12:59"],
  [NOW + 61 * 60 * 1000, "Jun 15  2026"],
  [NOW + 400 * DAY, "Jul 20  2027"],
  [NOW - 181 * DAY, "Dec 16 12:00"],
  [NOW - 183 * DAY, "Dec 14  2025"],
  [Date.UTC(2026, 5, 1, 9, 5), "Jun  1 09:05"],
  [Date.UTC(1969, 11, 31), "Dec 31  1969"],
  [Date.UTC(9999, 0, 1), "Jan  1  9999"],
  [8.64e15, "Dec 31  9999"],
  [-8.64e15, "Jan  1  0000"],
  [NaN, "Jan  1  1970"],
];

for (const [modified, shown] of DATES) {
  Deno.test(`listLine() writes the time ${modified} as ${shown}`, () => {
    const line = listLine({ ...FILE, modified: new Date(modified) }, NOW);
    assertEquals(line.slice(-19), ` ${shown} a.txt`);
  });
}

Deno.test("listLine() keeps its columns apart when numbers are large", () => {
  const line = listLine({
    ...FILE,
    links: 123456,
    owner: 4294967295,
    group: 4294967295,
    size: Number.MAX_SAFE_INTEGER,
    name: " two  spaces ",
  }, NOW);
  assertEquals(
    line,
    "-rw-r--r-- 123456 4294967295 4294967295 9007199254740991 " +
      "Jun 15 12:00  two  spaces ",
  );
});

const FACT_LINES: readonly [
  entry: Partial<Entry>,
  facts: Fact[],
  write: boolean,
  line: string,
][] = [
  [{}, [], false, " a.txt"],
  [{ name: " a ;b" }, ["size"], false, "size=12;  a ;b"],
  [{}, ["type", "perm"], false, "type=file;perm=r; a.txt"],
  [{}, ["type", "perm"], true, "type=file;perm=radfw; a.txt"],
  [{ type: "directory" }, ["type", "perm"], false, "type=dir;perm=el; a.txt"],
  [{ type: "directory" }, ["perm"], true, "perm=elcmfdp; a.txt"],
  [
    { type: "other" },
    ["type", "perm"],
    false,
    "type=OS.unix=other;perm=; a.txt",
  ],
  [{ type: "other" }, ["perm"], true, "perm=df; a.txt"],
  [{ type: "other", link: "x" }, ["type"], true, "type=OS.unix=symlink; a.txt"],
  [{ type: "file", link: "x" }, ["type"], true, "type=file; a.txt"],
  [{ type: "directory", link: "x" }, ["type"], true, "type=dir; a.txt"],
  [{ mode: 0 }, ["UNIX.mode"], true, "UNIX.mode=0000; a.txt"],
  [{ mode: 0o4755 }, ["UNIX.mode"], true, "UNIX.mode=04755; a.txt"],
  [
    {},
    ["UNIX.owner", "UNIX.group"],
    true,
    "UNIX.owner=1000;UNIX.group=100; a.txt",
  ],
  [{}, ["modify"], true, "modify=20260615120000; a.txt"],
  [
    { modified: new Date(NaN) },
    ["modify"],
    true,
    "modify=19700101000000; a.txt",
  ],
  [{}, ["unique"], true, "unique=1g2; a.txt"],
];

const READ = ["list", "read"];
const ALL = [...READ, "write", "append", "delete", "rename", "make", "chmod"];

for (const [entry, facts, write, line] of FACT_LINES) {
  Deno.test(`factsLine() writes ${JSON.stringify(line)}`, () => {
    assertEquals(
      factsLine({ ...FILE, ...entry }, facts, write ? ALL : READ),
      line,
    );
  });
}

Deno.test("factsLine() writes all facts in the table's order", () => {
  assertMatch(
    factsLine(FILE, FACTS, ALL),
    /^type=.*;size=.*;modify=.*;perm=.*;unique=.*;UNIX.mode=.*;UNIX.owner=.*;UNIX.group=.*; a.txt$/,
  );
  assertEquals(DEFAULT_FACTS.join(), "type,size,modify,perm,unique,UNIX.mode");
});

Deno.test("factsLine() tells each right by its letter", () => {
  const perm = (type: Entry["type"], rights: string[]) =>
    factsLine({ ...FILE, type }, ["perm"], rights);
  assertEquals(perm("directory", []), "perm=e; a.txt");
  assertEquals(perm("directory", ["write"]), "perm=ec; a.txt");
  assertEquals(perm("directory", ["make", "rename"]), "perm=emf; a.txt");
  assertEquals(perm("directory", ["delete"]), "perm=edp; a.txt");
  assertEquals(perm("file", ["append", "chmod"]), "perm=a; a.txt");
  assertEquals(perm("file", ["write", "list"]), "perm=w; a.txt");
  assertEquals(perm("file", []), "perm=; a.txt");
});
