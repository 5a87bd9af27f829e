import { testJunk, testLines } from "./list_cases.ts";

testLines("DOS and Windows", [
  ["02-29-24  11:59PM                 4711 my file.txt", {
    name: "my file.txt",
    type: "file",
    size: 4711,
    modified: "2024-02-29T23:59",
  }],
  ["02-29-2024  11:59PM                 4711 a", {
    modified: "2024-02-29T23:59",
  }],
  ["2024-02-29  23:59       <DIR>          a", {
    modified: "2024-02-29T23:59",
  }],
  ["29.02.2024  23:59       <DIR>          a", {
    modified: "2024-02-29T23:59",
  }],
  ["29/02/24  23:59:58       <DIR>          a", {
    modified: "2024-02-29T23:59:58",
  }],
  ["01/02/2003  12:05 AM    <DIR>          Program Files", {
    name: "Program Files",
    type: "directory",
    size: null,
    modified: "2003-01-02T00:05",
  }],
  ["01-02-03  12:05a    <DIR> a", { modified: "2003-01-02T00:05" }],
  ["01-02-03  12:05PM       <DIR>            two before", {
    name: "  two before",
  }],
  ["01-02-03  12:05PM                    9  one before", {
    name: " one before",
    size: 9,
  }],
  ["01-02-03  12:05PM              1,234,567 grouped", { size: 1234567 }],
  ["01-02-03  12:05PM       <JUNCTION>     My Music [C:\\Music]", {
    name: "My Music",
    type: "link",
    target: "C:\\Music",
  }],
  ["01-02-03  12:05PM       <JUNCTION>     Data", {
    name: "Data",
    type: "link",
    target: undefined,
  }],
  ["01-02-03  12:05PM    <SYMLINKD>     d [..\\e]", {
    name: "d",
    target: "..\\e",
  }],
  ["01-02-03  12:05PM       <DIR>          x [1]", { name: "x [1]" }],
  ["13-02-97  12:05PM   1 a\r\n01-02-97  12:05PM   1 b", {
    name: "b",
    modified: "1997-02-01T12:05",
  }],
]);

testLines("EPLF", [
  ["+i8388621.48594,m825718503,r,s280,up644,\tdjb.html", {
    name: "djb.html",
    type: "file",
    size: 280,
    mode: 0o644,
    modified: "1996-03-01T22:15:03",
    unique: "8388621.48594",
  }],
  ["+/,\t a folder ", { name: " a folder ", type: "directory" }],
  ["+r,\ta,b\tc", { name: "a,b\tc", size: null, modified: null }],
  ["+m99999999999999,s99999999999999999,r,\tx", { modified: null, size: null }],
]);

testLines("numeric Unix", [
  ["040755 0 0 512 86400 a folder", {
    name: "a folder",
    type: "directory",
    mode: 0o755,
    owner: "0",
    modified: "1970-01-02",
  }],
  ["120777 0 0 5 0 link", { type: "link", size: 5 }],
  ["0020600 0 0 0 0 tty", { type: "other", mode: 0o600 }],
]);

testLines("VShell", [
  ["206876  Apr 04, 2000 21:06 a file", {
    name: "a file",
    size: 206876,
    modified: "2000-04-04T21:06",
  }],
  ["0  Jan 01, 2024 00:00 pub/", { name: "pub", type: "directory" }],
]);

testLines("NetWare", [
  ["d [R----F--] supervisor            512       Jan 16 18:53    login", {
    name: "login",
    type: "directory",
    owner: "supervisor",
    modified: "2025-01-16T18:53",
  }],
  ["- [R----F--] rhesus             214059       Oct 20 15:27    a b.exe", {
    name: "a b.exe",
    size: 214059,
    modified: "2024-10-20T15:27",
  }],
  ["d[RWCEMFA]  1 ftp         512 Aug 19  1996 docs", { owner: "ftp" }],
]);

testLines("Connect:Enterprise", [
  ["-C--E-----FTP A MAILBOX      18128       41 Apr  1  2014 A B", {
    name: "A B",
    size: 41,
    owner: "MAILBOX",
    modified: "2014-04-01",
  }],
]);

testLines("OS/2", [
  ["     0           DIR   04-11-95   16:26  ADDRESS BOOK", {
    name: "ADDRESS BOOK",
    type: "directory",
    size: 0,
    modified: "1995-04-11T16:26",
  }],
  ["612      RHSA    07-28-95  16:45  air_tra1.bag", {
    size: 612,
    type: "file",
  }],
  ["33280            02-09-104 13:49  OS2LDR", {
    modified: "2004-02-09T13:49",
  }],
]);

testLines("VxWorks", [
  ["     8192    Jan-05-2001  10:11:12   a b.txt", {
    name: "a b.txt",
    type: "file",
    size: 8192,
    modified: "2001-01-05T10:11:12",
  }],
  ["      512    Jan-05-2001  10:11:12   LOGS              <DIR>", {
    name: "LOGS",
    type: "directory",
  }],
]);

