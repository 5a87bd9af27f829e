import { assert, assertEquals } from "@std/assert";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { restricted } from "../../server/fs/restricted.ts";
import { COMMANDS } from "../../server/ftp/commands.ts";
import { SITE_COMMANDS } from "../../server/ftp/commands/site.ts";
import { PERMISSIONS } from "../../server/ftp/profile.ts";
import { type FtpClient, startAlice } from "./ftp_harness.ts";

const FILES = { "/a": "text", "/d/x": "", "/none": null };

/**
 * What a command needs, and the lines that end in it: each is refused with 550
 * without any one of the permissions, and works with all of them.
 */
const NEEDS: readonly [needs: string, ...lines: string[]][] = [
  ["read", "HASH a"],
  ["read", "MD5 a"],
  ["read", "XCRC a"],
  ["read", "XMD5 a"],
  ["read", "XSHA a"],
  ["read", "XSHA1 a"],
  ["read", "XSHA256 a"],
  ["read", 'XSHA512 "a" 0 1'],
  ["read", "RETR a"],
  ["list", "LIST"],
  ["list", "NLST a"],
  ["list", "NLST *"],
  ["list", "MLSD"],
  ["list", "DSIZ d"],
  ["write", "STOR new"],
  ["write", "STOU"],
  ["append", "APPE a"],
  ["append", "REST 1", "STOR a"],
  ["delete", "DELE a"],
  ["delete", "RMD none"],
  ["delete", "SITE RMDIR none"],
  ["make", "MKD new"],
  ["make", "SITE MKDIR new"],
  ["rename", "RNFR a"],
  ["chmod", "MFMT 20200101000000 a"],
  ["chmod", "MDTM 20200101000000 a"],
  ["chmod", "MFCT 20200101000000 a"],
  ["chmod", "MFF modify=20200101000000; a"],
  ["chmod", "MFF UNIX.mode=0600; a"],
  ["chmod", "MFF UNIX.group=1; a"],
  ["chmod", "SITE UTIME 20200101000000 a"],
  ["chmod", "SITE CHMOD 600 a"],
  ["chmod", "SITE CHGRP 1 a"],
  ["read", "SITE CPFR a"],
  ["write", "SITE CPFR a", "SITE CPTO new"],
  ["make", "SITE CPFR none", "SITE CPTO new"],
  ["read write", "SITE COPY a new"],
  ["read write delete", "COMB new a d/x"],
  ["append", "COMB a d/x"],
];

/** What needs no permission on files, or is looked at elsewhere. */
const FREE =
  "USER PASS ACCT REIN QUIT HOST AUTH PBSZ PROT CCC TYPE MODE STRU " +
  "CLNT CSID LANG OPTS REST RANG PASV EPSV PORT EPRT ABOR CWD XCWD CDUP XCUP " +
  "PWD XPWD XMKD XRMD RNTO SIZE MDTM MLST STAT SYST NOOP HELP FEAT ALLO AVBL " +
  "SITE";
const FREE_SITE = "UMASK IDLE WHO QUOTA SYMLINK";

/** The last reply to the last of some lines. */
async function lastReply(
  wrap: (fs: FileSystem) => FileSystem,
  lines: readonly string[],
): Promise<{ said: string; client: FtpClient }> {
  const client = await startAlice({ files: FILES, wrap });
  await client.ask("EPSV");
  client.data.send("data");
  client.data.end();
  let said = "";
  for (const line of lines) said = await client.ask(line);
  if (said.startsWith("150")) said = await client.reply() ?? "";
  return { said, client };
}

