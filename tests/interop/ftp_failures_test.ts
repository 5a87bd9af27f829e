/**
 * How `ftp` says what went wrong, with every server.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { ACCOUNT } from "../client/account_servers.ts";
import { READER, serversTest, type ToolScene } from "./ftp_servers.ts";
import {
  forAll,
  IS_COMPILED,
  recordsOf,
  runFtp,
  URL_PASSWORD,
} from "./ftp_tool.ts";
import { CLOSED_PORT } from "../net/ports.ts";

/** The URL for somebody who may not write into the folder `locked`. */
function refusedUrl({ server, url }: ToolScene): string {
  // Ours runs as the tests do, for whom nothing is forbidden.
  return server === "Wharf ftpd"
    ? url.replace(`//${ACCOUNT.user}:`, `//${READER}:`)
    : url;
}

serversTest("exit codes", async (scene) => {
  const { ftp, url, host, served, local } = scene;
  const locked = `${refusedUrl(scene)}/locked`;
  await Deno.mkdir(join(served, "locked"));
  await Deno.writeTextFile(join(served, "locked", "file"), "");
  await Deno.writeTextFile(join(local, "here"), "here");
  const wrong = `ftp://${ACCOUNT.user}:no${URL_PASSWORD}@${host}/`;
  const cases: [code: number, kind: string, ...args: string[]][] = [
    [5, "login", "ls", wrong],
    [6, "missing", "get", `${url}/none`],
    [6, "missing", "cat", `${url}/none`],
    [6, "missing", "stat", `${url}/none`],
    [6, "missing", "ls", `${url}/none/none`],
    [6, "missing", "rm", `${url}/none`],
    [7, "permission", "rm", `${locked}/file`],
    // vsftpd does not say why: a look at the folder does.
    [7, "permission", "put", "here", `${locked}/`],
    [7, "permission", "mkdir", `${locked}/new`],
    [7, "permission", "mkdir", "-p", `${locked}/new/more`],
    [6, "missing", "mkdir", `${url}/none/new`],
    [1, "failed", "mkdir", `${url}/locked`],
    [2, "usage", "put", "here", `${url}/`, "--nonsense"],
  ];
  await forAll(cases, async ([code, kind, verb, ...rest]) => {
    const ended = await ftp([verb!, "--json", ...rest], { code });
    assertMatch(ended.stderr, /^ftp: .+\n/, ended.report);
    // Before it is known what was meant, nobody has asked for records.
    const kinds = recordsOf(ended).map(({ error }) => error.kind);
    assertEquals(kinds, code === 2 ? [] : [kind], ended.report);
  });
  assertEquals((await Deno.stat(join(served, "locked", "file"))).isFile, true);
});

serversTest("a script stops at the first failure", async (scene) => {
  const { ftp, url, served } = scene;
  const lines = ["cd none", "mkdir made"].join("; ");
  const { stderr } = await ftp(["-c", lines, `${url}/`], { code: 6 });
  assertMatch(stderr, /^ftp: command:1: .*none/m);
  assertEquals(await Array.fromAsync(Deno.readDir(served)), []);
  await ftp(["--keep-going", "-c", "cd none\nmkdir made", `${url}/`], {
    code: 6,
  });
  assertEquals((await Array.fromAsync(Deno.readDir(served))).length, 1);
});

async function inFolder(action: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = await Deno.makeTempDir({ prefix: "wharf-tool-" });
  try {
    await action(cwd);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

const CLOSED = `127.0.0.1:${CLOSED_PORT}`;

Deno.test("ftp tells a refused connection from an unknown host", () =>
  inFolder(async (cwd) => {
    const cases: [code: number, kind: string, where: string, why: string][] = [
      [3, "connect", CLOSED, "connection refused"],
      [4, "name", "nothing.invalid", "there is no such host"],
    ];
    for (const [code, kind, where, why] of cases) {
      const args = ["ls", "--json", "--retries", "0", `ftp://${where}/`];
      const ended = await runFtp(args, { cwd, code });
      const [{ error }] = recordsOf(ended);
      assertEquals(error.kind, kind);
      assertStringIncludes(error.message, why);
      assertStringIncludes(ended.stderr, why);
    }
  }));

const NARROW: [what: string, flags: string[], args: string[], flag: string][] =
  [
    [
      "of another address",
      ["--allow-net=127.0.0.1:1"],
      ["ls", "ftp://127.0.0.1:2/"],
      "--allow-net=127.0.0.1",
    ],
    [
      "of the network",
      ["--allow-read"],
      ["ls", `ftp://${CLOSED}/`],
      "--allow-net",
    ],
    [
      "to read",
      ["--allow-net"],
      ["ls", "--password-file", "secret", `ftp://bob@${CLOSED}/`],
      "--allow-read",
    ],
  ];

for (const [what, flags, args, flag] of NARROW) {
  const skipped = IS_COMPILED ? " (skipped: a binary takes no flags)" : "";
  Deno.test({
    name: `ftp says which flag is missing, ${what}${skipped}`,
    ignore: IS_COMPILED,
    fn: () =>
      inFolder(async (cwd) => {
        const { stderr } = await runFtp(args, { cwd, flags, code: 7 });
        assertStringIncludes(stderr, flag);
        assertEquals(stderr.trim().split("\n").length, 1, stderr);
      }),
  });
}
