import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { MIRROR_VERBS } from "../../client/ftp/shell/verbs/mirror.ts";
import { UsageError } from "../../lib/cli.ts";
import { contentOf } from "./ftp_harness.ts";
import { Peer } from "./client_peer.ts";
import { HOME, type ShellStage, withShell } from "./shell_harness.ts";
import { fakeTerminal } from "./terminal_harness.ts";

/** Runs the verb with words. */
async function mirror(stage: ShellStage, line: string): Promise<void> {
  await stage.run(MIRROR_VERBS, "mirror", line.split(" "));
}

const REMOTE = { "/pub/a": "1", "/pub/sub/b": "22" };
const LOCAL = { "pub/old": "x" };

Deno.test("mirror fetches a folder and says how that went", () =>
  withShell({ remote: REMOTE, local: LOCAL }, async (stage) => {
    stage.disk.folders.add(`${HOME}/pub`);
    await mirror(stage, "pub");
    const { files } = stage.disk;
    assertEquals(files.get(`${HOME}/pub/a`), "1");
    assertEquals(files.get(`${HOME}/pub/sub/b`), "22");
    assertEquals(files.get(`${HOME}/pub/old`), "x");
    assertEquals(stage.said.out, "");
    assertMatch(stage.said.err, /^sub\/b: 2 B in 0:00$/m);
    assertMatch(
      stage.said.err,
      /^2 added, 0 updated, 0 deleted, 1 skipped; 3 B in 0:00$/m,
    );
  }));

Deno.test("mirror --dry-run tells the plan and does nothing", async () => {
  const options = { remote: REMOTE, local: LOCAL };
  await withShell(options, async (stage) => {
    stage.disk.folders.add(`${HOME}/pub`);
    await mirror(stage, "-n --delete pub");
    assertEquals(stage.disk.files.size, 1);
    assertEquals(
      stage.said.out,
      "add          1 B  a\n" +
        "delete       1 B  old  (not in the source)\n" +
        "folder            sub/\n" +
        "add          2 B  sub/b\n" +
        "Dry run, nothing was done: 2 to add, 0 to update, 1 to delete, " +
        "0 to skip; 3 B to move\n",
    );
  });
  await withShell({ ...options, json: true }, async (stage) => {
    stage.disk.folders.add(`${HOME}/pub`);
    await mirror(stage, "-n pub");
    const [first, ...others] = stage.records();
    assertEquals(first, {
      action: "add",
      path: "a",
      type: "file",
      size: 1,
      modified: "2026-06-15T12:00:00.000Z",
      reason: "not there",
    });
    assertEquals(others.at(-1), {
      summary: {
        added: 2,
        updated: 0,
        deleted: 0,
        skipped: 1,
        folders: 1,
        failed: 0,
        bytes: 3,
        seconds: 0,
        dryRun: true,
      },
    });
  });
});

Deno.test("mirror --delete removes what the source lacks, include and exclude choose", () =>
  withShell({ remote: REMOTE, local: LOCAL, json: true }, async (stage) => {
    stage.disk.folders.add(`${HOME}/pub`);
    await mirror(stage, "--delete --exclude sub/ pub");
    assertEquals([...stage.disk.files.keys()], [`${HOME}/pub/a`]);
    const actions = stage.records().map(({ action, path }) => [action, path]);
    assertEquals(actions.slice(0, -1), [
      ["skip", "sub"],
      ["add", "a"],
      ["delete", "old"],
    ]);
  }));

Deno.test("mirror of an unchanged folder moves nothing", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    await mirror(stage, "pub");
    stage.said.err = "";
    await mirror(stage, "pub");
    assertMatch(stage.said.err, /^0 added, .* 2 skipped; 0 B in 0:00$/m);
    assertEquals(stage.server.count("RETR"), 2);
  }));

Deno.test("mirror -R sends a folder", () =>
  withShell({ local: { "site/a": "1", "site/b": "2" } }, async (stage) => {
    stage.disk.folders.add(`${HOME}/site`);
    await mirror(stage, "-R site");
    await mirror(stage, "-R site www");
    assertEquals(await contentOf(stage.fs, "/site/a"), "1");
    assertEquals(await contentOf(stage.fs, "/www/b"), "2");
  }));

