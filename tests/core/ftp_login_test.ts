import { assert, assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import { asAlice, dialogue } from "./ftp_dialogue.ts";
import { startSession } from "./ftp_harness.ts";

Deno.test("USER and PASS let in who has the right password", async () => {
  const { log } = await dialogue([
    "USER alice",
    "331 Username ok, send password.",
    "PASS secret",
    "230 Login successful.",
    "PWD",
    '257 "/" is the current directory.',
  ]);
  assertEquals(log.filter(({ event }) => event === "login").length, 1);
});

Deno.test("USER anonymous and ftp come in with any password, or none", async () => {
  for (const user of ["anonymous", "ftp"]) {
    for (const pass of ["PASS me@here", "PASS", "PASS "]) {
      await dialogue([`USER ${user}`, "331", pass, "230", "MKD a", "550"]);
    }
  }
});

Deno.test("PASS says the same to unknown users and to wrong passwords", async () => {
  for (const user of ["alice", "nobody", "Alice", "ALICE", "alice "]) {
    const { slept } = await dialogue([
      `USER ${user}`,
      "331 Username ok, send password.",
      "PASS guess",
      "530 Authentication failed.",
    ]);
    assertEquals(slept, [1000]);
  }
});

Deno.test("PASS takes longer each time it is wrong, and the third ends the session", async () => {
  const { slept, log } = await dialogue([
    ...["USER alice", "331", "PASS a", "530 Authentication failed."],
    ...["USER bob", "331", "PASS b", "530 Authentication failed."],
    ...["USER alice", "331", "PASS c", "530 Authentication failed."],
    "(closed)",
  ]);
  assertEquals(slept, [1000, 2000, 3000]);
  const failures = log.filter(({ event }) => event === "login-failed");
  assertEquals(failures.map(({ attempt }) => attempt), [1, 2, 3]);
});

Deno.test("PASS follows the policy's number of attempts and delay", async () => {
  const { slept } = await dialogue(
    ["USER alice", "331", "PASS a", "530", "(closed)"],
    { policy: { loginAttempts: 1, loginDelay: 50 } },
  );
  assertEquals(slept, [50]);
});

Deno.test("PASS counts failures in a row, and forgets them after a login", async () => {
  await dialogue([
    ...["USER alice", "331", "PASS a", "530", "REIN", "530"],
    ...["USER alice", "331", "PASS b", "530", "REIN", "530"],
    ...["USER alice", "331", "PASS secret", "230", "REIN", "220"],
    ...["USER alice", "331", "PASS a", "530"],
    ...["USER alice", "331", "PASS b", "530"],
    ...["USER alice", "331", "PASS c", "530", "(closed)"],
  ]);
});

/** A session in which a wrong password has just been sent. */
async function startDelay() {
  const clock = manualClock();
  const asleep = Promise.withResolvers<void>();
  const client = await startSession({
    policy: {
      sleep(milliseconds, signal) {
        asleep.resolve();
        return clock.sleep(milliseconds, signal);
      },
    },
  });
  await client.ask("USER alice");
  client.command("PASS wrong");
  await asleep.promise;
  return { client, clock };
}

Deno.test("PASS is answered only when the delay is over", async () => {
  const { client, clock } = await startDelay();
  client.command("NOOP");
  await clock.advance(999);
  assertEquals(client.control.text.includes("530"), false);
  await clock.advance(1);
  assertEquals(await client.reply(), "530 Authentication failed.");
  assertEquals(await client.reply(), "200 NOOP command successful.");
  await client.finish();
});

Deno.test("PASS with a client that leaves during the delay ends the session", async () => {
  const { client, clock } = await startDelay();
  client.control.reset();
  await clock.advance(1000);
  await client.ended;
  assert(client.control.isClosed);
});

Deno.test("PASS without USER is out of order, also after a failure", async () => {
  await dialogue([
    "PASS secret",
    "503 Login with USER first.",
    ...["USER alice", "331", "PASS guess", "530"],
    "PASS secret",
    "503 Login with USER first.",
  ]);
});

Deno.test("USER names the one who logs in, the last one counts", async () => {
  const { log } = await dialogue([
    ...["USER bob", "331", "USER alice", "331", "NOOP", "200"],
    ...["STAT", "211 … Waiting for password"],
    ...["PASS secret", "230", "STAT", "211 … Logged in as alice"],
  ]);
  assertEquals(log.find(({ event }) => event === "login")?.user, "alice");
});

Deno.test("USER and PASS of one who is logged in change nothing", async () => {
  await asAlice([
    ...["USER bob", "503 User already authenticated."],
    ...["PASS hidden", "503 User already authenticated."],
    ...["STAT", "211 … Logged in as alice"],
  ]);
});

Deno.test("passwords are never logged", async () => {
  const { log } = await dialogue([
    ...["USER alice", "331", "PASS guess-one", "530"],
    ...["PASS guess-two", "503"],
    ...["USER alice", "331", "PASS secret", "230", "PASS guess-three", "503"],
  ]);
  const text = JSON.stringify(log);
  assert(!/guess|secret/.test(text), text);
});

Deno.test("PASS is answered with 451 when asking who it is fails", async () => {
  const client = await startSession({
    policy: { authenticate: () => Promise.reject(new Error("no database")) },
  });
  await client.ask("USER alice");
  const reply = await client.ask("PASS secret");
  assertEquals(reply, "451 Requested action aborted: internal error.");
  assertEquals(await client.ask("NOOP"), "200 NOOP command successful.");
  client.control.end();
  await client.ended;
  assertEquals(client.logged("internal-error").length, 1);
});

Deno.test("REIN forgets the user and everything they chose", async () => {
  const { ports, fs } = await asAlice([
    ...["CWD sub", "250", "REST 5", "350", "EPSV", "229"],
    ...["SITE UMASK 077", "200", "OPTS MLST size;", "200", "RNFR /a", "350"],
    "REIN",
    "220 Service ready for new user.",
    ...["PWD", "530", "RNTO b", "530"],
    ...["STAT", "211 … Waiting for username"],
    ...["STAT", "211 … TYPE: ASCII"],
    ...["USER alice", "331", "PASS secret", "230", "TYPE I", "200"],
    ...["PWD", '257 "/"', "RNTO b", "503"],
    ...["SITE UMASK", "200 The server's own UMASK"],
    ...["MLST a", "250 … type=file;size=3;"],
    ...["RETR a", "425"],
    ...["EPSV", "229", "RETR a", "150", "226", "< abc"],
  ], { files: { "/a": "abc", "/sub": null } });
  assertEquals(ports.map(({ closed }) => closed), [true, false]);
  assertEquals((await fs.stat("/a")).size, 3);
});

Deno.test("ACCT is superfluous", async () => {
  await asAlice(["ACCT money", "202 No account is needed."]);
});

Deno.test("QUIT says goodbye and ends the session, whatever comes behind it", async () => {
  await dialogue(["QUIT", "221 Goodbye.", "(closed)"]);
  const client = await startSession();
  client.control.send("NOOP\r\nQUIT\r\nNOOP\r\nNOOP\r\n");
  await client.ended;
  const replies = client.control.text.split("\r\n").map((x) => x.slice(0, 3));
  assertEquals(replies, ["220", "200", "221", ""]);
});

Deno.test("the greeting has as many lines as the banner", async () => {
  const client = await startSession({
    policy: { banner: "One\n2 Two\nThree" },
  });
  const greeting = "220-One\r\n 2 Two\r\n220 Three\r\n";
  assertEquals(client.control.text, greeting);
  await client.finish();
});
