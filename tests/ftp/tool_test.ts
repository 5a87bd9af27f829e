import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  type Folders,
  FTPD,
  HAS_IPV6,
  runFtpd,
  startFtpd,
  tempFolders,
} from "./helpers.ts";
import { VERSION } from "../../lib/version.ts";
import { freePort } from "../net/ports.ts";

const ANY = ["--listen", "127.0.0.1:0"];

Deno.test("ftpd prints one ready line with its real port", async () => {
  await using folders = await tempFolders({ "a.txt": "hello" });
  await using ftpd = await startFtpd([...ANY, folders.pub]);
  assertEquals(
    ftpd.ready,
    `ftpd ready on ftp://127.0.0.1:${ftpd.ports[0]}/ serving ${folders.pub} ` +
      "(anonymous, read-only)",
  );
  using control = await ftpd.login();
  assertEquals(await control.fetch("RETR a.txt"), "hello");
  assertEquals(await control.say("QUIT", 221), "221 Goodbye.");
});

Deno.test("ftpd --log json prints the ready line as JSON, with its grants", async () => {
  await using folders = await tempFolders();
  const { pub } = folders;
  await using ftpd = await startFtpd([...ANY, "--log", "json", "--write", pub]);
  const ready = JSON.parse(ftpd.ready);
  assertEquals(ready.event, "ready");
  assertEquals(ready.urls, [`ftp://127.0.0.1:${ftpd.ports[0]}/`]);
  assertEquals(ready.accounts, [{ name: "anonymous", write: true, root: pub }]);
  const { read, write, net } = ready.grants;
  assertEquals([read, write], [[pub], [pub]]);
  assertEquals([...new Set(net)], ["127.0.0.1:0", "127.0.0.0/8"]);
});

Deno.test("ftpd --log json writes every log line as JSON, on standard error", async () => {
  await using folders = await tempFolders();
  const ftpd = await startFtpd([...ANY, "--log", "json", folders.pub]);
  (await ftpd.login()).close();
  await ftpd.said("disconnected");
  assertEquals(await ftpd.stop(), 0);
  const lines = ftpd.log.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ event }) => event), [
    "connected",
    "login",
    "disconnected",
  ]);
});

Deno.test("ftpd listens on every --listen and names all of them", async () => {
  await using folders = await tempFolders();
  await using ftpd = await startFtpd([...ANY, ...ANY, folders.pub]);
  assertEquals(new Set(ftpd.ports).size, 2);
  for (const port of ftpd.ports) {
    using control = await ftpd.connect({ port });
    await control.login();
  }
});

Deno.test({
  name: "ftpd serves over IPv6 and IPv4 at the same time",
  ignore: !HAS_IPV6,
  fn: async () => {
    await using folders = await tempFolders({ a: "six" });
    const listen = [...ANY, "--listen", "[::1]:0"];
    await using ftpd = await startFtpd([...listen, folders.pub]);
    assertStringIncludes(ftpd.ready, "ftp://[::1]:");
    using six = await ftpd.connect({ hostname: "::1", port: ftpd.ports[1]! });
    await six.login();
    assertEquals(await six.fetch("RETR a"), "six");
    using four = await ftpd.login();
    assertEquals(await four.fetch("RETR a"), "six");
  },
});

Deno.test("ftpd ends with 3 and one line when an address is in use", async () => {
  await using folders = await tempFolders();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const listen = `127.0.0.1:${taken.addr.port}`;
  for (const workers of ["1", "2"]) {
    const args = ["--listen", listen, "--workers", workers, folders.pub];
    const run = await runFtpd(args);
    assertFailure(run, 3, [listen, "in use"]);
  }
});

Deno.test("ftpd ends with 2 and one line for what it was told wrongly", async () => {
  await using folders = await tempFolders();
  const { pub } = folders;
  const cases: [string[], string][] = [
    [["--writ"], "--write"],
    [["--listen", "127.0.0.1:99999"], "--listen"],
    [["--idle-timeout", "soon"], "--idle-timeout"],
    [["--write", "--anonymous", "ro"], "contradicts"],
    [["--user", "bob"], "NAME:PASSWORD"],
    [["--anonymous", "off"], "nobody could log in"],
    [["--passive-address", "1.2.3.400"], "IPv4"],
    [["--passive-ports", "9-8"], "--passive-ports"],
    [["extra"], "extra"],
  ];
  const runs = cases.map(([args]) => runFtpd([pub, ...args]));
  for (const [at, run] of (await Promise.all(runs)).entries()) {
    assertFailure(run, 2, [cases[at]![1]]);
  }
});

Deno.test("ftpd never repeats a password that it could not read", async () => {
  const { stdout, stderr } = await runFtpd(["--user", ":hunter2:rw"]);
  assertEquals(stdout, "");
  assert(!stderr.includes("hunter2"), stderr);
});

Deno.test("ftpd ends with 1 and one line when there is no such folder", async () => {
  await using folders = await tempFolders({ file: "" });
  const missing = await runFtpd([...ANY, `${folders.base}/nothing`]);
  assertFailure(missing, 1, [`${folders.base}/nothing`, "no such folder"]);
  const file = await runFtpd([...ANY, `${folders.pub}/file`]);
  assertFailure(file, 1, [`${folders.pub}/file`, "not a folder"]);
});

Deno.test("ftpd --check tells what it would grant, and starts nothing", async () => {
  await using folders = await tempFolders();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const listen = `127.0.0.1:${taken.addr.port}`;
  const run = await runFtpd(["--check", "--listen", listen, folders.pub]);
  assertEquals([run.code, run.stderr], [0, ""]);
  assertMatch(run.stdout, new RegExp(`^grant +read +${folders.pub} `, "m"));
  assertMatch(run.stdout, new RegExp(`^grant +net +${listen} `, "m"));
  assert(!run.stdout.includes("write"), run.stdout);
});

