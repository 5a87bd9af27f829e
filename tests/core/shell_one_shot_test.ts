import { assert, assertEquals, assertRejects } from "@std/assert";
import { oneShotVerb } from "../../client/ftp/shell/dispatch.ts";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { runOneShot } from "../../client/ftp/shell/one_shot.ts";
import { verbTool } from "../../client/ftp/shell/options.ts";
import { VERBS } from "../../client/ftp/shell/verbs.ts";
import { parseOptions } from "../../lib/cli.ts";
import { HOME, type ShellStage, withShell } from "./shell_harness.ts";
import { here } from "./shell_transfer_words.ts";

/** Does what stands on the command line behind `ftp`. */
async function ftp({ shell }: ShellStage, line: string): Promise<void> {
  const { verb, args } = oneShotVerb(VERBS, line.split(" "))!;
  const parsed = parseOptions(verbTool(verb), args);
  await runOneShot(shell, verb, {
    options: parsed.options,
    args: parsed.positionals,
    given: parsed.given,
    signal: new AbortController().signal,
  });
}

const [HERE, BOB] = ["ftp://192.0.2.1", "ftp://bob:x@192.0.2.1"];

Deno.test("runOneShot() tells of every server that failed", () =>
  withShell({ remote: { "/a": "1" }, connected: false }, async (stage) => {
    const line = `get ${BOB}/a ${HERE}/a ${BOB}/b`;
    const error = await assertRejects(() => ftp(stage, line), ShellError);
    assert(error.told);
    assertEquals(error.kind, "login");
    assertEquals(stage.said.err.match(/^ftp: PASS/gm)?.length, 2);
    assert(!stage.said.err.includes(":x@"), stage.said.err);
    assertEquals(here(stage), { a: "1" });
  }));

Deno.test("runOneShot() throws what the only server said", () =>
  withShell({ connected: false }, async (stage) => {
    await assertRejects(() => ftp(stage, `ls ${BOB}/`), Error, "PASS");
    assertEquals(stage.said.err, "");
  }));

Deno.test("get does not replace what it has just fetched from another server", () =>
  withShell({
    remote: { "/a": "1", "/b/a": "2" },
    connected: false,
  }, async (stage) => {
    const other = "ftp://alice:secret@192.0.2.1";
    for (const place of ["", "-o c "]) {
      stage.disk.files.clear();
      const line = `get ${place}${HERE}/a ${other}/b/a`;
      const { kind } = await assertRejects(() => ftp(stage, line), ShellError);
      assertEquals(kind, "local");
      assertEquals([...stage.disk.files.values()], ["1"], place);
    }
    assert(stage.disk.files.has(`${HOME}/c`));
  }));
