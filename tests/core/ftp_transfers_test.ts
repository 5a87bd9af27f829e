import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { readAll } from "./byte_cases.ts";
import { asAlice, dialogue } from "./ftp_dialogue.ts";
import { contentOf, namesIn, startAlice } from "./ftp_harness.ts";

Deno.test("RETR sends a file and says how long it is", async () => {
  await asAlice([
    "EPSV",
    "229 Entering Extended Passive Mode (|||40000|).",
    "RETR a.txt",
    "150 Opening BINARY mode data connection for a.txt (6 bytes).",
    "226 Transfer complete.",
    "< hello\n",
  ], { files: { "/a.txt": "hello\n" } });
});

Deno.test("RETR sends an empty file", async () => {
  await asAlice(["EPSV", "229", "RETR a", "150", "226", "< "], {
    files: { "/a": "" },
  });
});

Deno.test("STOR stores a file, and takes the place of an older one", async () => {
  const { fs } = await asAlice([
    ...["EPSV", "229", "STOR a", "150 Ready to receive a.", "> new", "226"],
    ...["EPSV", "229", "STOR b", "150", "> ", "226"],
    ...["EPSV", "229", "STOR sub/c d", "150", "> c", "226"],
  ], { files: { "/a": "older and longer", "/sub": null } });
  assertEquals(await contentOf(fs, "/a"), "new");
  assertEquals(await contentOf(fs, "/b"), "");
  assertEquals(await contentOf(fs, "/sub/c d"), "c");
});

Deno.test("STOR shows nothing before the upload is complete", async () => {
  const { fs, files } = await asAlice([
    ...["EPSV", "229", "STOR a", "150", ">> new", "SIZE a"],
    ...["> er", "226", "213 5"],
  ], { files: { "/a": "old" } });
  assertEquals(await contentOf(fs, "/a"), "newer");
  assertEquals(files.uploads, ["close /a"]);
});

Deno.test("APPE stores behind what is there, or begins a file", async () => {
  const { fs } = await asAlice([
    ...["EPSV", "229", "APPE a", "150", "> def", "226"],
    ...["EPSV", "229", "APPE b", "150", "> b", "226"],
  ], { files: { "/a": "abc" } });
  assertEquals(await contentOf(fs, "/a"), "abcdef");
  assertEquals(await contentOf(fs, "/b"), "b");
});

for (const command of ["STOU", "STOU report.txt"]) {
  Deno.test(`${command} stores under a name of its own, told in the 150`, async () => {
    const client = await startAlice({ files: { "/report.txt": "old" } });
    await client.ask("EPSV");
    const opening = await client.ask(command);
    const name = /^150 FILE: (\S+)$/.exec(opening)?.[1];
    assert(name !== undefined, opening);
    client.data.send("new");
    client.data.end();
    assertEquals(await client.reply(), "226 Transfer complete.");
    assertEquals(await contentOf(client.fs, `/${name}`), "new");
    assertEquals(await contentOf(client.fs, "/report.txt"), "old");
    assert(name.startsWith(command === "STOU" ? "ftpd." : "report.txt."));
    await client.finish();
  });
}

Deno.test("STOU never gives a name twice", async () => {
  const turn = ["EPSV", "229", "STOU a", "150", "> x", "226"];
  const { fs } = await asAlice([...turn, ...turn, ...turn, ...turn]);
  assertEquals((await namesIn(fs, "/")).length, 4);
});

Deno.test("transfers need a data port, each one its own", async () => {
  const unasked = "425 Use PASV, EPSV, PORT or EPRT first.";
  await asAlice([
    ...["RETR a", unasked, "STOR b", unasked, "APPE b", unasked],
    ...["STOU", unasked, "LIST", unasked, "NLST", unasked, "MLSD", unasked],
    ...["EPSV", "229", "RETR a", "150", "226", "< abc"],
    ...["RETR a", unasked],
  ], { files: { "/a": "abc" } });
});

