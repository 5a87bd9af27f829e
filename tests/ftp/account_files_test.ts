import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { sceneOf } from "./accounts_scene.ts";
import { startFtpd, tempFolders } from "./helpers.ts";
import { code, type RawControl } from "./raw_control.ts";

const KILO = "x".repeat(1024);

/** The names in a folder, by NLST. */
async function namesIn(control: RawControl, path: string): Promise<string[]> {
  const text = await control.fetch(`NLST ${path}`);
  return text.split("\r\n").filter(Boolean).map((name) =>
    name.slice(name.lastIndexOf("/") + 1)
  );
}

/** Tries to store; the code of the last reply. */
async function store(
  control: RawControl,
  line: string,
  content: string | Bytes,
): Promise<number> {
  using data = await control.passive();
  const opening = code(await control.say(line));
  if (opening !== 150) return opening;
  // The server may end the upload before all of it is sent.
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  await writeAll(data, bytes).catch(() => {});
  data.close();
  return code(await control.reply());
}

Deno.test("ftpd holds each permission of an account, whatever command asks", async () => {
  await using scene = await sceneOf(`
    [account.ann]
    password = "pw"
    root = "DIR/pub"
    permissions = ["list", "read"]
    [account.ann.folder."/in"]
    permissions = ["list", "read", "write", "delete"]
  `);
  const { base, server } = scene;
  Deno.mkdirSync(`${base}/pub/in/deep`, { recursive: true });
  Deno.mkdirSync(`${base}/pub/inside`);
  using ann = await server.login("ann", "pw");
  assertEquals(await ann.fetch("RETR a"), "abc");
  const refused = [
    "DELE a",
    "MKD b",
    "RMD in",
    "RNFR a",
    "RNFR in",
    "SITE CHMOD 777 a",
    "MFMT 20200101000000 a",
    "SITE UTIME 20200101000000 a",
    "MKD in/new",
    "SITE CHMOD 777 in/deep",
  ];
  for (const line of refused) await ann.say(line, 550);
  for (const line of ["STOR a", "STOR b", "APPE a", "STOU", "STOR inside/a"]) {
    assertEquals(await store(ann, line, "x"), 550, line);
  }
  await ann.say("REST 1", 350);
  assertEquals(await store(ann, "STOR a", "x"), 550);
  assertEquals(await store(ann, "STOR in/b", "bb"), 226);
  assertEquals(await store(ann, "STOR in/deep/b", "bb"), 226);
  // No `append` there.
  assertEquals(await store(ann, "APPE in/b", "cc"), 550);
  await ann.say("REST 1", 350);
  assertEquals(await store(ann, "STOR in/b", "cc"), 550);
  await ann.say("DELE in/deep/b", 250);
  const facts = await ann.fetch("MLSD /");
  assertMatch(facts, /type=file;[^\r\n]*perm=r;[^\r\n]* a\r\n/);
  assertMatch(facts, /type=dir;[^\r\n]*perm=elcdp;[^\r\n]* in\r\n/);
  assertEquals(Deno.readTextFileSync(`${base}/pub/a`), "abc");
  assertEquals(Deno.readTextFileSync(`${base}/pub/in/b`), "bb");
});