Deno.test("ftpd --check --log json tells the same as one JSON value", async () => {
  await using folders = await tempFolders();
  const args = ["--check", "--log", "json", "--active", "off", folders.pub];
  const { code, stdout } = await runFtpd(args);
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout), {
    event: "check",
    urls: ["ftp://127.0.0.1:2121/"],
    accounts: [{ name: "anonymous", write: false, root: folders.pub }],
    grants: {
      read: [folders.pub],
      write: [],
      net: ["127.0.0.1:2121", "127.0.0.1:0"],
      sys: ["statfs"],
    },
    kept: [],
    options: [],
  });
});

Deno.test("ftpd --version and --help answer on standard output", async () => {
  const [version, help] = await Promise.all([
    runFtpd(["--version"]),
    runFtpd(["--help"]),
  ]);
  assertEquals([version.code, version.stderr], [0, ""]);
  assertStringIncludes(version.stdout, `ftpd ${VERSION}`);
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "--passive-ports A-B");
});

Deno.test("ftpd --user lets in whom it names, with their rights and roots", async () => {
  await using folders = await tempFolders({ a: "for all" });
  const home = await homeOf(folders);
  await using ftpd = await startFtpd([
    ...ANY,
    ...["--login-delay", "0"],
    ...["--user", "ann:se cret", "--user", `bob:x:rw:${home}`],
    folders.pub,
  ]);
  using ann = await ftpd.login("ann", "se cret");
  assertEquals(await ann.fetch("RETR a"), "for all");
  await ann.passivePort();
  await ann.say("STOR b", 550);
  using bob = await ftpd.login("bob", "x");
  await bob.say("SIZE a", 550);
  assertMatch(await bob.put("STOR b", "bob's"), /^226 /);
  assertEquals(await Deno.readTextFile(`${home}/b`), "bob's");
  using nobody = await ftpd.connect();
  for (const user of ["anonymous", "ann", "__proto__"]) {
    await nobody.say(`USER ${user}`, 331);
    await nobody.say("PASS wrong", 530);
  }
  assertEquals(await nobody.ended(), "");
});

async function homeOf(folders: Folders): Promise<string> {
  const home = `${folders.base}/home`;
  await Deno.mkdir(home);
  return home;
}

Deno.test({
  name: "ftpd works within narrower flags, a line for each missing feature",
  ignore: FTPD.length === 1, // A binary's permissions are baked in.
  fn: async () => {
    await using folders = await tempFolders({ a: "narrow" });
    const { pub } = folders;
    const port = freePort();
    const program = narrow(`127.0.0.1:${port},127.0.0.1:0`, pub);
    const args = ["--listen", `127.0.0.1:${port}`, "--write", pub];
    const ftpd = await startFtpd(args, { program });
    using control = await ftpd.login();
    assertEquals(await control.fetch("RETR a"), "narrow");
    await control.passivePort();
    await control.say("STOR b", 550);
    await control.say("PORT 127,0,0,1,200,0", 502);
    await control.say("QUIT", 221);
    assertEquals(await ftpd.stop(), 0);
    const said = ftpd.log.split("\n").filter((line) => line.includes("needs"));
    assertEquals(said.length, 2, ftpd.log);
    assertMatch(
      said[0]!,
      new RegExp(`^ftpd: .*uploads.* --allow-write=${pub}$`),
    );
    assertMatch(said[1]!, /^ftpd: .*active.* --allow-net=127\.0\.0\.0\/8$/);
  },
});

Deno.test({
  name: "ftpd --workers 2 works within narrower flags, too",
  ignore: FTPD.length === 1,
  fn: async () => {
    await using folders = await tempFolders({ a: "narrow" });
    const { pub } = folders;
    const port = freePort();
    const program = narrow(`127.0.0.1:${port},127.0.0.1:0`, pub);
    const args = ["--listen", `127.0.0.1:${port}`, "--workers", "2", pub];
    await using ftpd = await startFtpd(args, { program });
    using control = await ftpd.login();
    assertEquals(await control.fetch("RETR a"), "narrow");
  },
});

Deno.test({
  name: "ftpd names the flag it can't start without",
  ignore: FTPD.length === 1,
  fn: async () => {
    await using folders = await tempFolders();
    const { pub } = folders;
    const deaf = await runFtpd([pub], {
      program: narrow("127.0.0.1:0", pub),
    });
    assertEquals(deaf.code, 3);
    assertStringIncludes(deaf.stderr, "--allow-net=127.0.0.1:2121");
    const blind = await runFtpd([pub], {
      program: narrow("127.0.0.1", "./lib"),
    });
    assertFailure(blind, 1, [`--allow-read=${pub}`]);
  },
});

function narrow(net: string, read: string): string[] {
  return [
    ...[Deno.execPath(), "run", "--quiet", "--no-prompt"],
    ...[`--allow-net=${net}`, `--allow-read=${read}`, "server/ftpd.ts"],
  ];
}

function assertFailure(
  { code, stdout, stderr }: { code: number; stdout: string; stderr: string },
  wanted: number,
  parts: string[],
): void {
  assertEquals(code, wanted, stderr);
  assertEquals(stdout, "");
  assertMatch(stderr, /^ftpd: .*\n(?:.*--help.*\n)?$/);
  for (const part of parts) assertStringIncludes(stderr, part);
}
