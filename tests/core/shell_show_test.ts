import { assert, assertEquals, assertRejects } from "@std/assert";
import { failureOf, ShellError } from "../../client/ftp/shell/failure.ts";
import { createPager, QUIT } from "../../client/ftp/shell/pager.ts";
import { SHOW_VERBS } from "../../client/ftp/shell/verbs/show.ts";
import { bytesOf, joined } from "./byte_cases.ts";
import { printedText, type ShellStage, withShell } from "./shell_harness.ts";
import { fakeTerminal } from "./terminal_harness.ts";

const run = (stage: ShellStage, name: string, ...args: string[]) =>
  stage.run(SHOW_VERBS, name, args);
const { signal } = new AbortController();

Deno.test("cat prints bytes as they are, of several files", () => {
  const bytes = new Uint8Array([0, 255, 13, 10, 27]);
  return withShell({ remote: { "/a": bytes, "/b": "b" } }, async (stage) => {
    await run(stage, "cat", "a", "b");
    const { machine, said } = stage;
    assertEquals([...joined(machine.printed)], [...bytes, 98]);
    assertEquals([said.out, machine.endings], ["", []]);
  });
});

Deno.test("cat goes on after a missing file", () =>
  withShell({ remote: { "/b": "b" }, json: true }, async (stage) => {
    const error = await assertRejects(
      () => run(stage, "cat", "nope", "b"),
      ShellError,
      "1 of 2 failed",
    );
    assertEquals(error.kind, "missing");
    assertEquals(printedText(stage.machine), "b");
    assertEquals(stage.said.out, "", "a record between bytes");
  }));

Deno.test("cat ends quietly when nobody reads any more", () =>
  withShell({ remote: { "/a": "a" } }, async (stage) => {
    const gone = Object.assign(new Error("gone"), { name: "BrokenPipe" });
    stage.machine.output = () => ({
      write: () => Promise.reject(gone),
      close: () => {},
      abort: () => {},
    });
    await run(stage, "cat", "a");
    stage.machine.output = () => ({
      write: () => Promise.reject(new Error("disk full")),
      close: () => {},
      abort: () => {},
    });
    await assertRejects(() => run(stage, "cat", "a"), Error, "disk full");
  }));

Deno.test("cat converts line ends in text mode", () =>
  withShell({
    remote: { "/a": "x\ny\n" },
    settings: { type: "ascii" },
  }, async (stage) => {
    await run(stage, "cat", "a");
    assertEquals(printedText(stage.machine), "x\ny\n");
    assert(stage.server.commands.includes("TYPE A"));
  }));

Deno.test("more without a terminal is a cat that makes controls visible", () =>
  withShell({ remote: { "/a": "\x1b[2J\r\n\ta\nb" } }, async (stage) => {
    await run(stage, "more", "a");
    assertEquals(stage.said.out, "\\x1b[2J\n        a\nb\n");
  }));

Deno.test("more tells programs lines", () =>
  withShell({ remote: { "/a": "x\ny" }, json: true }, async (stage) => {
    await run(stage, "more", "a");
    assertEquals(stage.records(), [{ line: "x" }, { line: "y" }]);
  }));

const TEN = Array.from({ length: 10 }, (_, at) => `line ${at}\n`).join("");

Deno.test("more shows a screenful, a line, and ends with q", () => {
  const { terminal, send } = fakeTerminal({ rows: 4 });
  return withShell({ remote: { "/a": TEN }, terminal }, async (stage) => {
    send("\r !q");
    await run(stage, "more", "a");
    assertEquals(stage.said.out.match(/line/g)?.length, 3 + 1 + 3);
    await run(stage, "more", "nope").then(
      () => assert(false, "it is missing"),
      (error) => assertEquals(failureOf(error).kind, "missing"),
    );
  });
});

Deno.test("more ends when nobody can type any more", () => {
  const { terminal, send } = fakeTerminal({ rows: 4 });
  return withShell({ remote: { "/a": TEN }, terminal }, async (stage) => {
    send(null);
    await run(stage, "more", "a");
    assertEquals(stage.said.out.match(/line/g)?.length, 3);
  });
});

Deno.test("createPager() counts the rows that long lines take", async () => {
  const { terminal, send } = fakeTerminal({ rows: 4, columns: 10 });
  const lines: string[] = [];
  const pager = createPager({
    line: (text) => void lines.push(text),
    terminal,
    charset: "utf-8",
    signal,
  });
  send("q");
  const writing = () => pager.write(bytesOf(`${"x".repeat(25)}\ny\n`));
  assertEquals(await assertRejects(writing), QUIT);
  assertEquals(lines, ["x".repeat(25)]);
});

Deno.test("createPager() cuts a line without end", async () => {
  const lines: string[] = [];
  const pager = createPager({
    line: (text) => void lines.push(text),
    terminal: null,
    charset: "latin1",
    signal,
  });
  for (let at = 0; at < 10; at++) {
    await pager.write(new Uint8Array(1000).fill(0xe9));
  }
  await pager.end();
  assertEquals(lines.map(({ length }) => length), [4096, 4096, 1808]);
  assertEquals(lines[0]!.slice(0, 2), "éé");
});
