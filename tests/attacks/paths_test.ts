/**
 * Classes S01 (path traversal) and S10 (listing injection) of docs/security.md,
 * against `ftpd` itself.
 */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../server/ftp/commands.ts";
import { SITE_COMMANDS } from "../../server/ftp/commands/site.ts";
import {
  code,
  type Folders,
  type Ftpd,
  startFtpd,
  tempFolders,
} from "../ftp/helpers.ts";
import {
  assertUntouched,
  CLIMBS,
  SECRET,
  traps,
  WAYS_OUT,
} from "../ftp/traps.ts";
import { outcomeOf } from "./session.ts";

function serve({ pub }: Folders, ...args: string[]): Promise<Ftpd> {
  return startFtpd(["--listen", "127.0.0.1:0", ...args, "--write", pub]);
}

const MORE_CLIMBS = [
  ...["..", "../", "/..", "../..", "../../..", "./..", "/.", "real/.."],
  ...["../pub", "../pubber", "../outside", "/../pubber/secret", "..."],
  ...[".%2e/outside/secret", "..%2foutside%2fsecret", "%2e%2e%2foutside"],
  ...["..%c0%afoutside/secret", "..%00/outside", "\u2025/outside/secret"],
  ...["../outside/secret.", "../outside/secret ", "../outside./secret"],
  ...["C:\\outside\\secret", "\\\\host\\share", "file:///etc/passwd"],
  ...["${HOME}/secret", "$(cat /etc/passwd)", "|cat /etc/passwd", "-la"],
  `${"../".repeat(1000)}etc/passwd`,
  `${"a".repeat(255)}/../../outside/secret`,
  `${"a".repeat(256)}/../../outside/secret`,
  `real${"/".repeat(3000)}../../outside/secret`,
];

/** Whatever would end the session, or change who it is. */
const ENDS = new Set("QUIT REIN HOST AUTH USER PASS ABOR".split(" "));
const TIME = "20000101000000";

/** Every line in which a command of the server could take this path. */
function linesWith(path: string): string[] {
  const verbs = [...COMMANDS].filter(([verb, { argument }]) =>
    argument !== "none" && !ENDS.has(verb) && verb !== "SITE"
  );
  return [
    ...verbs.map(([verb]) => `${verb} ${path}`),
    ...[...SITE_COMMANDS.keys()].map((word) => `SITE ${word} ${path}`),
    ...["MDTM", "MFMT", "MFCT"].map((verb) => `${verb} ${TIME} ${path}`),
    `MFF modify=${TIME};UNIX.mode=0777; ${path}`,
    ...[`SITE CHMOD 777 ${path}`, `SITE UTIME ${TIME} ${path}`],
    ...[`SITE COPY ${path} copied`, `SITE COPY file ${path}`],
    ...[`SITE SYMLINK ${path} linked`, `SITE SYMLINK file ${path}`],
    ...["SITE CPFR file", `SITE CPTO ${path}`, "RNFR file", `RNTO ${path}`],
    ...[`COMB joined ${path}`, `COMB ${path} file`, `XSHA256 "${path}" 0 9`],
    ...[`LIST -laR ${path}`, `NLST ${path}/*`, `STAT ${path}/*`],
  ];
}

Deno.test("Attack S01 path traversal: no command reaches anything above the root, whatever the path", async () => {
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  let lines = 0;
  for (const path of [...WAYS_OUT, ...CLIMBS, ...MORE_CLIMBS]) {
    for (const line of linesWith(path)) {
      const { reply, data, last } = await outcomeOf(control, line);
      lines++;
      for (const text of [reply, data, last]) {
        const isTold = text.includes(SECRET) || text.includes("root:");
        assert(!isTold && !text.includes(folders.base), `${line}: ${text}`);
      }
    }
    // A name that is gone, or in the way, would hide what comes next.
    await Deno.remove(`${folders.pub}/real`, { recursive: true });
    await Deno.mkdir(`${folders.pub}/real`);
    await Deno.writeTextFile(`${folders.pub}/file`, "mine");
    assertUntouched(folders);
  }
  assert(lines > 4000, `${lines} lines were tried`);
  const names = Array.from(Deno.readDirSync(folders.base), ({ name }) => name);
  assertEquals(names.sort(), ["outside", "pub", "pubber"]);
});

Deno.test("Attack S01 path traversal: bytes that are no text, and NUL, are no path", async () => {
  await using folders = await traps();
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  const [dots, rest] = ["..", "/outside/secret\r\n"];
  for (const verb of ["RETR", "STOR", "CWD ", "DELE", "MLST", "RNTO", "SIZE"]) {
    for (const middle of [[0], [0xc0, 0xaf], [0xff], [0x2e, 0], [0xc0, 0xae]]) {
      const line = Uint8Array.from([
        ...new TextEncoder().encode(`${verb.trim()} ${dots}`),
        ...middle,
        ...new TextEncoder().encode(rest),
      ]);
      const { last } = await outcomeOf(control, line);
      assert(code(last) >= 500, `${verb} ${middle}: ${last}`);
    }
  }
  await control.say("NOOP", 200);
  assertUntouched(folders);
});

/** Names that only other programs can give, and what a listing could show. */
const NAMES = [
  ...["a\\nb", "a\\r\\nb", "\\r", "\\033[2J", "\\037x", "\\377\\376", "\\303"],
  ...["-rf", " ", "..x", 'a"b', '""', "200 fake", "x\\r\\n226 fake"],
  ...["type=dir; y", "\\302\\233m", "\\342\\200\\256txt"],
];

Deno.test("Attack S10 listing injection: a name is one line or none, in every listing and reply", async () => {
  await using folders = await tempFolders();
  const print = NAMES.map((name) =>
    `mkdir -- "$(printf '%b' '${name}'; printf .)"`
  );
  const shell = new Deno.Command("bash", {
    args: ["-c", `cd "$0" && ${print.join(" && ")}`, folders.pub],
  });
  const { success, stderr } = await shell.output();
  assert(success, new TextDecoder().decode(stderr));
  await using ftpd = await serve(folders);
  using control = await ftpd.login();
  const shown = NAMES.filter((name) => !/\\[nr]|\\3(77|03$)/.test(name)).length;
  for (const line of ["LIST", "LIST -a", "NLST", "MLSD", "NLST *", "LIST -R"]) {
    const { data, last } = await outcomeOf(control, line);
    assertEquals(last.slice(0, 3), "226", line);
    const lines = data.split("\r\n").filter((text) => text !== "");
    // -R has each folder on a line of its own; * does not take the dots of "..x".
    const more = line === "LIST -R" ? shown : line === "NLST *" ? -1 : 0;
    assertEquals(
      lines.length,
      shown + more,
      `${line}: ${JSON.stringify(lines)}`,
    );
    assert(!data.replaceAll("\r\n", "").includes("\n"), line);
    assert(!lines.some((text) => text.startsWith("226")), data);
  }
  const status = await control.say("STAT .", 213);
  assertEquals(status.split("\n").length, shown + 2, status);
  await control.say('CWD a"b.', 250);
  assertEquals(
    await control.say("PWD"),
    '257 "/a""b." is the current directory.',
  );
  await control.say("NOOP", 200);
});
