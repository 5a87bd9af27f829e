import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { askEach } from "../../client/ftp/shell/ask_each.ts";
import { eachBounded } from "../../client/ftp/shell/each_bounded.ts";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import type { FileJob } from "../../client/ftp/shell/file_jobs.ts";
import { expandLocal } from "../../client/ftp/shell/local_glob.ts";
import {
  isFolder,
  lastName,
  pathForName,
} from "../../client/ftp/shell/local_names.ts";
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

Deno.test("eachBounded() has no more under way than it may, and waits for all", async () => {
  const waiting: (() => void)[] = [];
  const seen: number[] = [];
  let asked = 0;
  let most = 0;
  function* items(): Generator<number> {
    while (asked < 6) yield asked++;
  }
  const done = eachBounded(items(), () => 2, async (item) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    most = Math.max(most, waiting.length);
    await promise;
    seen.push(item);
  });
  while (seen.length < 6) {
    await Promise.resolve();
    assert(asked <= seen.length + 2);
    if (waiting.length === 2 || asked === 6) waiting.shift()?.();
  }
  await done;
  assertEquals([most, seen], [2, [0, 1, 2, 3, 4, 5]]);
});

Deno.test("eachBounded() ends early, and throws what its items throw", async () => {
  const seen: number[] = [];
  const note = (item: number) => {
    seen.push(item);
    return Promise.resolve();
  };
  await eachBounded([1, 2, 3], () => 1, note, () => seen.length === 2);
  assertEquals(seen, [1, 2]);
  function* broken(): Generator<number> {
    yield 3;
    throw new Error("no more");
  }
  await assertRejects(() => eachBounded(broken(), () => 9, note), Error, "no");
  assertEquals(seen, [1, 2, 3]);
});

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