testLines("date behind the name", [
  ["DESIGN1.DOC          11264           05/11/95        14:20", {
    name: "DESIGN1.DOC",
    size: 11264,
    modified: "1995-05-11T14:20",
  }],
  ["MY DIR             <DIR>           11/21/94        10:17", {
    name: "MY DIR",
    type: "directory",
    size: null,
  }],
  ["config       1014196  06/03/04  Thur.   10:20:03", {
    name: "config",
    modified: "2004-06-03T10:20:03",
  }],
]);

testLines("OS/400", [
  ["QSYS            77824 02/23/00 15:09:55 *DIR       my dir/", {
    name: "my dir",
    type: "directory",
    owner: "QSYS",
    modified: "2000-02-23T15:09:55",
  }],
  ["QSYS            77824 96/02/23 15:09:55 *FILE      A.FILE", {
    type: "file",
    modified: "1996-02-23T15:09:55",
  }],
  ["QSECOFR         77824 24.12.23 15:09:55 *LIB       QGPL.LIB", {
    type: "directory",
    modified: "2023-12-24T15:09:55",
  }],
  ["ME   9069 05/20/15 15:36:52 *STMF /a/b/c d.pdf", { name: "c d.pdf" }],
  ["ME   9069 05/20/15 15:36:52 *SYMLNK l", { type: "link" }],
  ["ME                        *MEM       A.FILE/B.MBR", {
    name: "A.FILE/B.MBR",
    size: null,
    modified: null,
  }],
]);

testLines("z/VM", [
  [
    "PROFILE  EXEC     F         80         12          1 1997-04-02 12:33:20 A",
    {
      name: "PROFILE.EXEC",
      size: 960,
      modified: "1997-04-02T12:33:20",
    },
  ],
  ["NOTES    TXT      V         80         12          1 12/31/97 12:33:20", {
    size: null,
    modified: "1997-12-31T12:33:20",
  }],
  [
    "SUB      DIR      -          -          -          - 1997-04-02 12:33:20 -",
    {
      name: "SUB",
      type: "directory",
    },
  ],
]);

testLines("HP NonStop", [
  ['ACCTFILE     0             1024  5-Feb-21 01:02:03 200,7   "nunu"', {
    name: "ACCTFILE",
    size: 1024,
    owner: "200,7",
    modified: "2021-02-05T01:02:03",
  }],
  ['PROG     O 700L          262144 31-Dec-99 23:59:59 255,255 "cccc"', {
    name: "PROG",
    size: 262144,
  }],
]);

testLines("dls", [
  ["bin/            -", { name: "bin", type: "directory", size: null }],
  ["README        763  Information about this server", {
    name: "README",
    type: "file",
    size: 763,
  }],
  ["morgan       14  -> ../real/morgan", {
    type: "link",
    target: "../real/morgan",
  }],
]);

testLines("facts in a listing", [
  ["type=file;size=3;modify=20240229123456;UNIX.mode=0640; a b", {
    name: "a b",
    size: 3,
    mode: 0o640,
    modified: "2024-02-29T12:34:56",
  }],
]);

testJunk("DOS", [
  "11-02-09 05:32PM",
  "11-02-09 05:32PM DIR",
  "11-FF-09 05:32PM <DIR> NT",
  "11-02-09 25:32 <DIR> NT",
  "31-31-09 05:32PM <DIR> NT",
  "02-30-09 05:32PM <DIR> NT",
  "02-03-09 05:32PM <DIR>",
  "02-03-09 05:32PM 12",
]);

testJunk("NetWare and others", [
  "d [] admin 512 Jan 29  2004 pub",
  "a [RWCEAFMS] admin 512 Jan 29  2004 pub",
  "d [RWCEAFMS] admin 512 Jam 29  2004 pub",
  "-C--E-----FTP B QUA1I1      18128       41 Foo 12 13:56 QUADTEST",
  "-C--E-----FTP B QUA1I1      18128       41 Aug 12 13:56",
  "                 DIR   12-30-97   12:32  jbrekke",
  "     0    rsa    DIR   11-25-97   09:42  junk",
  "     0           DIR   05-19-97   25:49  MPTN",
  "PEP              4019 04/03/18 18:58:16 STMF       no-star.zip",
  "                422 03/10/24 *STMF       readme",
  "PEP              6409 03/10/24 30:06:29 *STMF      build.xml",
  "PEP 6409 03/10/24 10:06:29 *STMF",
  'FILE1 101 528 12-Foo-14 14:21:18 255, 0 "nunu"',
  "+r,s280",
  "+r,s280,\t",
  "048755 0 0 512 86400 octal",
  "040755 0 0 512 99999999999999 too late",
  "2048    Feb-30-1998  05:23:30   x",
  "garbage",
  "some garbage",
  "Listing 12 files",
  "x=y z",
]);
