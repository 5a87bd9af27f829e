/**
 * Verbs of the shell with foreign servers: those of the benchmark, where
 * installed. They differ in how they list files, and what is not there.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { FtpPool } from "../../client/ftp/pool.ts";
import { failureOf } from "../../client/ftp/shell/failure.ts";
import { CHANGE_VERBS } from "../../client/ftp/shell/verbs/change.ts";
import { FOLDER_VERBS } from "../../client/ftp/shell/verbs/folders.ts";
import { LISTING_VERBS } from "../../client/ftp/shell/verbs/listing.ts";
import { SHOW_VERBS } from "../../client/ftp/shell/verbs/show.ts";
import { TREE_VERBS } from "../../client/ftp/shell/verbs/tree.ts";
import { parseFtpUrl } from "../../client/ftp/url.ts";
import { type Candidate, findServers, isFound } from "../bench/servers.ts";
import {
  printedText,
  type ShellStage,
  withShell,
} from "../core/shell_harness.ts";
import { withServer } from "./foreign_server.ts";
import { withFolder } from "./helpers.ts";

const VERBS = [
  ...LISTING_VERBS,
  ...TREE_VERBS,
  ...FOLDER_VERBS,
  ...SHOW_VERBS,
  ...CHANGE_VERBS,
];

/** Runs `action` with a shell whose server serves `served`. */
async function play(
  server: Candidate,
  action: (stage: ShellStage) => Promise<void>,
): Promise<void> {
  await withFolder(async (served) => {
    await Deno.chmod(served, 0o755);
    await makeTree(`${served}/pub`);
    await withServer(
      server,
      served,
      (port) =>
        withShell({ connected: false, json: true }, async (stage) => {
          const url = parseFtpUrl(`ftp://127.0.0.1:${port}`);
          const { hostname } = url;
          const options = { hostname, port, connections: 2 };
          await using pool = await FtpPool.connect(options);
          stage.shell.state.site = {
            url,
            pool,
            tls: { control: null, data: null },
          };
          await action(stage);
        }),
    );
  });
}

async function makeTree(folder: string): Promise<void> {
  for (const path of ["", "/empty", "/same"]) {
    await Deno.mkdir(folder + path);
    await Deno.chmod(folder + path, 0o777);
  }
  for (const path of ["/a b.txt", "/ü.txt", "/same/same"]) {
    await Deno.writeTextFile(folder + path, "hello");
    await Deno.chmod(folder + path, 0o666);
  }
}

async function paths(
  stage: ShellStage,
  verb: string,
  ...args: string[]
): Promise<unknown[]> {
  stage.said.out = "";
  await stage.run(VERBS, verb, args);
  return stage.records().map(({ path }) => path).sort();
}

for (const server of await findServers()) {
  if (!["vsftpd", "ProFTPD", "pyftpdlib"].includes(server.name)) continue;
  const missing = isFound(server) ? "" : ` (skipped: ${server.reason})`;
  Deno.test({
    name:
      `The shell and ${server.name}: lists, shows, moves, removes${missing}`,
    ignore: missing !== "",
    fn: () => play(server as Candidate, visit),
  });
}

async function visit(stage: ShellStage): Promise<void> {
  const run = (verb: string, ...args: string[]) => stage.run(VERBS, verb, args);
  const all = ["pub/a b.txt", "pub/empty", "pub/same", "pub/ü.txt"];
  assertEquals(await paths(stage, "ls", "pub"), all);
  assertEquals(await paths(stage, "ls", "pub/empty"), []);
  assertEquals(await paths(stage, "ls", "pub/same"), ["pub/same/same"]);
  assertEquals(await paths(stage, "ls", "pub/a b.txt"), ["pub/a b.txt"]);
  assertEquals(await paths(stage, "ls", "p*/*.txt"), [all[0], all[3]]);
  assertEquals(
    await paths(stage, "find", "pub"),
    [...all, "pub/same/same"].sort(),
  );
  for (const [verb, ...args] of [["ls"], ["cd"], ["cat"], ["rm"], ["du"]]) {
    for (const path of ["nope", "nope/x"]) {
      const error = await assertRejects(() => run(verb!, ...args, path));
      assertEquals(failureOf(error).kind, "missing", `${verb} ${path}`);
    }
  }
  await run("cd", "pub");
  await run("cat", "a b.txt");
  assertEquals(printedText(stage.machine), "hello");
  await run("mv", "a b.txt", "same/");
  await run("rm", "-r", "same");
  await run("mdelete", "*.txt");
  assertEquals(await paths(stage, "ls"), ["empty"]);
}
