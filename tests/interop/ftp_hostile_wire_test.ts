/**
 * What must not get onto the wire, and what must not get from there onto a
 * terminal. Every run of `ftp` fails its test when it writes a character that
 * a terminal would obey: see hostile.ts.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { eachOf, HASTY, withHostile } from "./hostile.ts";
import type { Script } from "./hostile_server.ts";

/** Clears the screen, sets the title, is red in C1, and turns the line round. */
const EVIL = "\x1b[2J\x1b]0;own\x07\x9b31m\u202e\x7f";
const SHOWN = "\\x1b[2J\\x1b]0;own\\x07\\x9b31m\\u202e\\x7f";

/** Lines of the shell with a control character in each. */
const LINES: readonly string[] = [
  ...['get "a\rDELE x"', 'get "a\0b"', "get a\x7f", "cat a\x01", "size a\x02"],
  ...['mv a "b\rDELE x"', 'mv "a\rDELE x" b', "rename a b\x03", "ls a\x04"],
  ...["quote NOOP\x01DELE x", "site x\0y", "quote \x1b[2J", "site CHMOD\x05"],
  ...["cd a\x06", "mkdir a\x07", "mkdir -p a\x08/b", "rmdir a\x0b", "rm a\x0c"],
  ...["rm -r a\x0e", "chmod 644 a\x0f", "modtime a\x10", "stat a\x11"],
  ...["find a\x12", "du a\x13", "mirror a\x14 t", "mirror -R . a\x15"],
  ...["put ../secret a\x16", "append ../secret a\x17", "rstatus \x18"],
  ...["rhelp \x19", "mget a\x1a*", "mdelete a\x1b*", "nlist a\x1c"],
  ...["reget a\x1d", "newer a\x1e", "pget a\x1f", "touch a\x7f"],
];

Deno.test("the shell sends no control character of an argument", () =>
  withHostile({}, async ({ run, url, server }) => {
    const stdin = LINES.map((line) => `${line}\n`).join("");
    const { code, err, report } = await run(
      ["--keep-going", url, ...HASTY],
      { stdin },
    );
    assert(code !== 0, report);
    assertFalse(err.includes("unexpected"), report);
    for (let line = 1; line <= LINES.length; line++) {
      assertStringIncludes(err, `input:${line}: `, `${line} ${report}`);
    }
    assertHarmless(server.received);
  }));

/** Fails unless it is lines of text, none of which was smuggled in. */
function assertHarmless(received: string): void {
  // deno-lint-ignore no-control-regex -- These are what it is about.
  assertFalse(/[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\xff]/.test(received), received);
  assertFalse(/\r(?!\n)|[^\r]\n/.test(received), received);
  assertFalse(/^(DELE|STOR|RMD|MKD)\b/m.test(received), received);
}

Deno.test("users and passwords with a control character are not sent", () =>
  withHostile({}, async ({ run, url, server, home, local }) => {
    const { host } = new URL(url.replace("ftp:", "http:"));
    await Deno.writeTextFile(join(local, "pass"), "hush7\rDELE x\n");
    await Deno.writeTextFile(
      join(local, "netrc"),
      'machine 127.0.0.1 login bob password "hush7\x01DELE"\n',
      { mode: 0o600 },
    );
    const cases: [code: number, ...args: string[]][] = [
      [2, "ls", `ftp://bob%0d%0aDELE%20x:hush7@${host}/`],
      [2, "ls", `ftp://bob:hush7%0d%0aDELE%20x@${host}/`],
      [2, "ls", `ftp://bob:hush7%00@${host}/`],
      [2, "ls", `ftp://bob:hush7\x1b@${host}/`],
      [2, "ls", "--user", "bob\rDELE x", "--password-file", "pass", url],
      [2, "ls", "--user", "bob", "--password-file", "pass", url],
      [2, "ls", "--user", "bob", "--netrc=netrc", url],
      [2, "-c", "user bob 'hush7\x01'", url],
    ];
    await eachOf(cases, async ([code, ...args]) => {
      const ended = await run([...args, ...HASTY], {});
      assertEquals(ended.code, code, ended.report);
      assertFalse((ended.out + ended.err).includes("hush7"), ended.report);
    });
    assertFalse(server.received.includes("hush7"), server.received);
    assertHarmless(server.received);
    assertEquals(await names(home), []);
  }));

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

Deno.test("URLs with a control character are refused before anything is sent", () =>
  withHostile({}, async ({ run, url, server }) => {
    const paths = [
      "a%0d%0aDELE%20x",
      "a%00b",
      "a%0Ab",
      "a\x1bb",
      "%7f",
      "a\rDELE x",
    ];
    const cases = paths.flatMap((path) => [
      ["get", `${url}/${path}`],
      ["ls", `${url}/${path}`],
      ["rm", "-r", `${url}/${path}`],
      ["mv", `${url}/a`, `${url}/${path}`],
      ["mirror", `${url}/${path}`, "here"],
      ["put", "../secret", `${url}/${path}`],
    ]);
    // Each verb and each path once will do.
    await eachOf(cases.filter((_, at) => at % 7 === 0), async (args) => {
      const { code, out, report } = await run([...args, ...HASTY]);
      assertEquals(code, 2, report);
      assertEquals(out, "", report);
    });
    assertEquals(server.received, "");
  }));

