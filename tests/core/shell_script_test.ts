import { assert, assertEquals, assertRejects } from "@std/assert";
import { LocalError } from "../../client/ftp/errors.ts";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import {
  goesOn,
  runScript,
  scriptLines,
  scriptOf,
} from "../../client/ftp/shell/script.ts";
import { UsageError } from "../../lib/cli.ts";
import { HOME, type ShellStage, withShell } from "./shell_harness.ts";

const GOING = new AbortController().signal;

async function run(
  { shell }: ShellStage,
  text: string,
  signal: AbortSignal = GOING,
): Promise<void> {
  await runScript(shell, text.split("\n"), "job.ftp", signal);
}

Deno.test("scriptLines() joins lines at a backslash, unless it is quoted", async () => {
  const lines = [
    "\ufeffecho a \\",
    "  b\r",
    "",
    "echo 'c\\",
    "echo d\\\\",
    "e\\",
  ];
  const found = await Array.fromAsync(scriptLines(lines, GOING));
  assertEquals(found, [
    { number: 1, text: "echo a   b" },
    { number: 3, text: "" },
    { number: 4, text: "echo 'c\\" },
    { number: 5, text: "echo d\\\\" },
    { number: 6, text: "e" },
  ]);
});

Deno.test("scriptLines() refuses a line without end", async () => {
  function* endless(): Generator<string> {
    for (;;) yield `${"a".repeat(10_000)}\\`;
  }
  await assertRejects(
    () => Array.fromAsync(scriptLines(endless(), GOING)),
    UsageError,
    "The line that begins at 1 is longer",
  );
});

Deno.test("goesOn() is false behind a comment", () => {
  assertEquals(["a\\", "# a\\", "a \\ ", "\\"].map(goesOn), [
    true,
    false,
    false,
    true,
  ]);
});

Deno.test("runScript() runs all lines but comments", async () => {
  await withShell({ remote: {} }, async (stage) => {
    await run(stage, "# first\n\necho a # b\necho 'c # d'; echo e");
    assertEquals(stage.said, { out: "a\nc # d\ne\n", err: "" });
  });
});

Deno.test("runScript() stops at the first failure and tells its line", async () => {
  await withShell({ remote: {} }, async (stage) => {
    const error = await assertRejects(
      () => run(stage, "echo a\n\nset nothing 1\necho b"),
      ShellError,
    );
    assert(error.told);
    assertEquals(error.kind, "usage");
    assertEquals(stage.said, {
      out: "a\n",
      err: 'ftp: job.ftp:3: there is no setting "nothing" (set lists them)\n',
    });
  });
});

Deno.test("runScript() goes on with keep-going, and fails as the first", async () => {
  const settings = { "keep-going": true };
  await withShell({ settings }, async (stage) => {
    const error = await assertRejects(
      () => run(stage, "set nothing 1\necho a\nwait 9\necho b"),
      ShellError,
    );
    assert(error.told);
    assertEquals(error.kind, "usage");
    assertEquals(stage.said.out, "a\nb\n");
    assertEquals(stage.said.err.match(/^ftp: job\.ftp:\d+/gm), [
      "ftp: job.ftp:1",
      "ftp: job.ftp:3",
    ]);
    assertEquals(stage.shell.state.failures.length, 2);
  });
});

Deno.test("runScript() gives failures as records with --json", async () => {
  await withShell({ json: true }, async (stage) => {
    await assertRejects(() => run(stage, "set nothing 1"), ShellError);
    const message = 'job.ftp:1: there is no setting "nothing" (set lists them)';
    assertEquals(stage.records(), [{ error: { kind: "usage", message } }]);
  });
});

Deno.test("runScript() waits for the background; its failures count", async () => {
  await withShell({}, async (stage) => {
    const error = await assertRejects(
      () => run(stage, "queue set nothing 1\nqueue echo done\necho first"),
      ShellError,
    );
    assert(error.told);
    assertEquals(error.kind, "usage");
    assertEquals(stage.said.out.split("\n").sort(), ["", "done", "first"]);
    assertEquals(stage.shell.state.jobs.open, []);
    const failure = "ftp: [1] failed: set nothing 1: there is no setting";
    assert(stage.said.err.includes(failure), stage.said.err);
  });
});

Deno.test("runScript() ends at exit", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "echo a\nexit\necho b");
    assertEquals(stage.said.out, "a\n");
    assert(stage.shell.state.ended);
  });
});

Deno.test("runScript() ends at the signal while no line comes", async () => {
  await withShell({}, async ({ shell }) => {
    const never: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    const stop = new AbortController();
    const running = runScript(shell, never, "standard input", stop.signal);
    stop.abort(new Error("enough"));
    await assertRejects(() => running, Error, "enough");
  });
});

Deno.test("scriptOf() finds the text, the file or the standard input", async () => {
  await withShell({ input: "pwd\nls\n" }, async ({ shell, machine }) => {
    machine.texts.set("a.ftp", "cd pub\nls");
    const all = [{ command: "ls; pwd" }, { file: "a.ftp" }, {}, { file: "-" }];
    const found = await Promise.all(all.map(async (options) => {
      const { lines, name } = await scriptOf(shell, options);
      return [name, ...await Array.fromAsync(lines)];
    }));
    assertEquals(found, [
      ["command", "ls; pwd"],
      ["a.ftp", "cd pub", "ls"],
      ["standard input", "pwd", "ls"],
      ["standard input", "pwd", "ls"],
    ]);
    await assertRejects(
      () => scriptOf(shell, { file: "none.ftp" }),
      LocalError,
      "Cannot read none.ftp: there is no such file",
    );
  });
});

Deno.test("source runs a script of lcd's folder, which may end the shell", async () => {
  await withShell({}, async (stage) => {
    stage.machine.texts.set(`${HOME}/a.ftp`, "echo a\nexit\necho b\n");
    await run(stage, "source a.ftp\necho c");
    assertEquals(stage.said.out, "a\n");
  });
});

Deno.test("source refuses a script that runs itself", async () => {
  await withShell({}, async (stage) => {
    stage.machine.texts.set(`${HOME}/a.ftp`, "source a.ftp\n");
    await assertRejects(() => run(stage, "source a.ftp"), ShellError);
    assert(stage.said.err.includes("more than 20 scripts"), stage.said.err);
    stage.machine.texts.set(`${HOME}/a.ftp`, "echo well\n");
    await run(stage, "source a.ftp"); // Nothing of it is left.
    assertEquals(stage.said.out, "well\n");
  });
});
