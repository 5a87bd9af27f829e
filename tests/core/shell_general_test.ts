import { assert, assertEquals, assertRejects } from "@std/assert";
import { VERBS } from "../../client/ftp/shell/verbs.ts";
import { LocalError } from "../../client/ftp/errors.ts";
import { failureOf, ShellError } from "../../client/ftp/shell/failure.ts";
import { runLine } from "../../client/ftp/shell/run_line.ts";
import { UsageError } from "../../lib/cli.ts";
import { HOME, type ShellStage, withShell } from "./shell_harness.ts";
import { fakeTerminal } from "./terminal_harness.ts";

const GOING = new AbortController().signal;

async function run({ shell }: ShellStage, ...lines: string[]): Promise<void> {
  for (const line of lines) await runLine(shell, line, GOING);
}

Deno.test("help names every verb, in 80 columns", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "help");
    const words = new Set(stage.said.out.split(/\s+/));
    for (const { names: [name] } of VERBS) assert(words.has(name), name);
    assert(stage.said.out.split("\n").every((line) => line.length <= 80));
  });
});

Deno.test("help VERB tells about it, about an alias, and about nonsense", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "help sleep", "alias z sleep 1", "? z");
    assert(stage.said.out.includes("SECONDS"), stage.said.out);
    assert(stage.said.out.endsWith("z is an alias for: sleep 1\n"));
    await assertRejects(() => run(stage, "help nonsense"), UsageError);
  });
});

Deno.test("--help is a file's name behind --", async () => {
  await withShell({ remote: { "/--help": "1" } }, async (stage) => {
    await run(stage, "get --help --", "get -- --help");
    assert(stage.said.out.includes("fetch a file"), stage.said.out);
    assertEquals(stage.disk.files.get(`${HOME}/--help`), "1");
    await assertRejects(() => run(stage, "get -- -- --help x"), UsageError);
  });
});

Deno.test("every verb has a page of help, in 80 columns", async () => {
  await withShell({}, async (stage) => {
    for (const { names: [name] } of VERBS) await run(stage, `help ${name}`);
    const long = stage.said.out.split("\n").filter((line) => line.length > 80);
    assertEquals(long, []);
  });
});

Deno.test("history shows the last lines", async () => {
  await withShell({}, async (stage) => {
    stage.shell.state.typed = () => ["ls", "cd a\x1b", "pwd"];
    await run(stage, "history 2", "history 9");
    assertEquals(
      stage.said.out,
      "    2  cd a\\x1b\n    3  pwd\n    1  ls\n    2  cd a\\x1b\n    3  pwd\n",
    );
    await assertRejects(() => run(stage, "history x"), UsageError);
  });
});

Deno.test("echo says its words, also into a file", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "echo a   'b  c' -n", "echo d > out", "echo e >> out");
    assertEquals(stage.said.out, "a b  c -n\n");
    assertEquals(stage.machine.texts.get(`${HOME}/out`), "d\ne\n");
  });
});

Deno.test("! runs a program and fails as it does", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "!ls -l | wc; echo 'x y'");
    assertEquals(stage.machine.ran, ["ls -l | wc; echo 'x y'"]);
    stage.machine.run = () => Promise.resolve(3);
    await assertRejects(() => run(stage, "!x"), ShellError, "exit code 3");
    await assertRejects(() => run(stage, "!"), UsageError);
  });
});

Deno.test("! says what to do when programs may not be run", async () => {
  await withShell({}, async (stage) => {
    const refusal = Object.assign(
      new Error('Requires run access to "/bin/sh", run again with the flag'),
      { name: "NotCapable" },
    );
    stage.machine.run = () => Promise.reject(refusal);
    const error = await assertRejects(() => run(stage, "!ls"), ShellError);
    const { kind, message } = failureOf(error);
    assertEquals(kind, "permission");
    assert(message.endsWith("(lls, lcd and lmkdir are built in)"), message);
  });
});

