import { assertEquals, assertRejects } from "@std/assert";
import { runLine } from "../../client/ftp/shell/run_line.ts";
import { UsageError } from "../../lib/cli.ts";
import { withShell } from "./shell_harness.ts";

const GOING = new AbortController().signal;

Deno.test("runLine() gives the failures that it goes on after as records, too", () =>
  withShell({ json: true, settings: { "keep-going": true } }, async (stage) => {
    await runLine(stage.shell, "set nothing 1; echo on", GOING);
    const message = 'there is no setting "nothing" (set lists them)';
    assertEquals(stage.records(), [
      { error: { kind: "usage", message } },
      { text: "on" },
    ]);
    assertEquals(stage.shell.state.failures.length, 1);
  }));

Deno.test("runLine() does not run what is behind a failure", () =>
  withShell({}, async (stage) => {
    await assertRejects(
      () => runLine(stage.shell, "set nothing 1; echo no", GOING),
      UsageError,
    );
    assertEquals(stage.said.out, "");
  }));
