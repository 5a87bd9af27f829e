import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  FTPD,
  type Ftpd,
  type Run,
  runFtpd,
  soon,
  startFtpd,
} from "./helpers.ts";
import { readAll } from "./raw_control.ts";
import { type ConfigFolders, configFolders } from "./reload_tool.ts";

const ANY = ["--listen", "127.0.0.1:0"];
const BIG = new Uint8Array(8 << 20);

function start(folders: ConfigFolders, ...args: string[]): Promise<Ftpd> {
  return startFtpd([
    ...[...ANY, "--control", folders.socket, ...args, folders.pub],
  ]);
}

/** A subcommand that must end well; what it printed. */
async function asked(
  { socket }: ConfigFolders,
  name: string,
  ...args: string[]
): Promise<string> {
  const run = await tried(socket, name, ...args);
  assertEquals([run.code, run.stderr], [0, ""]);
  return run.stdout;
}

function tried(socket: string, name: string, ...args: string[]): Promise<Run> {
  return runFtpd([name, "--control", socket, ...args]);
}

Deno.test("ftpd who shows sessions of all workers, and bytes that grow", async () => {
  await using folders = await configFolders({ big: BIG });
  const slow = ["--transfer-rate", "500K", "--workers", "2"];
  await using ftpd = await start(folders, ...slow);
  assertEquals(await asked(folders, "who"), "nobody is there\n");
  using silent = await ftpd.connect();
  using control = await ftpd.login();
  using data = await control.passive();
  await control.say("RETR big", 150);
  const buffer = new Uint8Array(100_000);
  await data.read(buffer);
  const bytesNow = async () => {
    const { sessions } = JSON.parse(await asked(folders, "who", "--json"));
    assertEquals(sessions.length, 2);
    const view = sessions.find((it: { transfer: unknown }) => it.transfer);
    assertEquals(view.account, "anonymous");
    assertEquals([view.transfer.verb, view.transfer.path], ["RETR", "/big"]);
    return view.transfer.bytes as number;
  };
  const before = await bytesNow();
  let more = 0;
  while (more < 300_000) more += await data.read(buffer) ?? 0;
  assert(await bytesNow() > before);
  const table = await asked(folders, "who");
  assertMatch(table, /^ID +ACCOUNT +ADDRESS .*DOING\n/);
  assertMatch(table, /^\d+ +anonymous +127\.0\.0\.1 .* RETR \/big$/m);
  assertMatch(table, /^\d+ +- +127\.0\.0\.1 /m);
  await silent.say("QUIT", 221);
});

Deno.test("ftpd kick ends a session in the middle of its transfer, and no other", async () => {
  await using folders = await configFolders({ big: BIG, a: "small" });
  await using ftpd = await start(folders, "--transfer-rate", "200K");
  using other = await ftpd.login();
  using control = await ftpd.login();
  using data = await control.passive();
  await control.say("RETR big", 150);
  const { sessions } = JSON.parse(await asked(folders, "who", "--json"));
  const view = sessions.find((it: { transfer: unknown }) => it.transfer);
  assertEquals(await asked(folders, "kick", String(view.id)), "");
  await readAll(data).catch(() => "");
  assertMatch(await control.ended(), /421 Disconnected by the administrator/);
  assertEquals(await other.fetch("RETR a"), "small");
  const again = await tried(folders.socket, "kick", String(view.id));
  assertEquals(again.code, 1);
  assertMatch(again.stderr, /^ftpd kick: there is no session \d+\n$/);
});

Deno.test("ftpd stats counts what has happened", async () => {
  await using folders = await configFolders({ a: "small" });
  await using ftpd = await start(folders);
  using control = await ftpd.login();
  await control.fetch("RETR a");
  const text = await asked(folders, "stats");
  assertMatch(text, /^sessions +1 now, 1 in all$/m);
  assertMatch(text, /^downloads +1 complete, 0 aborted, 0 failed; 5 B$/m);
  assertMatch(text, /^state +serving$/m);
  const status = JSON.parse(await asked(folders, "stats", "--json"));
  assertEquals(status.survey.counters.logins, { ok: 1, failed: 0 });
});

Deno.test("ftpd drain takes nobody any more, and ends with the last session", async () => {
  await using folders = await configFolders({ a: "small" });
  const ftpd = await start(folders, "--workers", "2");
  using control = await ftpd.login();
  await asked(folders, "drain");
  const port = ftpd.ports[0]!;
  const refused = async () => {
    for (;;) {
      const conn = await Deno.connect({ port }).catch(() => null);
      if (conn === null) return;
      conn.close();
    }
  };
  await soon(refused(), "closed ports");
  assertEquals(await control.fetch("RETR a"), "small");
  assertMatch(await asked(folders, "stats"), /^state +draining$/m);
  await asked(folders, "drain");
  assertEquals(await control.fetch("RETR a"), "small");
  await control.say("QUIT", 221);
  assertEquals((await soon(ftpd.status, "the end")).code, 0);
  assertEquals(await ftpd.stop(), 0);
  const left = Array.from(Deno.readDirSync(folders.base), ({ name }) => name);
  assertEquals(left, ["pub"]);
});