Deno.test("lmkdir makes a folder, or says why not", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "lmkdir 'a b'");
    assert(stage.disk.folders.has(`${HOME}/a b`));
    stage.disk.makeDirectory = () => Promise.reject(new Error("disk full"));
    await assertRejects(() => run(stage, "lmkdir c"), LocalError, "disk full");
  });
});

Deno.test("sleep waits as long as it is told, and no longer than a signal", async () => {
  await withShell({}, async (stage) => {
    let done = false;
    const slept = run(stage, "sleep 2m").then(() => done = true);
    await stage.clock.advance(119_999);
    assertEquals(done, false);
    await stage.clock.advance(1);
    await slept;
    const stop = new AbortController();
    const asleep = runLine(stage.shell, "sleep 1", stop.signal);
    stop.abort(new Error("enough"));
    await assertRejects(() => asleep, Error, "enough");
    await assertRejects(() => run(stage, "sleep 25h"), UsageError);
  });
});

Deno.test("status says where one is and what is not as usual", async () => {
  await withShell({ remote: { "/pub/x": "" } }, async (stage) => {
    await stage.shell.state.site!.pool.changeDirectory("/pub");
    await run(stage, "set retries 9", "status");
    const { out } = stage.said;
    assert(/^Connected to ftp:\/\/anonymous@\S+ \(1 of 1 conn/.test(out), out);
    assert(out.includes("\nFolder there: /pub\n"), out);
    assert(out.includes(`\nFolder here:  ${HOME}\nset retries 9\n`), out);
  });
});

Deno.test("status gives one record with --json", async () => {
  await withShell({ json: true, connected: false }, async (stage) => {
    await run(stage, "status");
    assertEquals(stage.records(), [{
      url: null,
      tls: null,
      folder: null,
      localFolder: HOME,
      connections: 0,
      limit: 0,
      settings: {},
      jobs: 0,
    }]);
  });
});

Deno.test("version names the tool", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "version");
    assert(stage.said.out.startsWith("ftp "), stage.said.out);
  });
});

Deno.test("exit warns once of what runs, and ends then", async () => {
  const { terminal } = fakeTerminal();
  await withShell({ terminal }, async (stage) => {
    const { state } = stage.shell;
    await run(stage, "queue sleep 1", "bye");
    assertEquals(state.ended, false);
    assert(stage.said.err.includes("1 job runs in the background; bye again"));
    await run(stage, "queue sleep 1", "quit");
    assertEquals(state.ended, false, "a new job is news");
    await run(stage, "exit");
    assertEquals(state.ended, true);
  });
});

Deno.test("queue runs one after the other, jobs shows how they are", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "queue sleep 1", "queue echo 'a b'; queue set nothing 1");
    await stage.clock.advance(0);
    await run(stage, "jobs");
    assertEquals(
      stage.said.out,
      "[1] running  sleep 1\n[2] waiting  echo 'a b'\n" +
        "[3] waiting  set nothing 1\n",
    );
    stage.said.out = "";
    const waited = assertRejects(
      () => run(stage, "wait"),
      ShellError,
      "job 3 failed",
    );
    await stage.clock.advance(1000);
    const error = await waited;
    assert(error.told);
    assertEquals(error.kind, "usage");
    assertEquals(stage.said.out, "a b\n");
    assert(stage.said.err.includes("ftp: [3] failed: set nothing 1"));
  });
});

Deno.test("kill ends a job, waiting ones too", async () => {
  await withShell({ json: true }, async (stage) => {
    await run(stage, "queue sleep 1", "queue sleep 2", "kill 1", "kill all");
    await run(stage, "jobs", "wait", "wait 1");
    const states = stage.records().map(({ job, state }) => [job, state]);
    assertEquals(states, [[1, "stopped"], [2, "stopped"]]);
    await assertRejects(() => run(stage, "kill 3"), UsageError, "no job");
  });
});

Deno.test("wait ends with the signal, the job does not", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "sleep 1 &");
    const stop = new AbortController();
    const waiting = runLine(stage.shell, "wait 1", stop.signal);
    stop.abort(new Error("enough"));
    await assertRejects(() => waiting, Error, "enough");
    assertEquals(stage.shell.state.jobs.open.length, 1);
  });
});