Deno.test("transfers that the file system refuses leave the data port as it was", async () => {
  const { fs } = await asAlice([
    "EPSV",
    "229",
    ...["RETR none", "550 No such file or directory."],
    ...["RETR sub", "550 Is a directory."],
    ...["RETR a/b", "550 Not a directory."],
    ...["RETR /", "550"],
    ...["STOR sub", "550 Is a directory."],
    ...["STOR /", "550 Is a directory."],
    ...["STOR none/b", "550 No such file or directory."],
    ...["STOR a/b", "550 Not a directory."],
    ...["APPE sub", "550 Is a directory."],
    ...["STOU none/b", "550 No such file or directory."],
    ...[`STOR ${"n".repeat(256)}`, "553 File name not allowed."],
    ...["LIST none", "550", "NLST none", "550", "MLSD none", "550"],
    ...["RETR a", "150", "226", "< abc"],
  ], { files: { "/a": "abc", "/sub": null } });
  assertEquals(await namesIn(fs, "/"), ["a", "sub"]);
});

Deno.test("transfers of somebody who may only read go one way", async () => {
  const refused = "550 Not enough privileges.";
  await dialogue([
    ...[
      "USER bob",
      "331",
      "PASS hidden",
      "230",
      "TYPE I",
      "200",
      "EPSV",
      "229",
    ],
    ...["STOR b", refused, "APPE a", refused, "STOU", refused],
    ...["REST 1", "350", "STOR a", refused],
    ...["RETR a", "150", "226", "< abc"],
  ], { files: { "/a": "abc" } });
});

Deno.test("REST and RETR send the rest of a file", async () => {
  await asAlice([
    ...["REST 2", "350 Restarting at position 2.", "EPSV", "229"],
    "RETR a",
    "150 Opening BINARY mode data connection for a.",
    "226",
    "< cdef",
    // It counts once.
    ...["EPSV", "229", "RETR a", "150", "226", "< abcdef"],
    ...["REST 6", "350", "EPSV", "229", "RETR a", "150", "226", "< "],
    ...["REST 3", "350", "REST 0", "350", "EPSV", "229", "RETR a", "150"],
    ...["226", "< abcdef"],
  ], { files: { "/a": "abcdef" } });
});

Deno.test("REST beyond the end is refused, and forgotten", async () => {
  const { fs } = await asAlice([
    ...["EPSV", "229", "REST 7", "350", "RETR a"],
    "554 Invalid REST parameter (position 7 > file size 6).",
    ...["REST 9007199254740991", "350", "STOR a"],
    "554 Invalid REST parameter (position 9007199254740991 > file size 6).",
    ...["RETR a", "150", "226", "< abcdef"],
  ], { files: { "/a": "abcdef" } });
  assertEquals(await contentOf(fs, "/a"), "abcdef");
});

Deno.test("REST and STOR end the file where the new bytes end", async () => {
  const { fs } = await asAlice([
    ...["REST 2", "350", "EPSV", "229", "STOR a", "150", "> X", "226"],
    ...["REST 6", "350", "EPSV", "229", "STOR b", "150", "> X", "226"],
    ...["REST 2", "350", "EPSV", "229", "STOR c", "550 No such file"],
  ], { files: { "/a": "abcdef", "/b": "abcdef" } });
  assertEquals(await contentOf(fs, "/a"), "abX");
  assertEquals(await contentOf(fs, "/b"), "abcdefX");
});

Deno.test("REST goes with neither APPE nor STOU", async () => {
  await asAlice([
    ...["EPSV", "229", "REST 2", "350", "APPE a"],
    "450 Can't APPE while REST request is pending.",
    ...["REST 2", "350", "STOU a"],
    "450 Can't STOU while REST request is pending.",
    ...["APPE a", "150", "> x", "226"],
  ], { files: { "/a": "abc" } });
});

Deno.test("TYPE A converts the ends of lines, both ways", async () => {
  const { fs } = await asAlice([
    ...["TYPE A", "200", "EPSV", "229", "RETR a"],
    "150 Opening ASCII mode data connection for a.",
    ...["226", "< one\r\ntwo\r\n"],
    ...["EPSV", "229", "STOR b", "150", ">> one\r", "> \ntwo\r", "226"],
    ...["EPSV", "229", "APPE b", "150", "> \r\n", "226"],
    ...["TYPE I", "200", "EPSV", "229", "RETR a", "150"],
    ...["226", "< one\ntwo\r\n"],
  ], { files: { "/a": "one\ntwo\r\n" } });
  assertEquals(await contentOf(fs, "/b"), "one\ntwo\r\n");
});

