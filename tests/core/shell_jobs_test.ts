import { assert, assertEquals, assertRejects } from "@std/assert";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { runLine } from "../../client/ftp/shell/run_line.ts";
import { runScript } from "../../client/ftp/shell/script.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { type ShellStage, withShell } from "./shell_harness.ts";

const GOING = new AbortController().signal;
const OTHER = "ftp://alice:secret@192.0.2.1/";

async function type({ shell }: ShellStage, ...lines: string[]): Promise<void> {
  for (const line of lines) await runLine(shell, line, GOING);
}

/** Alice sees other files than all others. */
function twoAccounts() {
  const [all, hers] = [memoryFileSystem(), memoryFileSystem()];
  const account = { write: true, password: null };
  const authenticate = listedAccounts([
    { ...account, name: "anonymous", fs: all },
    { ...account, name: "alice", password: "secret", fs: hers },
  ]);
  return { all, hers, policy: { authenticate } };
}

for (const line of [`open ${OTHER}`, "user alice secret", "close"]) {
  Deno.test(`a job keeps its server behind ${line.split(" ")[0]}, until it ends`, async () => {
    const { all, hers, policy } = twoAccounts();
    await withShell({ policy }, async (stage) => {
      const { state } = stage.shell;
      const { pool } = state.site!;
      await type(stage, "queue sleep 1", "queue queue mkdir made", line);
      assert(stage.said.err.includes("2 jobs keep the connection"));
      assertEquals(pool.connections, 1);
      await type(stage, "kill 1", "wait 2", "wait");
      assertEquals((await all.stat("/made")).type, "directory");
      await assertRejects(() => hers.stat("/made"));
      await state.jobs.close();
      assertEquals(pool.connections, 0);
      assertEquals(state.site?.pool.connections ?? 0, line === "close" ? 0 : 1);
    });
  });
}

Deno.test("connections that no job needs end at once", () =>
  withShell({}, async (stage) => {
    const { pool } = stage.shell.state.site!;
    await type(stage, "queue echo", "wait", "close");
    assertEquals(pool.connections, 0);
    assert(!stage.said.err.includes("keep"), stage.said.err);
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
