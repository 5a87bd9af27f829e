import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  code,
  type Folders,
  type Ftpd,
  type RawControl,
  startFtpd,
  tempFolders,
} from "./helpers.ts";
import {
  assertUntouched,
  CLIMBS,
  SECRET,
  traps,
  WAYS_OUT,
  whileSwapping,
} from "./traps.ts";

function serve(folders: Folders): Promise<Ftpd> {
  const listen = ["--listen", "127.0.0.1:0"];
  return startFtpd([...listen, "--write", folders.pub]);
}

Deno.test("no command follows a link or a path out of the served folder", async () => {
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  for (const path of [...WAYS_OUT, ...CLIMBS]) {
    for (const verb of ["SIZE", "MDTM", "MLST", "DELE", "RNFR", "CWD", "RMD"]) {
      const reply = await control.say(`${verb} ${path}`);
      assert(code(reply) >= 500, `${verb} ${path}: ${reply}`);
    }
    for (const verb of ["MFMT 20000101000000", "SITE CHMOD 777"]) {
      const reply = await control.say(`${verb} ${path}`);
      assert(code(reply) >= 500, `${verb} ${path}: ${reply}`);
    }
    // To write, a name with a backslash is as good as any.
    const verbs = path.includes("\\") ? ["RETR"] : ["RETR", "APPE"];
    for (const verb of verbs) {
      await control.passivePort();
      const reply = await control.say(`${verb} ${path}`);
      assert(code(reply) >= 500, `${verb} ${path}: ${reply}`);
    }
    assert(!(await control.say(`STAT ${path}`)).includes("secret "), path);
  }
  assertUntouched(folders);
});

Deno.test("a listing shows no link that leads out, and nothing behind it", async () => {
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  const names = (await control.fetch("NLST")).trimEnd().split("\r\n");
  assertEquals(names, ["..dots", "file", "inward", "real"]);
  for (const verb of ["LIST", "LIST -la", "MLSD"]) {
    const text = await control.fetch(verb);
    assert(!text.includes("outside") && !text.includes("etc"), text);
  }
  assertMatch(await control.fetch("LIST"), / inward -> real\r\n/);
  for (const path of ["middle", "sibling", "chain", "around", "etc", ".."]) {
    await control.passivePort();
    const verb = path === ".." ? "MLSD ../outside" : `MLSD ${path}`;
    assertEquals(code(await control.say(verb)), 550);
  }
});

Deno.test("writing through a link out of the served folder writes nothing", async () => {
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  const targets = ["leaf", "absolute", "dangling", "middle/new", "sibling/new"];
  for (const path of targets) {
    await control.passivePort();
    const reply = await control.say(`STOR ${path}`);
    assert(code(reply) >= 500, `STOR ${path}: ${reply}`);
    await control.say(`MKD ${path}`, 550);
  }
  await control.say("RNFR file", 350);
  await control.say("RNTO middle/file", 550);
  await control.say("RNFR file", 350);
  await control.say("RNTO ../outside/file", 550);
  assertUntouched(folders);
  assertEquals(await control.fetch("RETR file"), "mine");
});

Deno.test("the root is its own parent, however it is reached", async () => {
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  for (const path of ["/..", "../../..", "real/../..", "//", "/real/.."]) {
    await control.say(`CWD ${path}`, 250);
    assertMatch(await control.say("PWD"), /^257 "\/"/);
  }
  await control.say("CWD real", 250);
  await control.say("CDUP", 250);
  await control.say("CDUP", 250);
  assertMatch(await control.say("PWD"), /^257 "\/"/);
  assertEquals(await control.fetch("RETR ..dots"), "mine too");
});

Deno.test("names of 255 bytes work, and longer ones get one reply", async () => {
  await using folders = await tempFolders();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  const longest = "ä".repeat(127) + "n";
  assertMatch(await control.put(`STOR ${longest}`, "long"), /^226 /);
  assertEquals(await control.fetch(`RETR ${longest}`), "long");
  assertEquals(await control.fetch("NLST"), `${longest}\r\n`);
  await control.passivePort();
  const reply = await control.say(`STOR ${longest}n`);
  assert(code(reply) >= 500, reply);
  const deep = "/d".repeat(2000);
  assert(code(await control.say(`SIZE ${deep}`)) >= 500);
  await control.say("NOOP", 200);
});

Deno.test("a folder swapped for a link while files are fetched leads nowhere", async () => {
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  await whileSwapping(folders, async () => {
    const got = await fetchOrNull(control, "swapped/secret");
    assert(got === null || got === "harmless", `RETR brought ${got}`);
  });
});

Deno.test("a folder swapped for a link while files are stored changes no file outside", async () => {
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  await whileSwapping(folders, async (round) => {
    const verb = round % 2 === 0 ? "STOR" : "APPE";
    using data = await control.passive();
    const opening = await control.say(`${verb} swapped/secret`);
    if (code(opening) === 150) await data.write(new Uint8Array([120]));
    data.close();
    if (code(opening) === 150) await control.reply();
  });
  const outside = `${folders.base}/outside`;
  for (const { name } of Deno.readDirSync(outside)) {
    // Made before it was known where: nothing is ever written to it.
    const empty = name.startsWith(".wharf-") &&
      Deno.statSync(`${outside}/${name}`).size === 0;
    assert(empty || name === "secret", name);
  }
  assertEquals(Deno.readTextFileSync(`${outside}/secret`), SECRET);
});

async function fetchOrNull(
  control: RawControl,
  path: string,
): Promise<string | null> {
  using data = await control.passive();
  if (code(await control.say(`RETR ${path}`)) !== 150) return null;
  const buffer = new Uint8Array(64);
  const count = await data.read(buffer) ?? 0;
  await control.reply();
  return new TextDecoder().decode(buffer.subarray(0, count));
}