Deno.test("TYPE A converts nothing where the policy says so", async () => {
  const { fs } = await asAlice([
    ...["TYPE A", "200", "REST 1", "350", "EPSV", "229", "RETR a"],
    "150 Opening BINARY mode",
    ...["226", "< \nb\n"],
    ...["EPSV", "229", "STOR b", "150", "> a\r\n", "226", "SIZE b", "213 3"],
  ], { files: { "/a": "a\nb\n" }, policy: { ascii: false } });
  assertEquals(await contentOf(fs, "/b"), "a\r\n");
});

/** Bytes that show it when a block is lost, doubled or misplaced. */
function pattern(length: number): Bytes {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 10)) % 127);
}

/** Compares without a report of every difference. */
function assertSame(actual: Bytes, expected: Bytes): void {
  assertEquals(actual.length, expected.length);
  const at = actual.findIndex((byte, at) => byte !== expected[at]);
  assertEquals(at, -1, "the first byte that differs");
}

const LARGE = pattern(3_500_001);

for (const mostPerWrite of [Infinity, 100_003]) {
  Deno.test(`RETR sends a large file unharmed, ${mostPerWrite} bytes a write`, async () => {
    const client = await startAlice({ files: { "/a": LARGE } });
    await client.ask("EPSV");
    client.data.mostPerWrite = mostPerWrite;
    await client.ask("RETR a");
    assertEquals(await client.reply(), "226 Transfer complete.");
    assertSame(client.data.bytes, LARGE);
    await client.finish();
  });
}

for (const block of [70_001, 1_000_000]) {
  Deno.test(`STOR stores a large file unharmed, ${block} bytes a read`, async () => {
    const client = await startAlice();
    await client.ask("EPSV");
    await client.ask("STOR b");
    for (let at = 0; at < LARGE.length; at += block) {
      client.data.send(LARGE.slice(at, at + block));
    }
    client.data.end();
    assertEquals(await client.reply(), "226 Transfer complete.");
    const stored = await client.fs.read("/b", 0);
    assertSame(await readAll(stored, LARGE.length), LARGE);
    await client.finish();
  });
}

Deno.test("transfers are logged with what moved", async () => {
  const client = await asAlice([
    ...["EPSV", "229", "RETR a", "150", "226", "EPSV", "229", "STOR b", "150"],
    ...[">> 12345", "ABOR", "426", "226", "EPSV", "229", "LIST", "150", "226"],
  ], { files: { "/a": "abc" } });
  const rows = client.logged("transfer")
    .map(({ verb, path, result }) => [verb, path, result].join(" "));
  assertEquals(rows, [
    "RETR /a complete",
    "STOR /b aborted",
    "LIST / complete",
  ]);
  assertEquals(client.logged("transfer")[0]!.bytes, 3);
});

Deno.test("SITE UMASK takes permission bits from uploads and folders", async () => {
  const { fs } = await asAlice([
    ...["EPSV", "229", "STOR a", "150", "> x", "226"],
    ...["SITE UMASK 027", "200 UMASK set to 027."],
    ...["EPSV", "229", "STOR b", "150", "> x", "226", "MKD c", "257"],
    ...["SITE UMASK", "200 Current UMASK is 027."],
    ...["EPSV", "229", "APPE b2", "150", "> x", "226"],
    // What is there keeps its own.
    ...["EPSV", "229", "APPE a", "150", "> y", "226"],
    ...["SITE CHMOD 600 a", "200", "EPSV", "229", "STOR a", "150", "> z"],
    "226",
  ]);
  const mode = async (path: string) => (await fs.stat(path)).mode.toString(8);
  assertEquals(await mode("/a"), "600");
  assertEquals(await mode("/b"), "640");
  assertEquals(await mode("/b2"), "640");
  assertEquals(await mode("/c"), "750");
});