const EVERYWHERE: Script = {
  greeting: `220-Hi ${EVIL}\r\n${EVIL}\r\n220 there ${EVIL}`,
  PASS: `230-In ${EVIL}\r\n230 ${EVIL}`,
  FEAT: `211-I\r\n ${EVIL}\r\n MLST type*;\r\n HASH SHA-256*;\r\n211 e`,
  PWD: `257 "/" ${EVIL}`,
  CWD: `550 ${EVIL}`,
  SYST: `215 ${EVIL}`,
  HELP: `214-${EVIL}\r\n ${EVIL}\r\n214 ${EVIL}`,
  STAT: `211-${EVIL}\r\n ${EVIL}\r\n211 ${EVIL}`,
  SITE: `200 ${EVIL}`,
  NOOP: `200 ${EVIL}`,
  HASH: `213 SHA-256 0-5 ${EVIL} f`,
  MDTM: `213 ${EVIL}`,
  SIZE: `213 ${EVIL}`,
  DELE: `550 ${EVIL}`,
  MKD: `550 ${EVIL}`,
  RNFR: `350 ${EVIL}`,
  RNTO: `553 ${EVIL}`,
  RETR: `550 ${EVIL}`,
  STOR: `553 ${EVIL}`,
  NLST: (peer) => peer.serve(`${EVIL}\r\n`),
  LIST: (peer) => peer.serve(`${EVIL}\r\n`),
  MLST: `250-x\r\n type=file;unix.owner=${EVIL};size=1; ${EVIL}\r\n250 x`,
  MLSD: (peer) =>
    peer.serve(
      `type=file;size=1; ${EVIL}\r\n${EVIL}\r\ntype=dir; d${EVIL}\r\n` +
        `type=OS.unix=slink:/${EVIL};unix.owner=${EVIL}; l\r\n`,
    ),
};

const VERBS = "pwd; system; rhelp; rstatus; site x; features; ls; ls -1; " +
  "ls --raw; nlist; find; du; cd x; rm x; mkdir x; mv a b; stat x; size f; " +
  "modtime f; hash f; quote NOOP; get x; cat x; put ../secret; mget *; " +
  "mirror . m; mdelete *; status; pwd";

for (const more of [[], ["--json"], ["--log", "json", "--json"]]) {
  const how = more.join(" ") || "text";
  Deno.test(`escape sequences of a server are made visible in ${how}`, () =>
    withHostile(EVERYWHERE, async ({ run, url }) => {
      const { out, err, report } = await run(
        ["-c", VERBS, "--keep-going", "--trace", ...more, url, ...HASTY],
      );
      const isJson = more.includes("--json");
      assertStringIncludes(out, isJson ? "\\u001b[2J" : SHOWN, report);
      assertStringIncludes(err, more.includes("json") ? "\\\\x1b" : "\\x1b");
      assertFalse(err.includes("unexpected"), report);
      for (const line of isJson ? out.trimEnd().split("\n") : []) {
        JSON.parse(line);
      }
      for (
        const line of more.includes("json") ? err.trimEnd().split("\n") : []
      ) {
        JSON.parse(line);
      }
    }));
}

/** Says the password again, in every reply that may have it. */
const ECHOING: Script = {
  USER: "331-Say\r\n331 it",
  PASS: (peer, password) =>
    peer.say(
      password === "hush7"
        ? `230-Hello ${password}\r\n230 ${password}!`
        : `530 ${password} is wrong`,
    ),
  MLSD: (peer) => peer.serve("type=file;size=1; x\r\n"),
};

Deno.test("no password is shown, whoever repeats it", () =>
  withHostile(ECHOING, async ({ run, url, home, local, server }) => {
    const at = `@${url.slice("ftp://".length)}`;
    const { port } = server;
    await Deno.writeTextFile(join(local, "pass"), "hush7\n");
    await Deno.writeTextFile(
      join(home, ".netrc"),
      "machine 127.0.0.1 login eve password hush7\n",
    );
    const loud = ["--trace", "--json"];
    const cases: [code: number, ...args: string[]][] = [
      [0, "ls", `ftp://bob:hush7${at}/`, ...loud],
      [0, "ls", `ftp://bob${at}/`, "--password-file", "pass", "--trace"],
      [0, "ls", `ftp://eve${at}/`, ...loud],
      [5, "ls", `ftp://bob:hush7no${at}/`, ...loud],
      [0, "-c", `open ftp://bob:hush7${at}; ls; status; history`, "--trace"],
      [
        0,
        "-c",
        "user bob hush7; ls; status",
        "127.0.0.1",
        `${port}`,
        "--trace",
      ],
      [2, "ls", `ftp://bob:hush7@127.0.0.1:99999/`, ...loud],
      [2, "ls", `http://bob:hush7${at}/`, ...loud],
      [2, "ls", `bob:hush7${at}/`, ...loud],
      [2, "ls", `ftp://bob:hush7%zz${at}/`, ...loud],
      [2, "mv", `ftp://bob:hush7${at}/a`, "ftp://bob:hush7@other/b", ...loud],
      [2, `bob:hush7${at}`, "-c", "ls", ...loud],
      [2, "-c", `bookmark add x ftp://bob:hush7${at}:; ls`, ...loud],
      [2, "-c", `get ftp://bob:hush7${at}/x y z`, ...loud],
    ];
    await eachOf(cases, async ([code, ...args]) => {
      const { code: actual, out, err, report } = await run([...args, ...HASTY]);
      assertEquals(actual, code, report);
      assertFalse((out + err).includes("hush7"), report);
    });
    assert(server.received.includes("PASS hush7\r\n"), server.received);
    for (const path of await files(home)) {
      if (path.endsWith(".netrc")) continue;
      assertFalse((await Deno.readTextFile(path)).includes("hush7"), path);
    }
  }));

async function files(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await files(path));
    else found.push(path);
  }
  return found;
}
