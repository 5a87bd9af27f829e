import { assertEquals } from "@std/assert";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { FsError } from "../../server/fs/file_system.ts";
import { asAlice } from "./ftp_dialogue.ts";

const FILES = { "/a": "abc", "/a b": "", "/d/x": "12345", "/d/e/y": "678" };

const REPLIES: readonly [command: string, reply: string][] = [
  ["MFF modify=20200102030405; a", "213 Modify=20200102030405; /a"],
  [
    "MFF Modify=20200102030405;unix.MODE=0600;UNIX.group=7; a b",
    "213 Modify=20200102030405;UNIX.mode=0600;UNIX.group=7; /a b",
  ],
  ["MFF create=20200102030405; a", "213 Create=20200102030405; /a"],
  ["MFF modify=20200102030405 a", "501 Syntax error: needs fact=value;"],
  ["MFF modify=20200102030405;", "501 Syntax error: needs fact=value;"],
  ["MFF ; a", "501 Syntax error: needs fact=value;"],
  ["MFF a", "501 Syntax error: needs fact=value;"],
  ["MFF size=5; a", "504 Cannot set fact size."],
  ["MFF modify=20200102030405;size=5; a", "504 Cannot set fact size."],
  ["MFF modify=2020; a", "501 Invalid value of Modify."],
  ["MFF modify=20200102030405;UNIX.mode=9; a", "501 Invalid value of UNIX."],
  ["MFF UNIX.group=4294967295; a", "501 Invalid value of UNIX.group."],
  ["MFF UNIX.group=users; a", "501 Invalid value of UNIX.group."],
  ["MFF modify=20200102030405; none", "550 No such file or directory."],
  ["MFCT 20200102030405 a b", "213 Create=20200102030405; /a b"],
  ["MFCT 2020 a", "501 Invalid time format."],
  ["MFCT 20200102030405", "501 Syntax error: needs a time and a name."],
  ["MFMT 20200102030405 a", "213 Modify=20200102030405; /a"],
  ["MDTM 20200102030405 a", "213 Modify=20200102030405; /a"],
  ["MDTM 20209902030405 a", "550 /20209902030405 a is not retrievable."],
  ["MDTM 20200102030405 none", "550 No such file or directory."],
  ["SITE CHGRP 100 a b", "200 SITE CHGRP successful."],
  ["SITE CHGRP users a", "501 Say the group by its number."],
  ["SITE CHGRP 100", "501 Invalid SITE CHGRP format."],
  ["SITE MKDIR d/new", "200 SITE MKDIR successful."],
  ["SITE MKDIR d", "550 File exists."],
  ["SITE MKDIR", "501 Invalid SITE MKDIR format."],
  ["SITE RMDIR d", "550 Directory not empty."],
  ["SITE RMDIR /", "550 Can't remove root directory."],
  ["SITE RMDIR", "501 Invalid SITE RMDIR format."],
  ["SITE SYMLINK a", "501 Invalid SITE SYMLINK format."],
  ['SITE SYMLINK "a', "501 Invalid SITE SYMLINK format."],
  ["DSIZ", "213 11"],
  ["DSIZ d", "213 8"],
  ["DSIZ a", "550 Not a directory."],
  ["DSIZ none", "550 No such file or directory."],
  ["AVBL a", "550 Not a directory."],
  ["AVBL none", "550 No such file or directory."],
  ["LANG", "200 Replies are in English."],
  ["LANG en", "200 Replies are in English."],
  ["LANG en-GB", "200 Replies are in English."],
  ["LANG EN", "200 Replies are in English."],
  ["LANG fr", "504 Replies are in English only."],
  ["LANG i-klingon", "504 Replies are in English only."],
  ["LANG english", "504 Replies are in English only."],
  ["LANG en_US", "501 Invalid language tag."],
  ["LANG en;fr", "501 Invalid language tag."],
  ["CSID Name=Test; Version=1.0;", "200 Name=Wharf; Version="],
];

for (const [command, reply] of REPLIES) {
  Deno.test(`${command} is answered with ${reply.slice(0, 45)}`, async () => {
    await asAlice([command, reply], { files: FILES });
  });
}

Deno.test("MFF sets all facts, or none when one makes no sense", async () => {
  const { fs } = await asAlice([
    ...["MFF modify=20200102030405;UNIX.mode=0600;UNIX.group=7; a", "213"],
    ...["MFF modify=20210102030405;UNIX.mode=x; a", "501"],
  ], { files: FILES });
  const { modified, mode, group } = await fs.stat("/a");
  assertEquals(modified.getTime(), Date.UTC(2020, 0, 2, 3, 4, 5));
  assertEquals([mode, group], [0o600, 7]);
});

Deno.test("MDTM asks for a name that looks like a time, when it is there", async () => {
  await asAlice(
    ["MDTM 20200102030405 a", "213 20260615120000"],
    { files: { "/20200102030405 a": "", "/a": "" } },
  );
});

Deno.test("MFCT and SITE SYMLINK tell when the system cannot", async () => {
  const refuse = (why: string) => () =>
    Promise.reject(new FsError("unsupported", why));
  await asAlice([
    ...["MFCT 20200102030405 a", "504 Nothing sets that."],
    ...["SITE SYMLINK a b", "504 Links can't be made."],
  ], {
    files: FILES,
    wrap: (fs) => ({
      ...fs,
      setCreated: refuse("Nothing sets that."),
      makeLink: refuse("Links can't be made."),
    }),
  });
});

Deno.test("SITE SYMLINK gives the file system both paths, resolved", async () => {
  const made: string[] = [];
  await asAlice([
    ...["CWD d", "250", 'SITE SYMLINK "../a b" link', "200"],
    ...["SITE SYMLINK e/../x /l", "200"],
  ], {
    files: FILES,
    wrap: (fs) => ({
      ...fs,
      makeLink: (path, target) => {
        made.push(`${path} -> ${target}`);
        return Promise.resolve();
      },
    }),
  });
  assertEquals(made, ["/d/link -> /a b", "/l -> /d/x"]);
});

Deno.test("AVBL and ALLO know how much room there is", async () => {
  await asAlice([
    ...["AVBL", "213 989", "AVBL d", "213 989", "ALLO 989", "202"],
    ...["ALLO 990", "552 There is room for 989 bytes only."],
    ...["ALLO 9999999999999999999", "552", "ALLO 1 R 80", "202"],
  ], { files: FILES, capacity: 1000 });
  await asAlice([
    ...["AVBL", "550 The free space can't be told here.", "ALLO 990", "202"],
  ], {
    files: FILES,
    wrap: (fs) => ({ ...fs, space: () => Promise.resolve(null) }),
  });
});

Deno.test("DSIZ counts what a link leads to with the folder that it is in", async () => {
  const fs = memoryFileSystem(FILES);
  await asAlice(["DSIZ", "213 8"], {
    wrap: () => ({
      ...fs,
      list: async (path, options) => {
        const entries = await fs.list(path, options);
        return (async function* () {
          for await (const entry of entries) {
            yield entry.name === "a" ? { ...entry, link: "b" } : entry;
          }
        })();
      },
    }),
  });
});
