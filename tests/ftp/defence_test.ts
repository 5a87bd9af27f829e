import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import {
  type Ftpd,
  type RawControl,
  runFtpd,
  soon,
  startFtpd,
  tempFolders,
} from "./helpers.ts";

/** Two workers, so that everything is counted in the warden. */
const TWO = ["--listen", "127.0.0.1:0", "--workers", "2"];
const ALICE = ["--user", "alice:secret"];
const TOO_OFTEN =
  "421 Too many connections in a short time, please try again later.\n";
const BANNED = "421 Too many failed logins, try again later.\n";
const GUESSED = "421 Too many failed logins, try again later.";

Deno.test("ftpd --connections-per-second holds over all workers", async () => {
  await using folders = await tempFolders();
  const args = [...TWO, "--connections-per-second", "5", folders.pub];
  await using ftpd = await startFtpd(args);
  const began = performance.now();
  const greetings = await Promise.all(
    Array.from({ length: 40 }, () => greeting(ftpd)),
  );
  const seconds = (performance.now() - began) / 1000;
  const entered = greetings.filter((text) => text.startsWith("220"));
  const refused = greetings.filter((text) => text === TOO_OFTEN);
  assertEquals(entered.length + refused.length, 40);
  assertGreater(entered.length, 4);
  assert(
    entered.length <= 6 + 5 * seconds,
    `${entered.length} in ${seconds} s`,
  );
  assertMatch(ftpd.log, /refused .*too-often/);
});

Deno.test("ftpd --connections-per-second-per-address leaves other addresses alone", async () => {
  await using folders = await tempFolders();
  const rate = ["--connections-per-second-per-address", "0.1"];
  const args = [...TWO, ...rate, ...behind("127.0.0.1"), folders.pub];
  await using ftpd = await startFtpd(args);
  const from = (address: string) => greeting(ftpd, address);
  assertMatch(await from("192.0.2.7"), /^220/);
  assertEquals(await from("192.0.2.7"), TOO_OFTEN);
  assertMatch(await from("192.0.2.8"), /^220/);
  assertMatch(await from("2001:db8::7"), /^220/);
  assertEquals(await from("2001:db8::8"), TOO_OFTEN);
  assertMatch(await from("2001:db8:0:1::8"), /^220/);
});

Deno.test("ftpd bans an address that guesses, for a while, on all workers", async () => {
  await using folders = await tempFolders();
  const ban = [
    ...["--ban-failures", "4", "--ban-time", "3", "--login-delay", "0"],
    ...["--login-attempts", "2"],
  ];
  const args = [...TWO, ...ban, ...ALICE, ...behind("127.0.0.1"), folders.pub];
  await using ftpd = await startFtpd(args);
  using waiting = await enter(ftpd, "192.0.2.7");
  await guess(ftpd, "192.0.2.7", 530, 530);
  await guess(ftpd, "192.0.2.7", 530, 421);
  assertEquals(await greeting(ftpd, "192.0.2.7"), BANNED);
  // Who was in before can't go on guessing, nor learn that a guess is right.
  await waiting.say("USER alice", 331);
  assertEquals(await waiting.say("PASS secret"), GUESSED);
  assertMatch(await greeting(ftpd, "192.0.2.8"), /^220/);
  await ftpd.said("unbanned");
  assertMatch(await greeting(ftpd, "192.0.2.7"), /^220/);
  const lines = ftpd.log.split("\n").filter((line) => /banned/.test(line));
  assertMatch(lines[0]!, / banned address=192\.0\.2\.7 seconds=3/);
  assertMatch(lines.at(-1)!, / unbanned address=192\.0\.2\.7/);
  assertEquals(ftpd.log.includes("secret"), false);
});

Deno.test("ftpd bans the /64 network of an IPv6 client, by a worker that is alone", async () => {
  await using folders = await tempFolders();
  const ban = ["--ban-failures", "1", "--login-delay", "0"];
  const args = [TWO[0]!, TWO[1]!, ...ban, ...ALICE, ...behind("127.0.0.1")];
  await using ftpd = await startFtpd([...args, folders.pub]);
  await guess(ftpd, "2001:db8:0:7::1", 421);
  assertEquals(await greeting(ftpd, "2001:db8:0:7:aaaa::2"), BANNED);
  assertMatch(await greeting(ftpd, "2001:db8:0:8::1"), /^220/);
  assertMatch(ftpd.log, / banned address=\S*2001:db8:0:7::\/64/);
});

Deno.test("ftpd keeps bans and counts over a reload, and ftpd unban ends a ban", async () => {
  await using folders = await tempFolders();
  const config = `${folders.base}/ftpd.toml`;
  const write = (more: string) =>
    Deno.writeTextFile(
      config,
      `listen = ["127.0.0.1:0"]
control = "${folders.base}/control"
proxy-from = ["127.0.0.1"]
login-delay = 0
${more}
[account.alice]
root = "${folders.pub}"
password = "secret"
`,
    );
  await write("ban-failures = 1");
  await using ftpd = await startFtpd(["--config", config]);
  using inside = await enter(ftpd, "192.0.2.8");
  await inside.login("alice", "secret");
  await guess(ftpd, "192.0.2.7", 421);
  await write("max-per-account = 1");
  ftpd.kill("SIGHUP");
  await ftpd.said("reloaded");
  assertEquals(await greeting(ftpd, "192.0.2.7"), BANNED);
  const unban = ["unban", "--control", `${folders.base}/control`];
  assertEquals((await runFtpd([...unban, "192.0.2.7"])).code, 0);
  assertNotEquals((await runFtpd([...unban, "192.0.2.7"])).code, 0);
  using again = await enter(ftpd, "192.0.2.7");
  await again.say("USER alice", 331);
  await again.say("PASS wrong", 530);
  await again.say("USER alice", 331);
  assertMatch(await again.say("PASS secret"), /^421 .*user/);
  await inside.say("NOOP", 200);
});

