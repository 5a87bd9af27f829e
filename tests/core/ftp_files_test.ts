import { assertEquals } from "@std/assert";
import { asAlice, dialogue } from "./ftp_dialogue.ts";
import { contentOf, namesIn } from "./ftp_harness.ts";

const FILES = { "/a": "abc", "/sub/b": "", "/empty": null };

Deno.test("CWD, CDUP and PWD walk through folders", async () => {
  await asAlice([
    ...["PWD", '257 "/" is the current directory.'],
    ...["CWD sub", '250 "/sub" is the current directory.', "PWD", '257 "/sub"'],
    ...["CWD ../empty/", '250 "/empty"', "CDUP", '250 "/"', "CDUP", '250 "/"'],
    ...["CWD ..", '250 "/"', "CWD /sub//.", '250 "/sub"', "CWD", '250 "/"'],
    ...["XCWD sub", '250 "/sub"', "XPWD", '257 "/sub"', "XCUP", '250 "/"'],
    ...["CWD ../../..", '250 "/"'],
  ], { files: FILES });
});

Deno.test("CWD refuses what is no folder, and stays", async () => {
  await asAlice([
    ...["CWD sub", "250", "CWD none", "550 No such file or directory."],
    ...["CWD /a", "550 Not a directory.", "CWD /a/b", "550 Not a directory."],
    ...["CWD \\..\\..", "550 No such file", "PWD", '257 "/sub"'],
  ], { files: FILES });
});

Deno.test("CDUP works in a folder that is gone", async () => {
  await asAlice([
    ...["CWD empty", "250", "RMD /empty", "250", "NLST", "550", "CDUP", "250"],
  ], { files: FILES });
});

const NAMES = [
  'say "hi"',
  '"',
  " leading",
  "trailing ",
  "  ",
  "two  spaces",
  "ä 😀 e\u0301",
  "-l",
  "*",
  "\\",
  "..a",
  "%2e",
  "~",
  "tab\there",
  "\x1b[2J",
  "n".repeat(255),
];

for (const name of NAMES) {
  Deno.test(`the name ${JSON.stringify(name.slice(0, 20))} works everywhere`, async () => {
    const quoted = name.replaceAll('"', '""');
    const { fs } = await asAlice([
      ...[`MKD ${name}`, `257 "/${quoted}" directory created.`],
      ...[`CWD ${name}`, `250 "/${quoted}" is the current directory.`],
      ...["PWD", `257 "/${quoted}" is the current directory.`],
      ...["EPSV", "229", `STOR ${name}`, "150", "> 123", "226"],
      ...[`SIZE ${name}`, "213 3"],
      ...[`MLST ${name}`, `250 … ; /${name}/${name}\n250 End.`],
      ...["EPSV", "229", "NLST", "150", "226", `< ${name}\r\n`],
      ...["EPSV", "229", `RETR ${name}`, "150", "226", "< 123"],
      ...[`RNFR ${name}`, "350", "RNTO /plain", "250"],
      ...["RNFR /plain", "350", `RNTO ${name}`, "250"],
      ...[`DELE ${name}`, "250", "CDUP", "250", `RMD ${name}`, "250"],
    ]);
    assertEquals(await namesIn(fs, "/"), []);
  });
}

Deno.test("a name of 256 bytes is too long", async () => {
  const long = "ä".repeat(128);
  await asAlice([
    ...[`MKD ${long}`, "553 File name not allowed."],
    ...[`CWD ${long}`, "553", `DELE ${long}`, "553"],
  ]);
});

Deno.test("names that are not UTF-8 or hold control bytes are refused", async () => {
  const { control, fs } = await asAlice(["MKD a\0b", "501", "MKD a\rb", "501"]);
  assertEquals(control.isClosed, true);
  assertEquals(await namesIn(fs, "/"), []);
});

Deno.test("MKD and RMD make and remove folders", async () => {
  const { fs } = await asAlice([
    ...[
      "MKD new",
      '257 "/new" directory created.',
      "MKD new",
      "550 File exists.",
    ],
    ...["MKD new/deep/er", "550 No such file", "XMKD /new/deep/", "257"],
    ...["RMD new", "550 Directory not empty.", "XRMD new/deep", "250"],
    ...["RMD new", "250 Directory removed.", "RMD new", "550 No such file"],
    ...["RMD a", "550 Not a directory.", "RMD /", "550 Can't remove root"],
    ...[
      "RMD ..",
      "550 Can't remove root directory.",
      "MKD a",
      "550 File exists.",
    ],
    ...["MKD a/b", "550 Not a directory."],
  ], { files: FILES });
  assertEquals(await namesIn(fs, "/"), ["a", "empty", "sub"]);
});

