import { assert, assertEquals, assertThrows } from "@std/assert";
import { askEach } from "../../client/ftp/shell/ask_each.ts";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import type { FileJob } from "../../client/ftp/shell/file_jobs.ts";
import { expandLocal } from "../../client/ftp/shell/local_glob.ts";
import {
  isFolder,
  lastName,
  pathForName,
} from "../../client/ftp/shell/local_names.ts";
import { localPath } from "../../client/ftp/shell/shell.ts";
import { LOCAL_VERBS } from "../../client/ftp/shell/verbs/local.ts";
import { createTerminal } from "../../lib/terminal/mod.ts";
import { bytesOf } from "./byte_cases.ts";
import { HOME, withShell } from "./shell_harness.ts";

Deno.test("lastName() is what stands behind the last slash", () => {
  const cases: [string, string][] = [
    ["a", "a"],
    ["a/b", "b"],
    ["a/b//", "b"],
    ["/", ""],
    ["", ""],
    ["a\\b", "a\\b"],
  ];
  for (const [path, name] of cases) assertEquals(lastName(path), name, path);
  assertEquals(lastName("C:\\x\\y\\", "windows"), "y");
});

Deno.test("pathForName() never leaves its folder", () =>
  withShell({ connected: false }, ({ shell }) => {
    assertEquals(pathForName(shell, "", "-"), `${HOME}/-`);
    assertEquals(pathForName(shell, "d/", "-rf"), `${HOME}/d/-rf`);
    assertEquals(pathForName(shell, "/d", "|cmd"), "/d/|cmd");
    for (const name of ["", ".", "..", "a/b", "a\\b", "a\0", "a\nb"]) {
      assertThrows(() => pathForName(shell, "", name), ShellError);
    }
    const windows = {
      ...shell,
      machine: { ...shell.machine, system: "windows" },
    };
    for (const name of ["NUL", "C:x", "a:b", "a."]) {
      assert(pathForName(shell, "", name).endsWith(name));
      assertThrows(() => pathForName(windows, "", name), ShellError);
    }
    return Promise.resolve();
  }));

Deno.test("localPath() takes backslashes and drives for roots on Windows only", () =>
  withShell({ connected: false }, ({ shell }) => {
    const windows = {
      ...shell,
      machine: { ...shell.machine, system: "windows" },
    };
    for (const path of ["\\x", "C:\\x", "c:/x", "C:x"]) {
      assertEquals(localPath(shell, path), `${HOME}/${path}`);
      assertEquals(localPath(windows, path), path);
    }
    for (const path of ["/x", "//x"]) {
      assertEquals(localPath(shell, path), path);
    }
    assertEquals(localPath(windows, "x"), `${HOME}/x`);
    return Promise.resolve();
  }));

Deno.test("isFolder() follows links", async () => {
  const stat = (path: string) => {
    if (path === "file-link/.") return Promise.reject(new Error("no folder"));
    const type = path.endsWith("-link") ? "link" : "directory";
    return Promise.resolve({ type, size: 0, modified: null } as const);
  };
  await withShell({ connected: false }, async ({ disk }) => {
    disk.stat = stat;
    assertEquals(await isFolder(disk, "folder-link"), true);
    assertEquals(await isFolder(disk, "file-link"), false);
  });
});

Deno.test("expandLocal() matches folders and files, sorted, without dots", () =>
  withShell({
    connected: false,
    local: {
      "b.txt": "1",
      "a.txt": "22",
      ".x.txt": "",
      "d1/c.txt": "",
      "d2/c.txt": "",
      "a*b": "",
    },
  }, async ({ shell, disk }) => {
    for (const name of ["d1", "d2"]) disk.folders.add(`${HOME}/${name}`);
    const cases: [string, string[]][] = [
      ["*.txt", ["a.txt", "b.txt"]],
      ["d?/*.txt", ["d1/c.txt", "d2/c.txt"]],
      ["d1/c.txt", ["d1/c.txt"]],
      [`${HOME}/a.*`, [`${HOME}/a.txt`]],
      [".*.txt", [".x.txt"]],
      ["a[*]b", ["a*b"]],
      ["none", []],
      ["*.none", []],
      ["b.txt/*", []],
    ];
    for (const [pattern, paths] of cases) {
      const found = await expandLocal(shell, pattern);
      assertEquals(found.map(({ path }) => path), paths, pattern);
    }
    const [first] = await expandLocal(shell, "a.txt");
    assertEquals([first?.type, first?.size], ["file", 2]);
  }));

Deno.test("lls takes a backslash for a letter, but on Windows", () =>
  withShell({
    connected: false,
    json: true,
    local: { "a\\b": "1" },
  }, async (stage) => {
    await stage.run(LOCAL_VERBS, "lls", ["a\\b"]);
    assertEquals(stage.records()[0]?.name, "a\\b");
  }));

Deno.test("askEach() asks before each file when prompt is on", () => {
  const input = [bytesOf("y\nn\n\n")];
  let asked = "";
  const terminal = createTerminal({
    keyboard: true,
    display: "plain",
    color: false,
    size: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => {},
    setRaw: () => {},
    read: () => Promise.resolve(input.shift() ?? null),
    write: (text) => void (asked += text),
  });
  const options = { connected: false, terminal };
  return withShell(options, async ({ shell }) => {
    const jobs: FileJob[] = ["a\x1b", "b", "c"].map((remote) => ({
      direction: "download",
      remote,
      local: null,
    }));
    const { signal } = new AbortController();
    const ask = () => askEach(shell, "get", jobs, signal);
    assertEquals(await ask(), jobs);
    shell.state.settings.prompt = "on";
    assertEquals(await ask(), [jobs[0]!, jobs[2]!]);
    assert(asked.startsWith("get a\\x1b? [Y/n] "));
  });
});