Deno.test("ftpd serves a drop box: anonymous uploads and learns nothing", async () => {
  await using scene = await sceneOf(`
    [account.anonymous]
    root = "DIR/pub"
    permissions = ["upload-only"]
    overwrite = "off"
  `);
  const { base, server } = scene;
  using anonymous = await server.login();
  assertEquals(await store(anonymous, "STOR b", "mine"), 226);
  // A taken name and a free one look the same.
  assertEquals(await store(anonymous, "STOR a", "mine"), 226);
  assertEquals(await store(anonymous, "STOU", "mine"), 226);
  const questions = (
    "SIZE @|MDTM @|MLST @|STAT @|CWD @|CWD @/y|AVBL @|DSIZ @|HASH @|XCRC @|" +
    "XMD5 @|MD5 @|DELE @|DELE @/y|RMD @|MKD @|MKD @/y|RNFR @|RNFR @/y|" +
    "COMB new @|SITE CPFR @|SITE COPY @ Y|SITE SYMLINK @ link|SITE CHMOD 1 @|" +
    "SITE CHGRP 1 @|SITE UTIME 20200101000000 @|MFMT 20200101000000 @|" +
    "MFCT 20200101000000 @|MFF Modify=20200101000000; @|SITE RMDIR @|THMB @"
  ).split("|");
  for (const line of questions) {
    // Nobody can tell a file that is there from one that is not.
    const taken = await anonymous.say(line.replace("@", "a"));
    const free = await anonymous.say(line.replace("@", "q"));
    const plain = (reply: string, name: string) =>
      reply.replaceAll(new RegExp(`(?<![\\w'])${name}\\b`, "g"), "@");
    assertEquals(plain(taken, "a"), plain(free, "q"), line);
  }
  const uploads = ["RETR @", "APPE @", "STOR @/y", "REST 1\nSTOR @"];
  for (const line of uploads) {
    for (const name of ["a", "q"]) {
      const [first, ...rest] = line.replace("@", name).split("\n");
      if (rest.length > 0) await anonymous.say(first!, 350);
      assertEquals(
        await store(anonymous, rest[0] ?? first!, "x"),
        550,
        `${line}: ${name}`,
      );
    }
  }
  await anonymous.passivePort();
  await anonymous.say("NLST", 550);
  assertEquals(Deno.readTextFileSync(`${base}/pub/a`), "abc");
  const names = [...Deno.readDirSync(`${base}/pub`)].map(({ name }) => name);
  assertEquals(names.length, 4);
});

Deno.test("ftpd replaces nothing with overwrite = off, by any command", async () => {
  await using scene = await sceneOf(`
    [account.ann]
    password = "pw"
    root = "DIR/pub"
    write = "on"
    overwrite = "off"
  `);
  using ann = await scene.server.login("ann", "pw");
  assertEquals(await store(ann, "STOR a", "new"), 550);
  await ann.say("REST 1", 350);
  assertEquals(await store(ann, "STOR a", "new"), 550);
  assertEquals(await store(ann, "STOR b", "b"), 226);
  await ann.say("RNFR b", 350);
  await ann.say("RNTO a", 550);
  await ann.say("REST 3", 350);
  assertEquals(await store(ann, "STOR a", "def"), 226);
  assertEquals(await ann.fetch("RETR a"), "abcdef");
});

Deno.test("ftpd holds a quota exactly, over all sessions and workers", async () => {
  await using scene = await sceneOf(
    `
    [account.ann]
    password = "pw"
    root = "DIR/pub"
    write = "on"
    quota = "20K"
    quota-files = 15
  `,
    ["--workers", "2", "--max-per-address", "100"],
  );
  const { base, server } = scene;
  const sessions = await Promise.all(
    Array.from({ length: 6 }, () => server.login("ann", "pw")),
  );
  try {
    await sessions[0]!.say("MKD sub", 257);
    const codes = await Promise.all(sessions.map(async (session, at) => [
      await store(session, `STOR 1-${at}`, KILO.repeat(3)),
      await store(session, `STOR sub/2-${at}`, KILO.repeat(3)),
    ]));
    // 3 bytes are there already: six times 3 KiB fit into 20 KiB, not seven.
    assertEquals(codes.flat().filter((code) => code === 226).length, 6);
    assertEquals(codes.flat().filter((code) => code === 552).length, 6);
    const files = ["", "/sub"].flatMap((folder) =>
      [...Deno.readDirSync(`${base}/pub${folder}`)]
        .filter(({ isFile }) => isFile)
        .map(({ name }) => Deno.statSync(`${base}/pub${folder}/${name}`).size)
    );
    assertEquals(files.reduce((sum, size) => sum + size, 0), 3 + 6 * 3072);
    const [one, two] = sessions;
    assertMatch(await one!.say("SITE QUOTA"), /18435/);
    // What is deleted in one session is free for another.
    const [name] = await namesIn(two!, "/").then((names) =>
      names.filter((name) => /^1-/.test(name))
    );
    await two!.say(`DELE ${name}`, 250);
    assertEquals(await store(one!, "STOR again", KILO.repeat(5)), 552);
    assertEquals(await store(one!, "STOR again", KILO.repeat(4)), 226);
    assertEquals(await store(one!, "APPE again", KILO.repeat(2)), 552);
  } finally {
    for (const session of sessions) session.close();
  }
});