Deno.test("ftpd remembers failed logins of an address over its connections, and forgives its owner", async () => {
  await using folders = await tempFolders();
  const delay = ["--login-delay", "0.3", "--login-delay-max", "2"];
  const args = [
    ...[...TWO, ...delay, ...ALICE, ...behind("127.0.0.1"), folders.pub],
  ];
  await using ftpd = await startFtpd(args);
  const guesses = (count: number) =>
    Array.from(
      { length: count },
      () => timeOf(() => guess(ftpd, "192.0.2.7", 530)),
    );
  const times = (await Promise.all(guesses(8))).sort((a, b) => a - b);
  for (const [at, least] of [300, 600, 900, 1200, 1500, 1800].entries()) {
    assert(times[at]! >= least - 5, `failure ${at + 1} took ${times[at]} ms`);
  }
  assert(times[7]! >= 1_995, `failure 8 took ${times[7]} ms`);
  using control = await enter(ftpd, "192.0.2.7");
  await control.login("alice", "secret");
  const [again] = await Promise.all(guesses(1));
  assert(again! >= 295 && again! < 1_995, `${again} ms after a login`);
});

Deno.test("ftpd --max-per-account holds over all workers, and a place can be had again", async () => {
  await using folders = await tempFolders();
  const users = [...ALICE, "--user", "bob:hidden"];
  const args = [...TWO, ...users, "--max-per-account", "2", folders.pub];
  await using ftpd = await startFtpd(args);
  const inside = [
    await ftpd.login("alice", "secret"),
    await ftpd.login("alice", "secret"),
  ];
  for (let times = 0; times < 6; times++) {
    using control = await ftpd.connect();
    await control.say("USER alice", 331);
    assertMatch(await control.say("PASS secret"), /^421 /);
  }
  using other = await ftpd.login("bob", "hidden");
  await other.say("NOOP", 200);
  await inside[0]!.say("REIN", 220);
  inside.push(await loginAgain(ftpd));
  await inside[1]!.say("QUIT", 221);
  inside.push(await loginAgain(ftpd));
  for (const control of inside) control.close();
});

Deno.test("ftpd lets no storm of logins past --max-per-account", async () => {
  await using folders = await tempFolders();
  const args = [...TWO, ...ALICE, "--max-per-account", "3", folders.pub];
  await using ftpd = await startFtpd(args);
  const controls = await Promise.all(
    Array.from({ length: 30 }, () => ftpd.connect()),
  );
  const said = await Promise.all(controls.map(async (control) => {
    await control.say("USER alice", 331);
    return await control.say("PASS secret");
  }));
  assertEquals(said.filter((reply) => reply.startsWith("230")).length, 3);
  assertEquals(said.filter((reply) => reply.startsWith("421")).length, 27);
  for (const control of controls) control.close();
});

/** Options that let tests come from any address, by a PROXY header. */
function behind(balancer: string): string[] {
  return ["--proxy-from", balancer];
}

/** A control connection of a client at an address. */
async function enter(ftpd: Ftpd, address: string): Promise<RawControl> {
  const control = await ftpd.connect({ greeting: false });
  await control.write(headerOf(address));
  await control.expect(220);
  return control;
}

/** What the server says to who connects, whatever that is. */
async function greeting(ftpd: Ftpd, address?: string): Promise<string> {
  using control = await ftpd.connect({ greeting: false });
  if (address === undefined) return `${await control.reply()}\n`;
  await control.write(headerOf(address));
  return `${await control.reply()}\n`;
}

function headerOf(address: string): string {
  const [family, to] = address.includes(":") ? [6, "::1"] : [4, "127.0.0.1"];
  return `PROXY TCP${family} ${address} ${to} 40000 21\r\n`;
}

/** Fails to log in, with these replies one after the other. */
async function guess(
  ftpd: Ftpd,
  address: string,
  ...codes: number[]
): Promise<void> {
  using control = await enter(ftpd, address);
  for (const code of codes) {
    await control.say("USER alice", 331);
    await control.say("PASS wrong", code);
  }
}

async function timeOf(act: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

/** Logs in as soon as the server has noticed that somebody left. */
async function loginAgain(ftpd: Ftpd): Promise<RawControl> {
  const enter = async () => {
    for (;;) {
      const control = await ftpd.connect();
      await control.say("USER alice", 331);
      if ((await control.say("PASS secret")).startsWith("230")) return control;
      control.close();
    }
  };
  return await soon(enter(), "a free place");
}
