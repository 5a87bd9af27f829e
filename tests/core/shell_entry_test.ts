import { assert, assertEquals } from "@std/assert";
import type { ListEntry } from "../../client/ftp/listing.ts";
import {
  factLines,
  longLines,
  modeText,
  nameLines,
} from "../../client/ftp/shell/entry_lines.ts";
import { entryOrder } from "../../client/ftp/shell/entry_order.ts";
import { entryRecord } from "../../client/ftp/shell/entry_record.ts";

const FILE: ListEntry = {
  name: "a",
  path: "d/a",
  type: "file",
  size: 1536,
  modified: new Date("2024-02-29T12:34:56Z"),
};
const LOOK = { human: false, color: false, columns: 80 };

Deno.test("entryRecord() has what is known, and nothing else", () => {
  assertEquals(JSON.parse(JSON.stringify(entryRecord(FILE))), {
    name: "a",
    path: "d/a",
    type: "file",
    size: 1536,
    modified: "2024-02-29T12:34:56.000Z",
  });
  const link: ListEntry = {
    ...FILE,
    type: "link",
    target: "../b",
    mode: 0o4755,
    owner: "ann",
    group: "us",
    unique: "1.2",
    perm: "r",
  };
  const { target, mode, owner, group, ...rest } = entryRecord(link);
  assertEquals([target, mode, owner, group], ["../b", "4755", "ann", "us"]);
  assert(!("unique" in rest) && !("perm" in rest));
});

Deno.test("entryRecord() calls a file what is nothing else", () => {
  const unparsed = "?! \x1b[2J";
  const record = entryRecord({
    name: "",
    path: "",
    type: "other",
    size: null,
    modified: null,
    unparsed,
  });
  assertEquals(record.type, "file");
  assertEquals([record.size, record.modified], [null, null]);
  assertEquals(record.unparsed, unparsed);
});

Deno.test("longLines() lines up, whatever is unknown", () => {
  const lines = longLines([
    { ...FILE, mode: 0o640 },
    { ...FILE, name: "sub", type: "directory", size: 4096 },
    { ...FILE, name: "l", type: "link", target: "t\n", size: null },
    { ...FILE, name: "x\x1b]0;y\x07", type: "other", modified: null },
  ], LOOK);
  assertEquals(lines, [
    "-rw-r-----  1536  2024-02-29 12:34  a",
    "d              -  2024-02-29 12:34  sub",
    "l              -  2024-02-29 12:34  l -> t\\n",
    "?           1536  -                 x\\x1b]0;y\\x07",
  ]);
});

Deno.test("longLines() gives a short name room in 80 columns", () => {
  const size = Number.MAX_SAFE_INTEGER;
  const [line = ""] = longLines(
    [{ ...FILE, size, name: "x".repeat(30) }],
    LOOK,
  );
  assert(line.length <= 80, `${line.length} columns`);
  const human = longLines([FILE], { ...LOOK, human: true });
  assert(human[0]!.includes("1.5 KiB"));
});

Deno.test("names have colours only where they are wanted", () => {
  const folder: ListEntry = { ...FILE, type: "directory", name: "d" };
  const look = { ...LOOK, color: true };
  assertEquals(nameLines([folder, FILE], look), ["\x1b[34md\x1b[39m  a"]);
  assert(longLines([folder], look)[0]!.endsWith("\x1b[34md\x1b[39m"));
  assert(!longLines([folder], LOOK)[0]!.includes("\x1b"));
});

Deno.test("nameLines() gives every name its line where there is no screen", () => {
  const entries = ["b", "\x1b", "a"].map((name) => ({ ...FILE, name }));
  const lines = nameLines(entries, { ...LOOK, columns: 0 });
  assertEquals(lines, ["b", "\\x1b", "a"]);
});

Deno.test("factLines() leaves out what is unknown and hides nothing", () => {
  const entry: ListEntry = { ...FILE, path: "", size: null, modified: null };
  assertEquals(factLines(entry, false), ["path: .", "type: file"]);
  const all = factLines({
    ...FILE,
    mode: 0,
    target: "x\r",
    perm: "adfr",
    size: 0,
  }, false);
  assertEquals(all.filter((line) => !/^(path|type|modified)/.test(line)), [
    "size: 0",
    "target: x\\r",
    "mode: 0000 (----------)",
    "allowed: adfr",
  ]);
});

Deno.test("modeText() shows the special bits", () => {
  const shown = (mode: number) => modeText({ type: "directory", mode });
  assertEquals(shown(0o755), "drwxr-xr-x");
  assertEquals(shown(0o7777), "drwsrwsrwt");
  assertEquals(shown(0o7000), "d--S--S--T");
});

Deno.test("entryOrder() sorts by time, size or name, unknown ones last", () => {
  const entries: ListEntry[] = [
    { ...FILE, name: "new", size: 1, modified: new Date(2e12) },
    { ...FILE, name: "none", size: null, modified: null },
    { ...FILE, name: "Big", size: 9, modified: new Date(1e12) },
    { ...FILE, name: "before", size: 1, modified: new Date(-1e12) },
  ];
  const sorted = (options: Partial<Parameters<typeof entryOrder>[0]>) => {
    const usual = { time: false, size: false, reverse: false };
    const order = entryOrder({ ...usual, ...options });
    return entries.toSorted(order).map(({ name }) => name).join();
  };
  assertEquals(sorted({}), "Big,before,new,none");
  assertEquals(sorted({ time: true }), "new,Big,before,none");
  assertEquals(sorted({ size: true }), "Big,before,new,none");
  assertEquals(sorted({ time: true, reverse: true }), "none,before,Big,new");
});
