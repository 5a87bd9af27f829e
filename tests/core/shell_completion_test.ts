import { assertEquals } from "@std/assert";
import { shellCompleter } from "../../client/ftp/shell/completion.ts";
import type { Candidate } from "../../lib/terminal/mod.ts";
import { HOME, type ShellStage, withShell } from "./shell_harness.ts";

const GOING = new AbortController().signal;

const REMOTE = {
  "/alpha.txt": "x",
  "/album/one": "x",
  "/a b": "x",
  "/.hidden": "x",
  "/what's new": "x",
};

/** Completes `line` at its end. */
async function complete(
  { shell }: ShellStage,
  line: string,
): Promise<{ from: number; candidates: readonly Candidate[] } | null> {
  return await shellCompleter(shell)(line, line.length, GOING);
}

async function values(stage: ShellStage, line: string): Promise<string[]> {
  const found = await complete(stage, line);
  return found?.candidates.map(({ value }) => value) ?? [];
}

Deno.test("shellCompleter() completes verbs and aliases", async () => {
  await withShell({ connected: false }, async (stage) => {
    stage.shell.state.aliases.set("unx", "ls");
    assertEquals(await values(stage, "un"), ["unalias", "unx"]);
    assertEquals(await values(stage, "pwd; umas"), ["umask"]);
    assertEquals(await values(stage, "queue umas"), ["umask"]);
    assertEquals(await values(stage, "help umas"), ["umask"]);
    assertEquals((await complete(stage, "pwd; umas"))?.from, 5);
  });
});

Deno.test("shellCompleter() completes names on the server, quoted where needed", async () => {
  await withShell({ remote: REMOTE }, async (stage) => {
    const { candidates, from } = (await complete(stage, "open; get a"))!;
    assertEquals(from, 10);
    assertEquals(candidates, [
      { value: "'a b'", label: "a b", suffix: " " },
      { value: "album/", label: "album/", suffix: "" },
      { value: "alpha.txt", label: "alpha.txt", suffix: " " },
    ]);
    assertEquals(await values(stage, "get 'a b"), ["'a b'"]);
    assertEquals(await values(stage, "get wh"), [`"what's new"`]);
    assertEquals(await values(stage, "get ."), [".hidden"]);
    assertEquals(await values(stage, "get album/"), ["album/one"]);
    assertEquals(await values(stage, "get /al"), ["/album/", "/alpha.txt"]);
    assertEquals(await values(stage, "cd a"), ["album/"]);
  });
});

Deno.test("shellCompleter() completes behind an alias as behind its verb", async () => {
  await withShell({ remote: REMOTE }, async (stage) => {
    stage.shell.state.aliases.set("go", "cd");
    assertEquals(await values(stage, "go al"), ["album/"]);
    stage.shell.state.aliases.set("loop", "loop");
    assertEquals(await values(stage, "loop al"), []);
  });
});

Deno.test("shellCompleter() completes local names, also behind >", async () => {
  await withShell({ local: { "here.txt": "x" } }, async (stage) => {
    stage.disk.folders.add(`${HOME}/hall`);
    assertEquals(await values(stage, "put h"), ["hall/", "here.txt"]);
    assertEquals(await values(stage, "echo x > he"), ["here.txt"]);
    assertEquals(await values(stage, "lmkdir h"), ["hall/"]);
  });
});

Deno.test("shellCompleter() completes settings, their values, options and bookmarks", async () => {
  await withShell({ env: { HOME } }, async (stage) => {
    const file = `${HOME}/.config/wharf/ftp_bookmarks`;
    stage.machine.texts.set(file, "nas ftp://nas/\nnet ftp://net/\n");
    assertEquals(await values(stage, "set li"), ["limit-rate"]);
    assertEquals(await values(stage, "set mode "), ["active", "passive"]);
    assertEquals(await values(stage, "set keep-going "), ["off", "on"]);
    assertEquals(await values(stage, "open n"), ["nas", "net"]);
    assertEquals(await values(stage, "open --u"), ["--user"]);
  });
});

Deno.test("shellCompleter() finds nothing where there is nothing", async () => {
  await withShell({ connected: false }, async (stage) => {
    for (const line of ["get a", "nonsense a", "# a", "!ls a", "echo "]) {
      assertEquals(await values(stage, line), [], line);
    }
  });
});

Deno.test("shellCompleter() asks the server once in some seconds", async () => {
  await withShell({ remote: REMOTE }, async (stage) => {
    const completer = shellCompleter(stage.shell);
    const listings = () =>
      stage.server.commands.filter((line) => line.startsWith("MLSD")).length;
    for (const line of ["get a", "get al", "cd w"]) {
      await completer(line, line.length, GOING);
    }
    assertEquals(listings(), 1);
    await stage.clock.advance(10_000);
    await completer("get a", 5, GOING);
    assertEquals(listings(), 2);
  });
});

Deno.test("shellCompleter() waits three seconds for the server, no more", async () => {
  await withShell({ remote: REMOTE }, async (stage) => {
    const { pool } = stage.shell.state.site!;
    const busy = Promise.withResolvers<void>();
    const held = pool.run(() => busy.promise);
    const completing = values(stage, "get a");
    await stage.clock.advance(3_000);
    assertEquals(await completing, []);
    busy.resolve();
    await held;
  });
});

Deno.test("shellCompleter() leaves out names that no terminal should see", async () => {
  await withShell({ connected: false }, async (stage) => {
    for (const name of ["bad\x1b[2J", "good"]) {
      stage.disk.files.set(`${HOME}/${name}`, "");
    }
    assertEquals(await values(stage, "put "), ["good"]);
  });
});
