import { assertEquals, assertStrictEquals } from "@std/assert";
import { createListParser } from "../../lib/ftp/list_parser.ts";
import { entriesOf } from "./list_cases.ts";

const FRAMES: readonly string[] = [
  "",
  "   ",
  "total 0",
  "total 5.2K",
  "Total 12",
  "total: 12",
  "insgesamt 48",
  "итого 12",
  "合計 8",
  "总用量 8",
  "총 4",
  "Total of 64 files, 114 blocks.",
  "Grand total of 2 directories, 64 files, 114 blocks.",
  "Directory ANONYMOUS_ROOT:[000000]",
  " Directory of C:\\pub",
  " Volume in drive C is DATA",
  " Volume Serial Number is 1234-5678",
  "               3 File(s)          1,234 bytes",
  "               2 Dir(s)   1,234,567 bytes free",
  "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname",
  " Name     VV.MM   Created       Changed      Size  Init   Mod   Id",
  " Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode",
  "JOBNAME  JOBID    OWNER    STATUS CLASS",
  "File         Code             EOF  Last Modification    Owner  RWEP",
  "  size          date       time       name",
  "--------       ------       ------    --------",
];

for (const line of FRAMES) {
  Deno.test(`list parser passes over ${JSON.stringify(line)}`, () => {
    assertEquals(entriesOf(line), []);
  });
}

const DOTS: readonly string[] = [
  "drwxr-xr-x 2 a b 512 Jan  1  2000 .",
  "drwxr-xr-x 2 a b 512 Jan  1  2000 ..",
  "12-05-96  05:03PM       <DIR>          .",
  "12-05-96  05:03PM       <DIR>          ..",
  "..              <DIR>           11/16/94        17:16",
  "+/,\t..",
  "type=cdir;modify=20240101000000; /pub",
  "type=pdir;modify=20240101000000; /",
  "     0           DIR   04-11-95   16:26  .",
];

for (const line of DOTS) {
  Deno.test(`list parser passes over ${JSON.stringify(line)}`, () => {
    assertEquals(entriesOf(line), []);
  });
}

Deno.test("list parser goes on after a line that nobody understands", () => {
  const entries = entriesOf(
    "total 8",
    "-rw-r--r-- 1 a b 9 Jan 31  1999 one",
    "ls: two: Input/output error",
    "-rw-r--r-- 1 a b 9 Jan 31  1999 three",
  );
  assertEquals(entries.map(({ name }) => name), ["one", "", "three"]);
  assertEquals(entries[1]?.unparsed, "ls: two: Input/output error");
});

Deno.test("list parser takes a bare name for a member on z/OS only", () => {
  const unix = "-rw-r--r-- 1 a b 9 Jan 31  1999 one";
  const mvs = "Migrated    OLD.DATA";
  assertEquals(entriesOf("MEMBER").at(-1)?.name, "MEMBER");
  assertEquals(entriesOf(mvs, "MEMBER").at(-1)?.name, "MEMBER");
  assertEquals(entriesOf("MEMBER", "OTHER").at(-1)?.name, "OTHER");
  assertEquals(entriesOf(unix, "MEMBER").at(-1)?.unparsed, "MEMBER");
});

Deno.test("list parser holds no VMS name back within another dialect", () => {
  const unix = "-rw-r--r-- 1 a b 9 Jan 31  1999 one";
  assertEquals(entriesOf(unix, "A.B;1").at(-1)?.unparsed, "A.B;1");
});

Deno.test("list parser forgets the order of dates with the dialect", () => {
  const entries = entriesOf(
    "25-04-97  12:05PM   1 a",
    "05-04-97  12:05PM   1 b",
    "36611      A    05-04-97  10:57  c",
    "05-04-97  12:05PM   1 d",
  );
  const months = entries.map(({ modified }) => modified!.getUTCMonth() + 1);
  assertEquals(months, [4, 4, 5, 5]);
});

Deno.test("flush() gives nothing when nothing was held back", () => {
  const parser = createListParser();
  assertStrictEquals(parser.flush(), null);
  parser.parse("LONG-NAME.TXT;1");
  assertEquals(parser.flush()?.name, "LONG-NAME.TXT");
  assertStrictEquals(parser.flush(), null);
});

Deno.test("two parsers do not share what they learn", () => {
  const [one, two] = [createListParser(), createListParser()];
  one.parse("25-04-97  12:05PM   1 a");
  const line = "05-04-97  12:05PM   1 b";
  assertEquals(one.parse(line)?.modified?.getUTCMonth(), 3);
  assertEquals(two.parse(line)?.modified?.getUTCMonth(), 4);
});