Deno.test("DELE removes files", async () => {
  const { fs, log } = await asAlice([
    ...["DELE a", "250 File removed.", "DELE a", "550 No such file"],
    ...["DELE sub", "550 Is a directory.", "DELE /", "550"],
  ], { files: FILES });
  assertEquals(await namesIn(fs, "/"), ["empty", "sub"]);
  assertEquals(log.find(({ event }) => event === "removed")?.path, "/a");
});

Deno.test("RNFR and RNTO rename, and replace a file that is in the way", async () => {
  const { fs } = await asAlice([
    ...["RNFR a", "350 Ready for destination name.", "RNTO sub/b"],
    ...["250 Renaming ok.", "RNFR sub", "350", "RNTO /moved", "250"],
    ...["RNFR moved/b", "350", "RNTO b", "250"],
  ], { files: FILES });
  assertEquals(await namesIn(fs, "/"), ["b", "empty", "moved"]);
  assertEquals(await contentOf(fs, "/b"), "abc");
});

Deno.test("RNTO counts right behind RNFR only", async () => {
  const bad = "503 Bad sequence of commands: use RNFR first.";
  const between = ["NOOP", "200", "PWD", "257", "STAT", "211"];
  await asAlice([
    ...["RNTO b", bad, "RNFR a", "350", "RNTO b", "250", "RNTO c", bad],
    ...["RNFR b", "350", ...between, "RNTO c", bad],
    ...["RNFR none", "550", "RNTO c", bad],
    ...["RNFR b", "350", "RNFR none", "550", "RNTO c", bad],
    ...["RNFR none", "550", "RNFR b", "350", "RNTO c", "250"],
    ...["RNFR c", "350", "RNTO none/d", "550", "RNTO d", bad],
    ...["DELE c", "250"],
  ], { files: FILES });
});

Deno.test("RNFR and RNTO refuse what can't be", async () => {
  await asAlice([
    ...["RNFR /", "550 Can't rename home directory."],
    ...["RNFR sub", "350", "RNTO sub/deep", "550"],
    ...["RNFR sub", "350", "RNTO a", "550 Not a directory."],
    ...["RNFR a", "350", "RNTO sub", "550 Is a directory."],
    ...["RNFR a", "350", "RNTO /", "550"],
    ...["RNFR empty", "350", "RNTO sub", "550 Directory not empty."],
    ...["RNFR a", "350", "RNTO a", "250"],
  ], { files: FILES });
});

Deno.test("changes are refused to those who may only read", async () => {
  const no = "550 Not enough privileges.";
  const { fs } = await dialogue([
    ...["USER bob", "331", "PASS hidden", "230"],
    ...["MKD new", no, "RMD empty", no, "DELE a", no, "RNFR a", no],
    ...["MFMT 20240101000000 a", no, "SITE CHMOD 600 a", no],
    ...["SITE UTIME 20240101000000 a", no],
  ], { files: FILES });
  assertEquals(await namesIn(fs, "/"), ["a", "empty", "sub"]);
});

Deno.test("SIZE and MDTM tell of files only", async () => {
  const not = (path: string) => `550 ${path} is not retrievable.`;
  await asAlice([
    ...["SIZE a", "213 3", "MDTM a", "213 20260615120000"],
    ...["SIZE sub", not("/sub"), "MDTM sub", not("/sub"), "SIZE /", not("/")],
    ...["SIZE none", not("/none"), "MDTM none", not("/none")],
    ...["SIZE a/b", "550", "TYPE A", "200"],
    ...["SIZE a", "550 SIZE not allowed in ASCII mode.", "MDTM a", "213"],
  ], { files: FILES });
});

Deno.test("MFMT sets times of files and folders", async () => {
  const { fs } = await asAlice([
    ...["MFMT 20240229010203 a", "213 Modify=20240229010203; /a"],
    ...["MFMT 20161231235960.5 sub", "213 Modify=20170101000000; /sub"],
    ...["MDTM a", "213 20240229010203", "MFMT 20240229010203", "501"],
    ...["MFMT 20230229010203 a", "501 Invalid time format."],
    ...["MFMT yesterday a", "501 Invalid time format."],
    ...["MFMT 20240229010203 none", "550 No such file"],
  ], { files: FILES });
  const { modified } = await fs.stat("/sub");
  assertEquals(modified.toISOString(), "2017-01-01T00:00:00.500Z");
});
