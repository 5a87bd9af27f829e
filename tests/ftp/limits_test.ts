import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import {
  type Ftpd,
  type RawControl,
  runFtpd,
  soon,
  startFtpd,
  tempFolders,
} from "./helpers.ts";

const ANY = ["--listen", "127.0.0.1:0", "--workers", "2"];
const TOO_MANY = "421 Too many connections. Service temporarily unavailable.\n";
const TOO_MANY_HERE = "421 Too many connections from the same IP address.\n";

Deno.test("ftpd --workers 2 shares one port between both", async () => {
  await using folders = await tempFolders({ a: "shared" });
  const control = ["--control", `${folders.base}/control`];
  await using ftpd = await startFtpd([...ANY, ...control, folders.pub]);
  const controls = await logins(ftpd, 32);
  for (const control of controls) {
    assertEquals(await control.fetch("RETR a"), "shared");
  }
  const { stdout } = await runFtpd(["stats", ...control, "--json"]);
  const workers: { sessions: number }[] = JSON.parse(stdout).survey.workers;
  const shares = workers.map(({ sessions }) => sessions);
  assertEquals(shares.reduce((sum, share) => sum + share, 0), 32);
  assertEquals(shares.length, 2);
  assertGreater(Math.min(...shares), 0, "one worker took all 32 connections");
  controls.forEach((control) => control.close());
  // No two sessions have the same number, whoever serves them.
  const ids = ftpd.log.match(/ connected session=\d+ /g);
  assertEquals(new Set(ids).size, 32);
});

Deno.test("ftpd --workers 2 shares any free port without active mode, too", async () => {
  await using folders = await tempFolders();
  const args = [...ANY, "--active", "off", folders.pub];
  await using ftpd = await startFtpd(args);
  (await ftpd.login()).close();
});

Deno.test("ftpd --max-sessions holds over all workers, and a place can be had again", async () => {
  await using folders = await tempFolders();
  const args = [...ANY, "--max-sessions", "4", folders.pub];
  await using ftpd = await startFtpd(args);
  const controls = await logins(ftpd, 4);
  for (let times = 0; times < 6; times++) {
    assertEquals(await refusal(ftpd), TOO_MANY);
  }
  const leaving = controls.pop()!;
  await leaving.say("QUIT", 221);
  assertEquals(await leaving.ended(), "");
  leaving.close();
  controls.push(await enteredAgain(ftpd));
  assertEquals(await refusal(ftpd), TOO_MANY);
  controls.forEach((control) => control.close());
});

Deno.test("ftpd --max-per-address holds over all workers, for each address", async () => {
  await using folders = await tempFolders();
  const args = [...ANY, "--max-per-address", "3", folders.pub];
  await using ftpd = await startFtpd(args);
  const controls = await logins(ftpd, 3);
  for (let times = 0; times < 6; times++) {
    assertEquals(await refusal(ftpd), TOO_MANY_HERE);
  }
  assertMatch(ftpd.log, /refused .*too-many-from-address/);
  controls.forEach((control) => control.close());
  (await enteredAgain(ftpd)).close();
});

Deno.test("ftpd survives more connections than it has file descriptors", async () => {
  await using folders = await tempFolders({ a: "still there" });
  const args = ["--listen", "127.0.0.1:0", folders.pub];
  await using ftpd = await startFtpd(args, { setup: "ulimit -n 64" });
  using early = await ftpd.login();
  const port = ftpd.ports[0]!;
  const crowd = await Promise.all(
    Array.from(
      { length: 80 },
      () => Deno.connect({ hostname: "127.0.0.1", port }),
    ),
  );
  await ftpd.said("connection-error");
  await early.say("NOOP", 200);
  assertMatch(await early.say("EPSV"), /^425 /);
  for (const conn of crowd) conn.close();
  using late = await ftpd.login();
  assertEquals(await late.fetch("RETR a"), "still there");
  await early.say("NOOP", 200);
  assertGreater(300, ftpd.log.match(/connection-error/g)?.length ?? 0);
});

async function logins(ftpd: Ftpd, count: number): Promise<RawControl[]> {
  return await Promise.all(Array.from({ length: count }, () => ftpd.login()));
}

async function refusal(ftpd: Ftpd): Promise<string> {
  using control = await ftpd.connect({ greeting: false });
  return await control.ended();
}

/** Comes in as soon as the server has noticed that somebody left. */
async function enteredAgain(ftpd: Ftpd): Promise<RawControl> {
  const enter = async () => {
    for (;;) {
      const control = await ftpd.connect({ greeting: false });
      if ((await control.reply()).startsWith("220")) return control;
      control.close();
    }
  };
  return await soon(enter(), "a free place");
}