Deno.test("ftpd lets nobody around a quota, whatever the command", async () => {
  await using scene = await sceneOf(`
    [account.ann]
    password = "pw"
    root = "DIR/pub"
    write = "on"
    quota = "10K"
    quota-files = 4
  `);
  const { base, server } = scene;
  using ann = await server.login("ann", "pw");
  const size = (name: string) => Deno.statSync(`${base}/pub/${name}`).size;
  assertEquals(await store(ann, "STOR b", KILO.repeat(6)), 226);
  await ann.say("SITE CPFR b", 350);
  await ann.say("SITE CPTO c", 552);
  await ann.say("REST 6144", 350);
  assertEquals(await store(ann, "STOR b", KILO.repeat(5)), 552);
  assertEquals(await store(ann, "APPE a", KILO.repeat(5)), 552);
  assertEquals(await store(ann, "STOU", KILO.repeat(5)), 552);
  assertEquals(await store(ann, "STOR c", KILO.repeat(3)), 226);
  await ann.say("COMB b c", 552);
  await ann.say("DELE c", 250);
  await ann.say("MODE Z", 200);
  assertEquals(await store(ann, "STOR z", await packed(1 << 20)), 552);
  await ann.say("MODE S", 200);
  const there = [...Deno.readDirSync(`${base}/pub`)].map(({ name }) => name);
  const bytes = there.map(size).reduce((sum, size) => sum + size, 0);
  assert(bytes <= 10_240, `${bytes} bytes of ${there}`);
  // A cut and a renaming onto a file give back exactly what goes.
  await ann.say("REST 1024", 350);
  assertEquals(await store(ann, "STOR b", ""), 226);
  await ann.say("RNFR b", 350);
  await ann.say("RNTO a", 250);
  for (const name of there) {
    if (!["a", "b"].includes(name)) await ann.say(`DELE ${name}`, 250);
  }
  assertEquals(await store(ann, "STOR b", KILO.repeat(10)), 552);
  assertEquals(await store(ann, "STOR b", KILO.repeat(9)), 226);
  await ann.say("MKD 3", 257);
  await ann.say("MKD 4", 257);
  await ann.say("MKD 5", 552);
});

