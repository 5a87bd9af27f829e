import { type Case, testJunk, testLines } from "./list_cases.ts";

const COLUMNS: readonly Case[] = [
  ["-rw-r--r--   1 root     wheel        4711 Jun 14 09:05 notes", {
    name: "notes",
    type: "file",
    size: 4711,
    modified: "2025-06-14T09:05",
    mode: 0o644,
    owner: "root",
    group: "wheel",
    target: undefined,
  }],
  ["drwxrws--T+ 12 1000 100 4096 Feb  3  2011 shared", {
    type: "directory",
    mode: 0o3770,
    owner: "1000",
    group: "100",
  }],
  ["-rwsr-Sr-x. 1 a b 9 Jan 31  1999 x", { mode: 0o6745 }],
  ["-rwxr-xr-x@ 1 a b 9 Jan 31  1999 x", { name: "x" }],
  ["-rwxr-xr-x 1 a 9 Jan 31  1999 no group", {
    name: "no group",
    owner: "a",
    group: undefined,
    size: 9,
  }],
  ["-rwxr-xr-x a b 9 Jan 31  1999 no links", { owner: "a", group: "b" }],
  ["-rwxr-xr-x 9 Jan 31  1999 only size", { size: 9, owner: undefined }],
  ["drwxr-xr-x1024 a b 9 Jan 31  1999 many links", { owner: "a" }],
  ["----------   1 owner    group         1803128 Jul 10 10:18 ls-lR.Z", {
    mode: 0,
    size: 1803128,
    modified: "2024-07-10T10:18",
  }],
  ["d---------   1 owner    group               0 May  9 19:45 Softlib", {
    type: "directory",
    modified: "2025-05-09T19:45",
  }],
  ["-------r--         326  1391972  1392298 Nov 22  1995 a b.sit", {
    name: "a b.sit",
    size: 1392298,
    mode: 4,
    owner: undefined,
  }],
  ["-rw-r--r--   0 user Domain Admins   7 Jan  1  2020 x", {
    owner: "user",
    group: "Domain Admins",
  }],
  ["drwxr-xr-x root     shell             2013-05-03 10:05 sbin", {
    name: "sbin",
    size: null,
    modified: "2013-05-03T10:05",
    owner: "root",
    group: "shell",
  }],
  ["drwxr-xr-x 3 slopri devlab 512 no date here", {
    name: "no date here",
    size: 512,
    modified: null,
  }],
];

const SIZES: readonly Case[] = [
  ["-rw-r--r-- 1 a b 9007199254740991 Jan 31  1999 x", {
    size: 9007199254740991,
  }],
  ["-rw-r--r-- 1 a b 9007199254740993 Jan 31  1999 x", { size: null }],
  ["-rw-r--r-- 1 a b -1294967296 Jan 31  1999 x", { size: null, owner: "a" }],
  ["-rw-r--r-- 1 a b 1.5M Jan 31  1999 x", { size: 1572864 }],
  ["-rw-r--r-- 1 a b 4,0K Jan 31  1999 x", { size: 4096 }],
  ["-rw-r--r-- 1 a b 2GiB Jan 31  1999 x", { size: 2147483648 }],
  ["-rw-r--r-- 1 a b 1,234,567 Jan 31  1999 x", { size: 1234567 }],
  ["brw-rw---- 1 root disk 8, 1 Mar  3 10:00 sda1", {
    type: "other",
    size: null,
    modified: "2025-03-03T10:00",
    group: "disk",
  }],
  ["crw------- 1 root sys 10,250 Mar  3 10:00 c", { size: null }],
  ["crw------- 1 root sys 0x3000002 Mar  3 10:00 c", { size: null }],
  ["crw------- 1 root sys 13,   0x2 Mar  3 10:00 c", { group: "sys" }],
  ["srwxrwxrwx 1 root root 0 Mar  3 10:00 socket", { type: "other" }],
  ["prw-r--r-- 1 root root 0 Mar  3 10:00 pipe", { type: "other" }],
];

