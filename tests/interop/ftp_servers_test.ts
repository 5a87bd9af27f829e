/**
 * What people do with `ftp` every day, with every server.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { ACCOUNT } from "../client/account_servers.ts";
import { assertSameFile, makeFile, namesBut, OLD } from "./files.ts";
import { serversTest, type ToolScene } from "./ftp_servers.ts";
import { forAll, recordsOf } from "./ftp_tool.ts";

const { user, password } = ACCOUNT;

async function namesIn({ ftp }: ToolScene, url: string): Promise<string[]> {
  const records = recordsOf(await ftp(["ls", "--json", url]));
  return records.map(({ name }) => name).sort();
}

serversTest("it logs in", async ({ ftp, host, home, url }) => {
  const plain = `ftp://${host}/`;
  const file = join(home, "password");
  await Deno.writeTextFile(file, `${password}\n`, { mode: 0o600 });
  await Deno.writeTextFile(
    join(home, ".netrc"),
    `machine elsewhere login ${user} password wrong\n` +
      `machine ${
        host.replace(/:\d+$/, "")
      } login ${user} password ${password}\n`,
    { mode: 0o600 },
  );
  const ways = [
    [`${url}/`],
    [plain], // Everything is in .netrc.
    ["--user", user, plain],
    ["--password-file", file, `ftp://${user}@${host}/`],
  ];
  await forAll(ways, async (args) => {
    const { stdout, stderr } = await ftp(["ls", "--json", ...args]);
    assertEquals([stdout, stderr], ["", ""]);
  });
  const traced = await ftp(["ls", "--trace", `${url}/`]);
  assertMatch(traced.stderr, /^> USER bob\n< 331 .*\n> PASS \*+$/m);
  await Deno.remove(join(home, ".netrc"));
  const { stderr } = await ftp(["ls", `ftp://${user}@${host}/`], { code: 5 });
  assertStringIncludes(stderr, "use --password-file FILE or ~/.netrc");
});

serversTest("it lists and tells", async (scene, t) => {
  const { ftp, url, served } = scene;
  const pub = join(served, "pub");
  await Deno.mkdir(join(pub, "sub folder"), { recursive: true });
  await Deno.writeTextFile(join(pub, "a  b"), "twelve bytes");
  await Deno.writeTextFile(join(pub, "sub folder", "ä"), "");
  for (const path of ["a  b", "sub folder/ä"]) {
    await Deno.utime(join(pub, path), OLD, OLD);
  }
  await t.step("ls, for people and for programs", async () => {
    const { stdout } = await ftp(["ls", `${url}/pub`]);
    assertMatch(stdout, /^-rw-r--r-- +12 .* a {2}b$/m);
    assertMatch(stdout, /^drwx.* sub folder$/m);
    const records = recordsOf(await ftp(["ls", "--json", `${url}/pub`]));
    const shown = records.map(({ name, path, type }) => [name, path, type]);
    assertEquals(shown.sort(), [
      ["a  b", "pub/a  b", "file"],
      ["sub folder", "pub/sub folder", "directory"],
    ]);
    assertEquals(records.find(({ type }) => type === "file").size, 12);
  });
  await t.step("stat", async () => {
    const paths = [`${url}/pub/a%20%20b`, `${url}/pub/sub folder`];
    const [file, folder] = recordsOf(await ftp(["stat", "--json", ...paths]));
    assertEquals([file.name, file.type, file.size], ["a  b", "file", 12]);
    assertEquals(folder.type, "directory");
    assertMatch((await ftp(["stat", paths[0]!])).stdout, /^size: 12$/m);
  });
  await t.step("find, du and cat", async () => {
    const found = await ftp(["find", `${url}/pub`]);
    assertEquals(found.stdout.trim().split("\n").sort(), [
      "pub/a  b",
      "pub/sub folder",
      "pub/sub folder/ä",
    ]);
    const sums = recordsOf(await ftp(["du", "--json", `${url}/pub`]));
    const { size, files, directories } = sums.at(-1);
    assertEquals([size, files, directories], [12, 2, 1]);
    const { stdout } = await ftp(["cat", `${url}/pub/a  b`]);
    assertEquals(stdout, "twelve bytes");
  });
});

serversTest("it makes, moves and removes", async (scene) => {
  const { ftp, url, served } = scene;
  await ftp(["mkdir", "-p", `${url}/x y/z`]);
  assertEquals((await Deno.stat(join(served, "x y/z"))).isDirectory, true);
  await ftp(["put", "-", `${url}/x y/f`], { stdin: "text" });
  await ftp(["mv", `${url}/x y/f`, "g ü"]);
  await ftp(["mv", `${url}/x y/g ü`, "x y/z/"]);
  assertEquals(await namesIn(scene, `${url}/x y/z`), ["g ü"]);
  const moved = join(served, "x y/z/g ü");
  assertEquals(await Deno.readTextFile(moved), "text");
  await ftp(["rm", `${url}/x y/z/g ü`]);
  assertEquals(await namesIn(scene, `${url}/x y/z`), []);
  await ftp(["put", "-", `${url}/x y/z/.hidden`], { stdin: "" });
  await ftp(["rm", "-r", `${url}/x y`]);
  assertEquals(await namesIn(scene, `${url}/`), []);
});

/**
 * Names that are fetched. A backslash is refused as a part of local names, and
 * the longest ones have no room for `.part` behind them.
 */
