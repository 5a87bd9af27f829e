import { assert, assertEquals, assertRejects } from "@std/assert";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { runLine } from "../../client/ftp/shell/run_line.ts";
import { runScript } from "../../client/ftp/shell/script.ts";
import { type ShellStage, withShell } from "./shell_harness.ts";

const GOING = new AbortController().signal;
const OTHER = "ftp://alice:secret@192.0.2.1/";

async function type({ shell }: ShellStage, ...lines: string[]): Promise<void> {
  for (const line of lines) await runLine(shell, line, GOING);
}

Deno.test("a job does nothing on a server that was opened after it", () =>
  withShell({ remote: { "/a": "1" } }, async (stage) => {
    await type(stage, "queue sleep 1", "queue mkdir made", `open ${OTHER}`);
    await type(stage, "kill 1");
    await assertRejects(() => type(stage, "wait 2"), ShellError);
    assertEquals(stage.server.count("MKD"), 0);
    await type(stage, "mkdir here");
    assertEquals(stage.server.count("MKD"), 1);
  }));

Deno.test("a job cannot change whose connections the shell has", () =>
  withShell({}, async (stage) => {
    const { site } = stage.shell.state;
    const words = [`open ${OTHER}`, "connect 192.0.2.1", "user alice", "close"];
    for (const [at, line] of words.entries()) {
      await type(stage, `queue ${line}`);
      await assertRejects(() => type(stage, `wait ${at + 1}`), ShellError);
      assertEquals(stage.shell.state.site, site, line);
    }
    stage.shell.state.jobs.tellNews();
    assert(!stage.said.err.includes("secret"), stage.said.err);
  }));

Deno.test("jobs are listed without passwords", () =>
  withShell({}, async (stage) => {
    await type(stage, `echo ${OTHER} &`, `queue echo ${OTHER}`, "wait", "jobs");
    const told = stage.said.out + stage.said.err;
    assert(told.includes("ftp://alice:****@192.0.2.1/"), told);
    const answers = told.split("\n").filter((line) => !line.startsWith("["));
    assertEquals(answers.filter((line) => line.includes("secret")), [
      OTHER,
      OTHER,
    ]);
  }));

Deno.test("runScript() does not forget a failure behind a hundred jobs", () =>
  withShell({}, async (stage) => {
    const many = Array.from({ length: 150 }, () => "queue echo");
    const lines = ["queue set nothing 1", "wait all || echo", ...many];
    const error = await assertRejects(
      () => runScript(stage.shell, lines, "job.ftp", GOING),
      ShellError,
    );
    assertEquals(error.kind, "usage");
  }));