for (const [needs, ...lines] of NEEDS) {
  const line = lines.at(-1)!;

  Deno.test(`${lines.join(", ")} needs ${needs}`, async () => {
    const { said, client } = await lastReply((fs) => fs, lines);
    assert(/^[23]/.test(said), said);
    await client.finish();
    for (const missing of needs.split(" ")) {
      const permissions = PERMISSIONS.filter((word) => word !== missing);
      const { said, client } = await lastReply(
        (fs) => restricted(fs, { permissions }),
        lines,
      );
      assertEquals(said, "550 Not enough privileges.", `without ${missing}`);
      await client.finish();
    }
  });

  Deno.test(`${lines.join(", ")} changes nothing for who may only read`, async () => {
    for (const permissions of [["list", "read"], ["list"], []] as const) {
      const { said, client } = await lastReply(
        (fs) => restricted(fs, { permissions }),
        lines,
      );
      const may = needs === "list" || needs === "read";
      if (!may) assert(/^5/.test(said), `${line}: ${said}`);
      await client.finish();
      assertEquals(await tree(client.fs), await tree(memoryFileSystem(FILES)));
    }
  });

  Deno.test(`${lines.join(", ")} tells who may only upload nothing`, async () => {
    const { said, client } = await lastReply(
      (fs) => restricted(fs, { permissions: ["write"] }),
      lines,
    );
    if (needs === "write" && !line.includes("SITE")) assert(/^2/.test(said));
    else assert(/^5/.test(said), `${line}: ${said}`);
    await client.finish();
    const old = await tree(memoryFileSystem(FILES));
    const now = await tree(client.fs);
    assertEquals(old.filter((name) => !now.includes(name)), []);
  });
}

/** Names, types and sizes of everything. */
async function tree(fs: FileSystem, folder = "/"): Promise<string[]> {
  const all: string[] = [];
  for await (const entry of await fs.list(folder, { sorted: true })) {
    const path = `${folder === "/" ? "" : folder}/${entry.name}`;
    const { type, size, mode, group } = entry;
    all.push([path, type, size, mode, group].join(" "));
    if (type === "directory") all.push(...await tree(fs, path));
  }
  return all;
}

Deno.test("every command, and every SITE alias, has its permission tested", () => {
  const tested = NEEDS.flatMap(([, ...lines]) => lines);
  const verbs = tested.map((line) => line.split(" ")[0]!);
  const missing = [...COMMANDS.keys()]
    .filter((verb) => !verbs.includes(verb) && !FREE.split(" ").includes(verb));
  assertEquals(missing, []);
  const aliases = tested.map((line) => line.split(" ")[1]!);
  const free = FREE_SITE.split(" ");
  assertEquals(
    [...SITE_COMMANDS.keys()]
      .filter((verb) => !aliases.includes(verb) && !free.includes(verb)),
    [],
  );
});

Deno.test("SITE SYMLINK makes nothing without the permission to store", async () => {
  const { said, client } = await lastReply(
    (fs) => restricted(fs, { permissions: ["list", "read"] }),
    ["SITE SYMLINK a link"],
  );
  assert(said.startsWith("5"), said);
  await client.finish();
});

/** Lines that describe a file in a folder whose names nobody may see. */
const DESCRIBING = [
  "LIST box/hush",
  "LIST */hush",
  "LIST b*/hush",
  "LIST */../box/hush",
  "LIST -d box/hush",
  "LIST -R */hush",
  "NLST */hush",
  "NLST [b]ox/hush",
  "LIST box",
  "LIST */h*",
  "NLST b*/*",
  "LIST -lR",
  "STAT */hush",
  "STAT box/hush",
  "STAT -R /",
  "MLST box/hush",
  "MLSD box",
  "LIST link",
  "LIST -d link",
  "NLST link",
  "STAT link",
  "MLST link",
];

Deno.test("nothing in a folder without list is described, whatever command asks", async () => {
  const rules = [{ path: "/box", permissions: ["read", "write"] }] as const;
  const wrap = (fs: FileSystem) => {
    const resolve = (path: string) =>
      Promise.resolve(path === "/link" ? "/box/hush" : path);
    return restricted({ ...fs, resolve }, { rules });
  };
  const files = { "/box/hush": "12345678901", "/link": "" };
  for (const line of DESCRIBING) {
    const client = await startAlice({ files, wrap });
    await client.ask("EPSV");
    let said = await client.ask(line);
    if (said.startsWith("150")) {
      said += await client.reply();
      said += client.data.text;
    }
    await client.finish();
    const shown = said.replaceAll(line.slice(5), "");
    assert(!/hush|\b11\b/.test(shown), `${line}: ${said}`);
    if (line.endsWith(" link")) assertEquals(said.slice(0, 3), "550", line);
  }
});
