import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { parseOptions, ToolError, UsageError } from "../../lib/cli.ts";
import { eachFile, type FileToMove } from "../../client/drop/files.ts";
import { checkName, lastName } from "../../client/drop/name.ts";
import { dropOutput } from "../../client/drop/output.ts";
import { ServiceError } from "../../client/service/errors.ts";
import { DROPD } from "../../server/dropd.ts";
import type { Plan } from "../../server/service/program.ts";

function planOf(...args: string[]): Plan {
  return DROPD.plan(parseOptions(DROPD.tool, args));
}

Deno.test("dropd listens on loopback, and asks to read and write its folder only", () => {
  const { endpoints, paths, connects = [], about } = planOf("./in");
  assertEquals(endpoints, [{
    at: { transport: "tcp", hostname: "127.0.0.1", port: 12345 },
    service: "drop",
  }]);
  assertEquals(paths, [{ path: "./in", kind: "folder", write: true }]);
  assertEquals(connects, []);
  assertEquals(about, "serving ./in (files up to 1 GiB)");
});

Deno.test("dropd listens where it is told, and nowhere else", () => {
  const { endpoints } = planOf(
    ...["--listen", "[::1]:7", "--listen", "0.0.0.0:8", "--unix", "/run/d"],
    "in",
  );
  assertEquals(endpoints.map(({ at }) => at), [
    { transport: "tcp", hostname: "::1", port: 7 },
    { transport: "tcp", hostname: "0.0.0.0", port: 8 },
    { transport: "unix", path: "/run/d" },
  ]);
  const { endpoints: [only, ...more] } = planOf("--unix", "/run/d", "in");
  assertEquals(only?.at.transport, "unix");
  assertEquals(more, []);
});

Deno.test("dropd says in a few words what holds for files", () => {
  const about = (...args: string[]) => planOf(...args, "in").about;
  assertEquals(about("--read-only"), "serving in (read-only)");
  assertEquals(
    about("--upload-only", "--overwrite", "--max-size", "500K"),
    "serving in (upload-only, overwriting, files up to 500 KiB)",
  );
  assertEquals(planOf("--read-only", "in").paths?.[0]?.write, false);
});

Deno.test("dropd refuses options that make no sense", () => {
  const cases: readonly [string[], RegExp][] = [
    [["in", "--max-size", "big"], /--max-size: expected a size .*got "big"/],
    [["in", "--max-size", "0"], /--max-size: expected a size/],
    [["in", "--read-only", "--max-size", "1M"], /contradicts --read-only/],
    [["in", "--read-only", "--max-files", "5"], /contradicts --read-only/],
    [["in", "--read-only", "--upload-only"], /choose one/],
    [["in", "--read-only", "--overwrite"], /contradicts --read-only/],
    [["in", "--listen", "a:b:c"], /--listen/],
    [[], /an argument is missing/],
    [["in", "out"], /unexpected argument/],
  ];
  for (const [args, message] of cases) {
    assertMatch(
      assertThrows(() => planOf(...args), UsageError).message,
      message,
    );
  }
});

Deno.test("checkName() lets no name be more than a name", () => {
  for (const name of ["a", "a b.txt", "Grüße", "-rf"]) checkName(name);
  for (const name of ["", ".", "..", "a/b", "a\\b", "a\nget b", "a\r", "\0"]) {
    assertThrows(() => checkName(name), ToolError);
  }
});

Deno.test("lastName() is what a file is called, on each system", () => {
  assertEquals(lastName("/a/b.txt", "linux"), "b.txt");
  assertEquals(lastName("b.txt", "linux"), "b.txt");
  assertEquals(lastName("a\\b.txt", "linux"), "a\\b.txt");
  assertEquals(lastName("C:\\a/b.txt", "windows"), "b.txt");
  assertEquals(lastName("C:b.txt", "windows"), "b.txt");
  assertEquals(lastName("a/", "linux"), "");
});

/** Files that have the same name here and in the box. */
function files(...names: string[]): FileToMove[] {
  return names.map((name) => ({ name, path: name }));
}

/** What is told, and how it is told. */
function teller(json: boolean) {
  const told: string[] = [];
  const complaints: string[] = [];
  return {
    told,
    complaints,
    json,
    output: { text: (lines: string) => void told.push(lines) },
    complain: (line: string) => void complaints.push(line),
  };
}

Deno.test("eachFile() goes on after a file that fails, and says so", async () => {
  const run = teller(true);
  const code = await eachFile(run, files("a", "b\x1b", "c"), ({ name }) => {
    if (name !== "c") throw new ToolError(`${name}: no`);
    return Promise.resolve(1);
  });
  assertEquals(code, 1);
  assertEquals(run.complaints, ["a: no", "b\\x1b: no"]);
  assertEquals(run.told.map((line) => JSON.parse(line)), [
    { name: "a", path: "a", error: "a: no" },
    { name: "b\x1b", path: "b\x1b", error: "b\x1b: no" },
    { name: "c", path: "c", bytes: 1 },
  ]);
  assert(!run.told.join("").includes("\x1b"));
});

Deno.test("eachFile() tells in JSON which file the server broke off at, and stops there", async () => {
  for (const json of [true, false]) {
    const run = teller(json);
    let tried = 0;
    await assertRejects(
      () =>
        eachFile(run, files("a", "b"), () => {
          tried++;
          throw new ServiceError("refused", "cannot connect");
        }),
      ServiceError,
    );
    assertEquals(tried, 1);
    assertEquals(run.complaints, [], "whoever ends says why");
    const record = { name: "a", path: "a", error: "cannot connect" };
    assertEquals(
      run.told,
      json ? [`${JSON.stringify(record)}\n`] : [],
    );
  }
});

Deno.test("dropOutput() shows a terminal no control characters, and a pipe all bytes", async () => {
  const bytes = new TextEncoder().encode("a\x1b[2J\n");
  for (const isOutputTerminal of [true, false]) {
    let shown = "";
    const out = (text: string) => void (shown += text);
    const outBytes = async (bytes: Uint8Array) =>
      await Promise.resolve(out(new TextDecoder().decode(bytes)));
    const sink = dropOutput({ out, outBytes, isOutputTerminal }).contents();
    assertEquals(await sink.write(bytes), bytes.length);
    await sink.close();
    assertEquals(shown, isOutputTerminal ? "a\\x1b[2J\n" : "a\x1b[2J\n");
  }
});
