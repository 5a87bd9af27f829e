import { assertEquals, assertRejects } from "@std/assert";
import { runLine } from "../../client/ftp/shell/run_line.ts";
import { printedText, withShell } from "./shell_harness.ts";
import { fails, here, run } from "./shell_transfer_words.ts";

Deno.test("mget does not let one file take the name of another", () =>
  withShell({ remote: { "/a/x": "1", "/b/x": "22" } }, async (stage) => {
    const { kind } = await fails(stage, "mget a/x b/x");
    assertEquals(kind, "local");
    assertEquals(here(stage), { x: "1" });
    assertEquals(
      stage.said.err.includes("b/x: a/x needs the same name here"),
      true,
      stage.said.err,
    );
  }));

Deno.test("mget fetches a file once that several patterns match", () =>
  withShell({ remote: { "/a1": "1", "/a2": "2" } }, async (stage) => {
    await run(stage, "mget a* *1");
    assertEquals(here(stage), { a1: "1", a2: "2" });
    assertEquals(stage.server.count("RETR"), 2);
  }));

Deno.test("mget sees names that differ by case where the system does not", () =>
  withShell({ remote: { "/x": "1", "/X": "2" } }, async (stage) => {
    const machine = { ...stage.machine, system: "windows" };
    const shell = { ...stage.shell, machine };
    const { signal } = new AbortController();
    await assertRejects(() => runLine(shell, "mget *", signal));
    assertEquals(here(stage), { X: "2" });
  }));

Deno.test("mget does not mix a file up with what another is called for a while", () =>
  withShell({ remote: { "/x": "1", "/x.part": "22" } }, async (stage) => {
    const { kind } = await fails(stage, "mget *");
    assertEquals(kind, "local");
    assertEquals(here(stage), { x: "1" });
    await run(stage, "get x.part");
    assertEquals(here(stage), { x: "1", "x.part": "22" });
  }));

Deno.test("get prints several files, be their names the same", () =>
  withShell({ remote: { "/a/x": "1", "/b/x": "2" } }, async (stage) => {
    await run(stage, "mget -o - a/x b/x");
    assertEquals(printedText(stage.machine), "12");
  }));

Deno.test("mput does not let one file take the name of another", () => {
  const local = { "a/x": "1", "b/x": "22" };
  return withShell({ local }, async (stage) => {
    const { kind } = await fails(stage, "mput a/x b/x");
    assertEquals(kind, "local");
    assertEquals((await stage.fs.stat("/x"))?.size, 1);
    assertEquals(stage.server.count("STOR"), 1);
  });
});