const NAMES: readonly Case[] = [
  ["-rw-r--r-- 1 a b 9 Jan 31  1999  one before", { name: " one before" }],
  ["-rw-r--r-- 1 a b 9 Jan 31 10:11 two behind  ", { name: "two behind  " }],
  ["-rw-r--r-- 1 a b 9 Jan 31 10:11 \t", { name: "\t" }],
  ["-rw-r--r-- 1 a b 9 Jan 31  1999 a  b   c", { name: "a  b   c" }],
  ["-rw-r--r-- 1 a b 9 Jan 31  1999 a -> b", {
    name: "a -> b",
    type: "file",
    target: undefined,
  }],
  ["-rw-r--r-- 1 a b 9 Jan 31  1999 10 Feb  2  2000 x", {
    name: "10 Feb  2  2000 x",
    size: 9,
  }],
  ["-rw-r--r-- 1 a b 9 Jan 31  1999 12:30 minutes", { name: "12:30 minutes" }],
  ["-rw-r--r-- 1 a b 9 Jan 31 10:11 2004 12:30 x", { name: "2004 12:30 x" }],
  ["-rw-r--r-- 1 a b 9 2005-06-07 10:11 2004-01-01 x", {
    name: "2004-01-01 x",
  }],
  ["-rw-r--r-- 1 a b 9 Jan 31  1999 ../../etc/passwd", {
    name: "../../etc/passwd",
  }],
  ["-rw-r--r-- 1 a b 9 Jan 31  1999 \u001b[2J\u0000\u202e", {
    name: "\u001b[2J\u0000\u202e",
  }],
  ["-rw-r--r-- 1 a b 9 Jan 31  1999 \u00a0nbsp\u3000", {
    name: "\u00a0nbsp\u3000",
  }],
  ["-rw-r--r-- 1 a b 9 Jan 31  1999 総計 3.txt", { name: "総計 3.txt" }],
  ["lrwxrwxrwx 1 a b 3 Jan 31  1999 a -> b/c", {
    name: "a",
    type: "link",
    target: "b/c",
    mode: 0o777,
  }],
  ["lrwxrwxrwx 1 a b 3 Jan 31  1999 a -> b -> b/c", {
    name: "a -> b",
    target: "b/c",
  }],
  ["lrwxrwxrwx 1 a b 8 Jan 31  1999 a -> b -> b/c", {
    name: "a",
    target: "b -> b/c",
  }],
  ["lrwxrwxrwx 1 a b 5 Jan 31  1999 a -> b -> c/ü", {
    name: "a",
    target: "b -> c/ü",
  }],
  ["lrwxrwxrwx 1 a b 4 Jan 31  1999 a -> b -> c/ü", {
    name: "a -> b",
    target: "c/ü",
  }],
  ["lrwxrwxrwx 1 a b 4 Jan 31  1999 no target", {
    name: "no target",
    type: "link",
    target: undefined,
  }],
  ["lrwxrwxrwx 1 a b 4 Jan 31  1999  -> x", { name: "", target: "x" }],
];
NAMES.at(-1)![1].name = " -> x";
delete NAMES.at(-1)![1].target;

testLines(
  "columns of ls",
  COLUMNS.filter(([, { name, ...rest }]) =>
    name !== undefined || Object.keys(rest).length > 0
  ),
);
testLines("sizes of ls", SIZES);
testLines("names of ls", NAMES);

testJunk("what only looks like ls", [
  "dxrwr-xr-x   2 root     root         4096 Aug 24  2001 letters out of place",
  "qrwxr-xr-x   2 root     root         4096 Aug 24  2001 unknown type",
  "drwxr-xr-x   2 root     root         4096 Jam  4 00:03 no such month",
  "drwxr-xr-x   2 root     99           4096 Feb 23 30:01 no such hour",
  "drwxr-xr-x   2 root     99           4096 Feb 23 23:61 no such minute",
  "drwxr-xr-x   2 root     99           4096 Feb 30  2001 no such day",
  "drwxr-xr-x   2 root     99           4096 Feb 29  2001 no leap year",
  "drwxr-xr-x   2 root     99           4096 2005-13-01 10:00 no such month",
  "drwxr-xr-x   2 root     99           4096 32 Jan 2001 no such day",
  "-rw-r--r--   1 14       staff        80284 Aug 22  no-time.tar.gz",
  "-rw-r--r--   1 14       staff        119:26 Aug 22  2000 no size",
  "-rw-r--r--   1 14       staff        119 Aug 22  2000",
  "-rw-r--r--   1 14       staff        119 Aug 22  2000 ",
  "-rw-r--r--",
  "-rw-r--r-- 1",
  "drwxr-xr-x    3 110      1002            3 Dec 02  209 three digits",
]);
