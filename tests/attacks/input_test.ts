/**
 * Classes S08 and S09 (patterns and trees), S11 (lines), S17 (numbers) and S19
 * (names that mean something in JavaScript) of docs/security.md.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { code, type RawControl, soon } from "../ftp/helpers.ts";
import { expectOutcome, outcomeOf, withFtpd } from "./session.ts";

/** Patterns that tried every way, or looked in every folder, would not end. */
const PATTERNS = [
  "{{*,{*,{*,{*,{*,{*,{*,{*".padEnd(2000, ",{*"),
  "*/../".repeat(200) + "*",
  "*".repeat(4000) + "b",
  "*a".repeat(1500) + "b",
  "?*".repeat(1500) + "b",
  "[".repeat(4000),
  "[a-".repeat(1000),
  "[!]".repeat(1300),
  "\\".repeat(4000),
  "*/".repeat(1500),
  "**/".repeat(900) + "**",
  "{a,b}".repeat(700),
  "~".repeat(4000),
];

Deno.test("Attack S08 globs: patterns that would not end elsewhere are answered, and nobody waits", async () => {
  await withFtpd(async (ftpd, { pub }) => {
    const name = "a".repeat(200);
    for (let folder = 0; folder < 20; folder++) {
      await Deno.mkdir(`${pub}/${name}${folder}`);
      await Deno.writeTextFile(`${pub}/${name}${folder}/${name}`, "");
    }
    using control = await ftpd.login();
    using other = await ftpd.login();
    for (const pattern of PATTERNS) {
      for (const verb of ["STAT", "LIST", "NLST", "LIST -R"]) {
        const outcome = outcomeOf(control, `${verb} ${pattern}`);
        await other.say("NOOP", 200);
        const { last } = await soon(outcome, `${verb} ${pattern.slice(0, 20)}`);
        assert(code(last) >= 200, last);
      }
    }
    await control.say("NOOP", 200);
  });
});

Deno.test("Attack S09 trees: LIST -R of folders that are deep, and of a link to itself, ends", async () => {
  await withFtpd(async (ftpd, { pub }) => {
    await Deno.mkdir(`${pub}${"/d".repeat(100)}`, { recursive: true });
    await Deno.symlink(".", `${pub}/loop`);
    await Deno.symlink("..", `${pub}/d/up`);
    using control = await ftpd.login();
    const listed = await expectOutcome(control, "LIST -R", 451);
    assert(listed.split("\r\n").length < 500, `${listed.length} letters`);
    const deep = `CWD ${"d/".repeat(100)}`;
    await control.say(deep, 250);
    await control.say(`CWD ${"/loop".repeat(39)}`, 250);
    await control.say("PWD", 257);
  });
});

Deno.test("Attack S11 slow-loris: letters that come one by one keep no session from its end, and no other client waiting", async () => {
  await withFtpd(async (ftpd) => {
    const slow = await Promise.all(
      Array.from({ length: 50 }, () => ftpd.connect()),
    );
    const trickles = slow.map(trickle);
    using other = await ftpd.login();
    await other.say("NOOP", 200);
    const said = await soon(Promise.all(trickles), "the end of the slow");
    for (const last of said) assertMatch(last, /^(421 |$)/);
    await other.say("NOOP", 200);
  }, ["--login-timeout", "3"]);
});