Deno.test("ftpd's control socket is its owner's alone, and goes with it", async () => {
  await using folders = await configFolders();
  {
    await using _ftpd = await start(folders);
    const { mode, isSocket } = await Deno.lstat(folders.socket);
    assertEquals([isSocket, mode! & 0o777], [true, 0o600]);
    const second = await runFtpd([
      ...[...ANY, "--control", folders.socket, folders.pub],
    ]);
    assertEquals(second.code, 1);
    assertMatch(second.stderr, /another server answers there/);
  }
  assertEquals(Array.from(Deno.readDirSync(folders.base)).length, 1);
  const gone = await tried(folders.socket, "who");
  assertEquals(gone.code, 3);
  assertMatch(
    gone.stderr,
    /^ftpd who: cannot connect to .*no such socket; .*--control PATH\n$/,
  );
});

Deno.test("ftpd replaces the control socket of a server that was killed, and no other file", async () => {
  await using folders = await configFolders();
  const dead = await start(folders);
  dead.kill("SIGKILL");
  await dead.status;
  await dead.stop();
  assert((await Deno.lstat(folders.socket)).isSocket);
  {
    await using _ftpd = await start(folders);
    assertEquals(await asked(folders, "who"), "nobody is there\n");
  }
  await Deno.writeTextFile(folders.socket, "precious");
  const run = await runFtpd([
    ...[...ANY, "--control", folders.socket, folders.pub],
  ]);
  assertEquals(run.code, 1);
  assertMatch(run.stderr, /a file that is not a socket is in the way/);
  assertEquals(await Deno.readTextFile(folders.socket), "precious");
});

Deno.test("ftpd refuses a control socket in a folder that it serves", async () => {
  await using folders = await configFolders();
  const inside = `${folders.pub}/control`;
  const run = await runFtpd([...ANY, "--control", inside, folders.pub]);
  assertEquals(run.code, 1);
  assertMatch(run.stderr, /^ftpd: .*control.*\n$/);
});

Deno.test("ftpd's control socket answers nonsense with a reason, and floods with an end", async () => {
  await using folders = await configFolders();
  await using _ftpd = await start(folders);
  const connect = () =>
    Deno.connect({ transport: "unix", path: folders.socket });
  using conn = await connect();
  const ask = async (text: string) => {
    await conn.write(new TextEncoder().encode(text));
    const buffer = new Uint8Array(4096);
    const count = await conn.read(buffer);
    return JSON.parse(new TextDecoder().decode(buffer.subarray(0, count!)));
  };
  assertEquals((await ask("hello\n")).ok, false);
  assertEquals((await ask('{"do":"format"}\n')).ok, false);
  assertEquals((await ask(`${"x".repeat(5000)}\n`)).ok, false);
  assertEquals((await ask('{"do":"who"}\n')).ok, true);
  using flood = await connect();
  const endless = new TextEncoder().encode("x".repeat(20_000));
  await flood.write(endless).catch(() => 0);
  await soon(readAll(flood).catch(() => ""), "the end of the flood");
  const many = await Promise.all(Array.from({ length: 9 }, connect));
  const last = await readAll(many.at(-1)!);
  assertMatch(last, /too many clients/);
  for (const one of many) one.close();
});

Deno.test("ftpd who --every asks again and again, until it is told to stop", async () => {
  await using folders = await configFolders();
  await using _ftpd = await start(folders);
  const [program, ...before] = FTPD;
  const asking = new Deno.Command(program!, {
    args: [...before, "who", "--control", folders.socket, "--every", "0.1"],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  const twice = async () => {
    for await (
      const part of asking.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += part;
      if (text.split("\n").length > 3) return;
    }
  };
  await soon(twice(), "three answers");
  asking.kill("SIGTERM");
  assertEquals((await soon(asking.status, "the end of who")).code, 0);
  assertMatch(text, /^(nobody is there\n){3,}$/);
});

Deno.test("ftpd unban lets an address come again", async () => {
  await using folders = await configFolders();
  const ban = ["--ban-failures", "2", "--login-delay", "0"];
  await using ftpd = await start(folders, "--user", "ann:x", ...ban);
  {
    using control = await ftpd.connect();
    for (let i = 0; i < 2; i++) {
      await control.say("USER ann", 331);
      await control.say("PASS wrong");
    }
  }
  using out = await ftpd.connect({ greeting: false });
  await out.expect(421);
  assertMatch(await asked(folders, "stats"), /^banned +127\.0\.0\.1 for /m);
  await asked(folders, "unban", "127.0.0.1");
  using back = await ftpd.login("ann", "x");
  await back.say("QUIT", 221);
  const again = await tried(folders.socket, "unban", "127.0.0.1");
  assertEquals(again.code, 1);
  assertMatch(again.stderr, /127\.0\.0\.1 is not banned/);
});