Deno.test("mirror on the command line goes where the URL stands", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    const run = (args: string[], remoteArgument: number) =>
      stage.run(MIRROR_VERBS, "mirror", args, {
        isOneShot: true,
        remoteArgument,
      });
    await run(["pub", "here"], 0);
    stage.disk.folders.add(`${HOME}/here`);
    await run(["here", "there"], 1);
    assertEquals(await contentOf(stage.fs, "/there/sub/b"), "22");
    await assertRejects(() => run(["-R", "a", "b"], 0), UsageError);
  }));

Deno.test("mirror needs a name for its target, and leave to replace", () =>
  withShell({ remote: REMOTE, settings: { clobber: "off" } }, async (stage) => {
    await assertRejects(() => mirror(stage, "pub"), UsageError, "clobber");
    stage.shell.state.settings.clobber = "on";
    await assertRejects(() => mirror(stage, "pub/.."), UsageError, "name");
    await assertRejects(() => mirror(stage, "-R .."), UsageError, "name");
    await assertRejects(() => mirror(stage, "a\\b"), ShellError, "under its");
    assertEquals(stage.disk.files.size, 0);
  }));

Deno.test("mirror never leaves its folder, and reports names that would", () =>
  withShell({
    json: true,
    peer: new Peer({
      FEAT: "211-Features:\r\n MLST type*;size*;\r\n211 End",
      MLST: (path) => `250-Here\r\n type=dir; ${path}\r\n250 End`,
      MLSD: (_, peer) =>
        peer.sends(
          "type=file;size=1; ../../etc/passwd\r\n" +
            "type=file;size=1; ..\r\ntype=file;size=1; a\\b\r\n",
        ),
    }),
  }, async (stage) => {
    await mirror(stage, "/pub");
    assertEquals(stage.disk.files.size, 0);
    const reasons = stage.records().flatMap(({ reason }) => reason ?? []);
    assertEquals(
      reasons.filter((reason) => reason === "name could leave the folder")
        .length,
      3,
    );
  }));

Deno.test("mirror goes on after a failure, and ends with its kind", () =>
  withShell({
    remote: REMOTE,
    json: true,
    wrap: (fs) => ({
      ...fs,
      read: (path, offset) =>
        fs.read(path === "/pub/a" ? "/pub/none" : path, offset),
    }),
  }, async (stage) => {
    const error = await assertRejects(() => mirror(stage, "pub"), ShellError);
    assertEquals([error.kind, error.told], ["missing", true]);
    assertEquals(stage.disk.files.get(`${HOME}/pub/sub/b`), "22");
    const failed = stage.records().find(({ error }) => error !== undefined);
    assertEquals(failed?.path, "a");
    assertMatch(stage.said.err, /^ftp: .*a: the server said 550/m);
  }));

Deno.test("mirror tells a failure above the bars, before the next file moves", async () => {
  const { terminal: screen, screen: { rows } } = fakeTerminal({ columns: 80 });
  let seen: readonly string[] = [];
  await withShell({
    remote: { "/pub/a": "1", "/pub/b": "2", "/pub/c": "3", "/pub/d": "4" },
    screen,
    wrap: (fs) => ({
      ...fs,
      read: (path, offset) => {
        if (path === "/pub/d") seen = rows();
        return fs.read(path === "/pub/a" ? "/pub/none" : path, offset);
      },
    }),
  }, async (stage) => {
    await assertRejects(() => mirror(stage, "pub"), ShellError, "1 failure");
    assertMatch(seen.join("\n"), /^ftp: .*a: the server said 550/m);
    assertEquals(stage.said.err.includes("550"), false, "once");
  });
});

Deno.test("mirror of nothing is a failure", () =>
  withShell({}, async (stage) => {
    await assertRejects(() => mirror(stage, "none"));
    await assertRejects(() => mirror(stage, "-R none"));
    assertEquals(stage.server.count("STOR"), 0);
  }));
