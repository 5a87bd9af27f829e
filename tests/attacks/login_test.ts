/**
 * Classes S18 (logins) and S20 (state) of docs/security.md.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { code, runFtpd } from "../ftp/helpers.ts";
import { expectOutcome, withFtpd } from "./session.ts";

Deno.test("Attack S18 logins: NUL and line ends in a user's name are refused, and are no other user", async () => {
  await withFtpd(async (ftpd) => {
    using control = await ftpd.connect();
    for (const user of ["bob\0", "bob\0x", "\0bob", "bob\r", "bo\rb"]) {
      await control.write(`USER ${user}\r\n`);
      const reply = await control.reply();
      assertEquals(code(reply), 501, `${JSON.stringify(user)}: ${reply}`);
      await control.say("PASS secret", 503);
    }
    // A bare LF ends a command: these are two of them, and no login.
    await control.write("USER bob\nPASS wrong\nPWD\r\n");
    assertEquals([331, 530, 530], [
      code(await control.reply()),
      code(await control.reply()),
      code(await control.reply()),
    ]);
    for (const user of ["BOB", "bob ", " bob", "bob'--", "bob%00", "bоb"]) {
      await control.send(`USER ${user}`, "PASS secret");
      await control.reply();
      const reply = code(await control.reply());
      assert([530, 503].includes(reply), `"${user}" got ${reply}`);
    }
    await control.say("USER bob", 331);
    await control.say("PASS secret", 230);
  }, [
    ...["--user", "bob:secret", "--login-delay", "0"],
    ...["--login-attempts", "100"],
  ]);
});

Deno.test("Attack S18 logins: an empty password opens nothing, and an empty hash is none", async () => {
  await withFtpd(async (ftpd, { base }) => {
    for (const user of ["bob", "nobody"]) {
      using control = await ftpd.connect();
      await control.say(`USER ${user}`, 331);
      for (const line of ["PASS ", "PASS"]) {
        assert(code(await control.say(line)) >= 500, line);
      }
      await control.say("PWD", 530);
    }
    for (
      const line of ["bob:", "bob:!", "bob:*", "bob::", "bob:x", "bob:$6$$"]
    ) {
      await Deno.writeTextFile(`${base}/list`, `${line}\n`);
      const { code, stderr } = await runFtpd(["--accounts", `${base}/list`]);
      assertEquals(code, 2, `${line}: ${stderr}`);
      assertMatch(stderr, /list:1: (account "bob"|expected NAME:HASH)/, line);
    }
  }, ["--user", "bob:secret", "--login-delay", "0"]);
});

/** Lines, and the codes they are answered with, in one session after another. */
const SEQUENCES: readonly [what: string, ...steps: [string, number][]][] = [
  [
    "EPSV ALL outlives ABOR and a refused transfer",
    ["EPSV ALL", 200],
    ["ABOR", 225],
    ["RETR none", 425],
    ["PASV", 501],
    ["PORT 127,0,0,1,200,0", 501],
    ["EPRT |1|127.0.0.1|51200|", 501],
    ["EPSV", 229],
  ],
  [
    "RNFR is kept by no command in between",
    ["RNFR a", 350],
    ["NOOP", 200],
    ["RNTO b", 503],
    ["RNFR none", 550],
    ["RNTO b", 503],
  ],
  [
    "REST is kept by no command that fails",
    ["REST 3", 350],
    ["RETR none", 425],
    ["EPSV", 229],
    ["RETR none", 550],
    ["STAT", 211],
  ],
  [
    "USER and REIN leave nothing of who was there",
    ["RNFR a", 350],
    ["REIN", 220],
    ["RNTO b", 530],
    ["PWD", 530],
    ["USER anonymous", 331],
    ["PWD", 530],
    ["PASS x", 230],
    ["RNTO b", 503],
    ["PWD", 257],
  ],
];

Deno.test("Attack S20 state: nothing that was said is kept for longer than it should", async () => {
  await withFtpd(async (ftpd) => {
    for (const [what, ...steps] of SEQUENCES) {
      using control = await ftpd.login();
      for (const [line, wanted] of steps) {
        const reply = await control.say(line);
        assertEquals(code(reply), wanted, `${what}: ${line}: ${reply}`);
      }
    }
    using control = await ftpd.connect();
    const early = ["RNTO b", "REST 3", "SITE CPTO b", "STOR x", "ABOR", "PBSZ"];
    for (const line of early) {
      assert(code(await control.say(line)) >= 200, line);
    }
    await control.login();
    assertEquals(await expectOutcome(control, "RETR a", 226), "hello");
  });
});
