import { assertEquals } from "@std/assert";
import { entriesOf, testJunk, testLines } from "./list_cases.ts";

testLines("VMS", [
  [
    "LOGIN.COM;12                7   4-NOV-2014 14:09:00.27 [GRP,ME] (RWE,RWE,,)",
    {
      name: "LOGIN.COM",
      type: "file",
      size: 3584,
      modified: "2014-11-04T14:09",
      owner: "GRP,ME",
    },
  ],
  ["SUB.DIR;1   1/3   4-NOV-2014 14:09  [ME]  (RWE,RWE,RE,E)", {
    name: "SUB",
    type: "directory",
    size: 512,
  }],
  ["A.;1       155   2-JUL-2003 10:30:13.64", { name: "A.", owner: undefined }],
  ["A.B;1    2/8    15-JAN-2000    [IV2_XXX]   (RWED,RWED,RE,)", {
    modified: "2000-01-15",
    size: 1024,
  }],
  ["A.B;1   [SUMMARY]    1/3     2-AUG-2006 13:05  (RWE,RWE,RE,)", {
    size: 512,
    owner: "SUMMARY",
  }],
  ["A.B;1       17-JUN-1994 17:25:37     6308/13     (RWED,RWED,R,)", {
    size: 3229696,
    modified: "1994-06-17T17:25:37",
  }],
  ["A.B;1  64KB/66KB  17-JUN-1994 17:25:37 [A, B]", {
    size: 65536,
    owner: "A, B",
  }],
  ["DISK$:[A.B]C D.TXT;1  1  17-JUN-1994 17:25:37", { name: "C D.TXT" }],
  ["A.B;1  1  15-FÉV-2002 10:11", { modified: "2002-02-15T10:11" }],
  [
    "A-VERY-LONG-NAME.TXT;3\r\n               10/12     2-JUL-2003 10:30:08.59  [A,B]",
    {
      name: "A-VERY-LONG-NAME.TXT",
      size: 5120,
      owner: "A,B",
    },
  ],
]);

Deno.test("list parser keeps older versions of VMS files apart", () => {
  const lines = ["A.B;3", "A.B;2", "A.B;1", "B.B;1"].map((name) =>
    `${name}  1  17-JUN-1994 17:25:37`
  );
  const names = entriesOf(...lines).map((entry) => entry.name);
  assertEquals(names, ["A.B", "A.B;2", "A.B;1", "B.B"]);
});

Deno.test("list parser loses no VMS name whose fields do not come", () => {
  const entries = entriesOf(
    "Directory DKA0:[PUB]",
    "",
    "LONG-ONE.TXT;1",
    "LONG-TWO.TXT;1",
    "   1/3  17-JUN-1994 17:25:37",
    "LONG-DIR.DIR;1",
    "%RMS-E-PRV, insufficient privilege",
    "LONG-LAST.TXT;1",
    "",
    "Total of 4 files, 12 blocks.",
  );
  const read = entries.map((
    { name, size, unparsed },
  ) => [name, size, unparsed]);
  assertEquals(read, [
    ["LONG-ONE.TXT", null, undefined],
    ["LONG-TWO.TXT", 512, undefined],
    ["LONG-DIR", null, undefined],
    ["", null, "%RMS-E-PRV, insufficient privilege"],
    ["LONG-LAST.TXT", null, undefined],
  ]);
});

testLines("z/OS data sets", [
  ["WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  MY.DATA", {
    name: "MY.DATA",
    type: "file",
    size: null,
    modified: "2003-05-21",
  }],
  ["WPTA01 3390   2004/03/04  1    3  FB      80  3125  PO  MY.LIB", {
    name: "MY.LIB",
    type: "directory",
  }],
  ["NRP004 3390   **NONE**    1   15  NONE     0     0  PO  NO.DATE", {
    type: "directory",
    modified: null,
  }],
  ["USR001 3390   2024/02/29  1 ????  VB   32756 32760  PO-E 'MY.PDSE'", {
    name: "'MY.PDSE'",
    type: "directory",
    modified: "2024-02-29",
  }],
  ["TSO004 3390   VSAM FOO.BAR", { name: "FOO.BAR", type: "file" }],
  ["Migrated                                  OLD.DATA", { name: "OLD.DATA" }],
  ["Pseudo Directory                          A", {
    name: "A",
    type: "directory",
  }],
  ["ARCIVE Not Direct Access Device           B.C", { name: "B.C" }],
]);

testLines("z/OS members, modules and jobs", [
  [" PROG1    01.03 2020/09/12 2021/10/11 09:37    11    11     0 ME", {
    name: "PROG1",
    size: null,
    modified: "2021-10-11T09:37",
  }],
  ["LOADMOD   00B308 000411  00 FO                31    ANY", {
    name: "LOADMOD",
    size: 0xb308,
    modified: null,
  }],
  ["ALIAS1    00B308 000411 LOADMOD  00 FO        RU      ANY    24", {
    size: 0xb308,
  }],
  ["IBMUSER1  JOB01906  OUTPUT    3 Spool Files", {
    name: "JOB01906",
    owner: "IBMUSER1",
  }],
  [
    " Name     VV.MM   Created       Changed      Size  Init   Mod   Id\r\nNOSTATS",
    { name: "NOSTATS", type: "file", size: null, modified: null },
  ],
]);

testJunk("VMS and z/OS", [
  "A.B;1              9/9           JUN-2-1998  07:32:04  [GROUP,OWNER]",
  "A.B;1              a/9           2-JUN-1998  07:32:04  [GROUP,OWNER]",
  "A.B;1              9/9           2-JUN-98 07:32:04  [GROUP,OWNER]",
  "A.B;1              9/9           31-JUN-1998 07:32:04  [GROUP,OWNER]",
  "A.B;1              9/9           2-JUN-1998 07:32:04  (RWED2,RWED,RW,R)",
  "A.DIR; 1           1/9           2-JUN-1998 07:32:04  [GROUP,OWNER]",
  ";1                 1/9           2-JUN-1998 07:32:04  [GROUP,OWNER]",
  "A.B;1              9/9           [GROUP,OWNER]",
  "WYOSPT 3420   2003/25/21  1  200  FB      80  8053  PS  MY.DATA",
  "WYOSPT 3420   2003/05/21  1  200  FB      80  8053  ps  MY.DATA",
  "SAVE03    01.03 2002/09/12 2002/10/41 09:37    11    11     0 KIL001",
  "12345",
]);