/** That many zeros, as MODE Z sends them. */
async function packed(zeros: number): Promise<Bytes> {
  const stream = new Blob([new Uint8Array(zeros)]).stream()
    .pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

Deno.test("ftpd counts the quota anew when an account comes back", async () => {
  await using scene = await sceneOf(`
    [account.ann]
    password = "pw"
    root = "DIR/pub"
    write = "on"
    quota = "10K"
  `);
  const { base, server } = scene;
  {
    using ann = await server.login("ann", "pw");
    assertEquals(await store(ann, "STOR b", KILO.repeat(9)), 226);
    assertEquals(await store(ann, "STOR c", KILO.repeat(2)), 552);
    await ann.say("QUIT", 221);
    await ann.ended();
  }
  Deno.removeSync(`${base}/pub/b`);
  // The server may see the end of the first session a moment later.
  for (let tries = 1;; tries++) {
    using ann = await server.login("ann", "pw");
    if (await store(ann, "STOR c", KILO.repeat(9)) === 226) break;
    assert(tries < 50, "the quota is not counted again");
    await ann.say("QUIT", 221);
    await ann.ended();
  }
});

Deno.test("ftpd ends an upload that is too large, and keeps the old file", async () => {
  await using scene = await sceneOf(`
    max-file-size = "4K"
    [account.ann]
    password = "pw"
    root = "DIR/pub"
    write = "on"
  `);
  using ann = await scene.server.login("ann", "pw");
  assertEquals(await store(ann, "STOR a", KILO.repeat(5)), 552);
  assertEquals(await ann.fetch("RETR a"), "abc");
  assertEquals(await store(ann, "STOR a", KILO.repeat(4)), 226);
  assertEquals(await store(ann, "APPE a", "x"), 552);
  assertEquals(await namesIn(ann, "/"), ["a"]);
});

Deno.test("ftpd keeps space free on the disk", async () => {
  // No disk has so much.
  await using scene = await sceneOf(`
    keep-free = "1000000G"
    [account.ann]
    password = "pw"
    root = "DIR/pub"
    write = "on"
  `);
  using ann = await scene.server.login("ann", "pw");
  assertEquals(await store(ann, "STOR b", "x"), 452);
  assertEquals(await store(ann, "APPE a", "x"), 452);
  await ann.say("MKD sub", 452);
  await ann.say("DELE a", 250);
  // It refuses because it knows, not because it does not.
  assertMatch(await ann.say("AVBL", 213), /^213 0\b/);
});

Deno.test("ftpd gives no name that is refused", async () => {
  await using scene = await sceneOf(`
    refuse-names = ["*.exe", ".ht*"]
    [account.ann]
    password = "pw"
    root = "DIR/pub"
    write = "on"
  `);
  using ann = await scene.server.login("ann", "pw");
  for (const name of ["a.exe", "B.EXE", ".htaccess", ".x.exe", "a.exe/b"]) {
    assertEquals(await store(ann, `STOR ${name}`, ""), 553, name);
    await ann.say(`MKD ${name}`, 553);
    await ann.say("RNFR a", 350);
    await ann.say(`RNTO ${name}`, 553);
  }
  assertEquals(await store(ann, "STOR a.exe.txt", ""), 226);
});

Deno.test("ftpd mounts real folders in an account's tree", async () => {
  await using folders = await tempFolders({ a: "abc" });
  const { base } = folders;
  for (const name of ["music", "drop"]) Deno.mkdirSync(`${base}/${name}`);
  Deno.writeTextFileSync(`${base}/music/song`, "la");
  Deno.symlinkSync(`${base}/pub/a`, `${base}/music/out`);
  Deno.writeTextFileSync(
    `${base}/ftpd.toml`,
    `
    [account.ann]
    password = "pw"
    root = "pub"
    write = "on"
    [account.ann.mount."/music"]
    root = "music"
    [account.ann.mount."/shared/drop"]
    root = "drop"
    write = "on"
  `,
    { mode: 0o600 },
  );
  const config = ["--config", `${base}/ftpd.toml`];
  await using server = await startFtpd([...config, "--listen", "127.0.0.1:0"]);
  using ann = await server.login("ann", "pw");
  assertEquals(await namesIn(ann, "/"), ["a", "music", "shared"]);
  assertEquals(await ann.fetch("RETR /music/song"), "la");
  assertEquals(await store(ann, "STOR /music/new", "x"), 550);
  await ann.say("DELE /music/song", 550);
  await ann.say("CWD /shared/drop", 250);
  assertEquals(await store(ann, "STOR new", "x"), 226);
  assertEquals(Deno.readTextFileSync(`${base}/drop/new`), "x");
  await ann.say("CDUP", 250);
  assertEquals(await store(ann, "STOR here", "x"), 550);
  await ann.say("RMD /music", 550);
  await ann.say("RNFR /music", 550);
  await ann.say("RNFR /a", 350);
  await ann.say("RNTO /shared/drop/a", 550);
  // The link leads to another folder of the same account, and yet out.
  await ann.say("SIZE /music/out", 550);
  assertEquals(await namesIn(ann, "/music"), ["song"]);
});