const FETCHED = namesBut(/\\|.{128}/);

/** Sends the special names in one go, and fetches them in another. */
async function everyName(
  { server, ftp, url, served, local }: ToolScene,
  ...flags: string[]
): Promise<void> {
  // Pure-FTPd stores no backslash, and takes blanks off the end of commands.
  const refused = server === "Pure-FTPd" ? /\\| $/ : /^$/;
  const names = namesBut(refused);
  const fetched = names.filter((name) => FETCHED.includes(name));
  for (const name of names) await makeFile(join(local, name), name.length);
  await Deno.writeFile(join(local, "empty"), new Uint8Array());
  const there = join(served, "to here");
  await Deno.mkdir(there);
  await Deno.chmod(there, 0o777);
  const target = `${url}/to%20here/`;
  const all = ["empty", ...names];
  await ftp(["put", "--json", ...flags, "--", ...all, target]);
  for (const name of all) {
    await assertSameFile(join(there, name), join(local, name));
  }
  const urls = ["empty", ...fetched].map((name) =>
    target + encodeURIComponent(name)
  );
  await ftp(["get", "--json", ...flags, "-o", "back/", ...urls]);
  for (const name of ["empty", ...fetched]) {
    await assertSameFile(join(local, "back", name), join(local, name));
  }
}

serversTest("every name, passive", (scene) => everyName(scene));
serversTest("every name, active", (scene) => everyName(scene, "--active"));
serversTest(
  "every name, four at a time, IPv6",
  (scene) => everyName(scene, "--parallel", "4"),
  { ipv6: true },
);
serversTest(
  "every name, active, IPv6",
  (scene) => everyName(scene, "--active"),
  { ipv6: true },
);

serversTest("scripts", async ({ ftp, url, local, served }) => {
  await makeFile(join(local, "a"), 50_000);
  const lines = ["mkdir d", "cd d", "put a 'b c'", "pwd", "ls", "size 'b c'"];
  const all = { stdin: lines.join("\n") };
  const { stdout } = await ftp(["-c", lines.join("; "), `${url}/`]);
  assertMatch(stdout, /^\/d\n.* 50000 .*b c\n.*50000.*\n$/);
  await Deno.remove(join(served, "d"), { recursive: true });
  assertEquals((await ftp([`${url}/`], all)).stdout, stdout);
  await Deno.remove(join(served, "d"), { recursive: true });
  await Deno.writeTextFile(join(local, "script"), all.stdin);
  assertEquals((await ftp(["-f", "script", `${url}/`])).stdout, stdout);
  await assertSameFile(join(served, "d", "b c"), join(local, "a"));
});