/** Sends a command line letter by letter until the server has had enough. */
async function trickle(control: RawControl): Promise<string> {
  const ended = control.ended();
  let over = false;
  ended.then(() => over = true);
  while (!over) {
    await control.write("A").catch(() => over = true);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  control.close();
  return await ended;
}

Deno.test("Attack S17 numbers: the last byte of 4 GiB of nothing can be had, and none behind it", async () => {
  const SIZE = 2 ** 32 + 7;
  await withFtpd(async (ftpd, { pub }) => {
    const path = `${pub}/sparse`;
    await Deno.writeTextFile(path, "");
    await Deno.truncate(path, SIZE);
    {
      using file = await Deno.open(path, { write: true });
      await file.seek(-1, Deno.SeekMode.End);
      await file.write(new TextEncoder().encode("!"));
    }
    using control = await ftpd.login();
    assertEquals(await control.say("SIZE sparse"), `213 ${SIZE}`);
    await control.say(`REST ${SIZE - 1}`, 350);
    assertEquals(await expectOutcome(control, "RETR sparse", 226), "!");
    await control.say(`RANG ${SIZE - 1} ${SIZE - 1}`, 350);
    assertEquals(await expectOutcome(control, "RETR sparse", 226), "!");
    await control.say(`REST ${SIZE}`, 350);
    assertEquals(await expectOutcome(control, "RETR sparse", 226), "");
    await control.say(`REST ${SIZE + 1}`, 350);
    await expectOutcome(control, "RETR sparse", 554);
    await control.say(`REST ${SIZE - 1}`, 350);
    await expectOutcome(control, "STOR sparse", 226, "??");
    assertEquals(await control.say("SIZE sparse"), `213 ${SIZE + 1}`);
  });
});

const NUMBERS = [
  ...["-1", "+5", "0x10", "1e3", "9e99", "NaN", "Infinity", "1.5", "1_0"],
  ...["2147483648", "4294967296", "9007199254740992", "9223372036854775807"],
  ...["9223372036854775808", "-9223372036854775809", "18446744073709551616"],
  ...["9".repeat(400), "٣", "0".repeat(4000), "", " ", "1 1 1", "1,1", "--1"],
];

Deno.test("Attack S17 numbers: REST, RANG, ALLO, COMB and hashes take none that is none, and keep none", async () => {
  await withFtpd(async (ftpd) => {
    using control = await ftpd.login();
    for (const number of NUMBERS) {
      for (
        const line of [
          ...[`REST ${number}`, `RANG ${number} ${number}`, `RANG 0 ${number}`],
          ...[`ALLO ${number}`, `XCRC "a" ${number}`, `XCRC "a" 0 ${number}`],
          ...[`SITE IDLE ${number}`, `SITE UMASK ${number}`, `MODE ${number}`],
          ...[`OPTS MODE Z LEVEL ${number}`, `EPSV ${number}`],
        ]
      ) {
        const reply = await control.say(line);
        assert(code(reply) >= 200 && code(reply) < 600, `${line}: ${reply}`);
        assert(code(reply) !== 451, `${line}: ${reply}`);
      }
      await control.say("REST 0", 350);
      assertEquals(await expectOutcome(control, "RETR a", 226), "hello");
    }
  });
});

/** Names that objects of JavaScript have by themselves. */
const MEMBERS = [
  ...["__proto__", "constructor", "prototype", "toString", "valueOf"],
  ...["hasOwnProperty", "__defineGetter__", "isPrototypeOf", "then", "length"],
];

Deno.test("Attack S19 hash-flood names: what objects have by themselves is no user, and a file like any other", async () => {
  const args = MEMBERS.slice(0, 2).flatMap((
    name,
  ) => ["--user", `${name}:pw:rw`]);
  await withFtpd(async (ftpd) => {
    for (const name of MEMBERS.slice(2)) {
      using control = await ftpd.connect();
      await control.say(`USER ${name}`, 331);
      await control.say(`PASS ${name}`, 530);
    }
    using control = await ftpd.login("__proto__", "pw");
    for (const name of MEMBERS) {
      for (
        const line of [
          ...[name, `HELP ${name}`, `SITE ${name}`, `SITE ${name} x`],
          ...[`OPTS ${name} on`, `OPTS MLST ${name};`, `OPTS HASH ${name}`],
          ...[`MODE ${name}`, `TYPE ${name}`, `LANG ${name}`, `AUTH ${name}`],
          ...[`MFF ${name}=1; a`, `MFF ${name}.mode=7; a`, `EPSV ${name}`],
          ...[`HOST ${name}`, `CSID ${name}=1;`, `CLNT ${name}`],
        ]
      ) {
        const said = code(await control.say(line));
        assert(said >= 200 && said < 600 && said !== 451, `${line}: ${said}`);
      }
      await expectOutcome(control, `STOR ${name}`, 226, name);
      assertEquals(await expectOutcome(control, `RETR ${name}`, 226), name);
    }
    const names = (await expectOutcome(control, "NLST", 226)).split("\r\n");
    assertEquals(names.slice(0, -1), ["a", ...MEMBERS].sort());
    using other = await ftpd.connect();
    await other.say("USER constructor", 331);
    await other.say("PASS pw", 230);
  }, [...args, "--login-delay", "0"]);
});
