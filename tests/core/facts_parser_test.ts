import { assertEquals } from "@std/assert";
import { type FactsEntry, parseFacts } from "../../lib/ftp/facts_parser.ts";
import { FACTS, factsLine } from "../../lib/ftp/listing.ts";
import { PERMISSIONS } from "../../server/fs/rights.ts";

type Wanted = { [K in keyof FactsEntry]?: FactsEntry[K] | undefined };

const ENTRIES: readonly [line: string, wanted: Wanted][] = [
  ["type=file;size=12;modify=20240229123456; a b", {
    name: "a b",
    type: "file",
    kind: "file",
    size: 12,
    modified: new Date("2024-02-29T12:34:56Z"),
  }],
  [" type=file;size=12; /pub/a b", { name: "/pub/a b", size: 12 }],
  ["TYPE=DIR;PERM=ELCM;UNIQUE=aB1; d", {
    type: "directory",
    kind: "dir",
    perm: "elcm",
    unique: "aB1",
  }],
  ["Type=cdir;Perm=el; /pub", { type: "directory", kind: "cdir" }],
  ["type=pdir; ..", { type: "directory", kind: "pdir", name: ".." }],
  ["type=OS.unix=slink:/a/b; l", {
    type: "link",
    kind: "other",
    target: "/a/b",
  }],
  ["type=OS.unix=slink:/a b/c;size=3; l m", {
    name: "l m",
    target: "/a b/c",
    size: 3,
  }],
  ["type=OS.unix=slink:/a=b: ; l", { name: "l", target: "/a=b: " }],
  ["type=OS.unix=slink:; l", { type: "link", target: undefined }],
  ["type=OS.UNIX=symlink; l", { type: "link", target: undefined }],
  ["type=OS.unix=chr-13/29; c", { type: "other", kind: "other" }],
  ["type=file;modify=20240101000000.123; x", {
    modified: new Date("2024-01-01T00:00:00.123Z"),
  }],
  ["type=file;modify=20240101000000.1234567890123; x", {
    modified: new Date("2024-01-01T00:00:00.123Z"),
  }],
  ["type=file;modify=20241301000000; x", { modified: null }],
  ["type=file;modify=yesterday;size=-1; x", { modified: null, size: null }],
  ["type=file;size=9007199254740993; x", { size: null }],
  ["type=file;size=12k; x", { size: null }],
  ["type=dir;sizd=4096; x", { size: 4096 }],
  ["sizd=4096; x", { type: "directory", kind: "dir" }],
  ["size=4096; x", { type: "file", kind: "file" }],
  ["modify=20240101000000; x", { type: "other", kind: "other" }],
  ["type=file;UNIX.mode=0644;UNIX.owner=7;UNIX.group=8; x", {
    mode: 0o644,
    owner: "7",
    group: "8",
  }],
  ["type=file;UNIX.mode=100644; x", { mode: 0o644 }],
  // pyftpdlib writes it as Python does.
  ["type=file;unix.mode=0o640; x", { mode: 0o640 }],
  ["type=file;UNIX.mode=rw; x", { mode: undefined }],
  ["type=file;unix.owner=7;unix.ownername=me;unix.groupname=us; x", {
    owner: "me",
    group: "us",
  }],
  ["type=file;x.hidden=1;Media-Type=text/plain;lang=de;; x", { name: "x" }],
  ["type=file;junk;size=1; x", { size: 1 }],
  ["type=file x; y", { name: "x; y" }],
  ["type=file;  two spaces ", { name: " two spaces " }],
  ["type=file;\ttab", { name: "tab" }],
  ["type=file; a=b;c=d; e", { name: "a=b;c=d; e" }],
  ["type=file; \u0000\u001b../x\r", { name: "\u0000\u001b../x\r" }],
  ["type=file;perm=; x", { perm: "" }],
  [" no facts at all", {
    name: "no facts at all",
    type: "other",
    kind: "other",
    size: null,
    modified: null,
  }],
];

for (const [line, wanted] of ENTRIES) {
  Deno.test(`parseFacts() reads ${JSON.stringify(line)}`, () => {
    const entry = parseFacts(line);
    const asked = Object.keys(wanted).map((key) =>
      [key, entry?.[key as keyof FactsEntry]] as const
    );
    assertEquals(Object.fromEntries(asked), wanted);
  });
}

const NO_FACTS = [
  "",
  " ",
  "type=file;",
  "type=file; ",
  "total 12",
  "=file; x",
  ";;; x",
  "drwxr-xr-x 2 a b 512 Jan  1  2000 x",
];

for (const line of NO_FACTS) {
  Deno.test(`parseFacts() refuses ${JSON.stringify(line)}`, () => {
    assertEquals(parseFacts(line), null);
  });
}

Deno.test("parseFacts() reads what factsLine() writes", () => {
  const modified = new Date("2024-02-29T12:34:56Z");
  const listed = {
    name: " ä -> b; ",
    type: "file",
    size: 2 ** 40,
    modified,
    mode: 0o4751,
    links: 1,
    owner: 12,
    group: 34,
    unique: "1g2",
  } as const;
  assertEquals(parseFacts(factsLine(listed, FACTS, PERMISSIONS)), {
    name: " ä -> b; ",
    type: "file",
    size: 2 ** 40,
    modified,
    mode: 0o4751,
    owner: "12",
    group: "34",
    unique: "1g2",
    kind: "file",
    perm: "radfw",
  });
});
