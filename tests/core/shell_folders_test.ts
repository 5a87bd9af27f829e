import { assert, assertEquals, assertRejects } from "@std/assert";
import { LocalError } from "../../client/ftp/errors.ts";
import { failureOf, ShellError } from "../../client/ftp/shell/failure.ts";
import { tidyPath } from "../../client/ftp/shell/local_path.ts";
import { FOLDER_VERBS } from "../../client/ftp/shell/verbs/folders.ts";
import { LOCAL_VERBS } from "../../client/ftp/shell/verbs/local.ts";
import { HOME, type ShellStage, withShell } from "./shell_harness.ts";
import { Peer } from "./client_peer.ts";

const VERBS = [...FOLDER_VERBS, ...LOCAL_VERBS];
const REMOTE = { "/pub/old/a": "a", "/notes.txt": "x" };

const run = (stage: ShellStage, name: string, ...args: string[]) =>
  stage.run(VERBS, name, args);

/** What pwd says. */
async function pwd(stage: ShellStage): Promise<string> {
  stage.said.out = "";
  await run(stage, "pwd");
  return stage.said.out.trimEnd();
}

Deno.test("cd goes to a folder, back, up, and to where the login led", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    await run(stage, "cd", "pub/old");
    assertEquals(await pwd(stage), "/pub/old");
    await run(stage, "cd", "-");
    assertEquals(stage.said.out, "/pub/old\n/\n");
    await run(stage, "cd", "-");
    assertEquals(await pwd(stage), "/pub/old");
    await run(stage, "cdup");
    assertEquals(await pwd(stage), "/pub");
    await run(stage, "cd");
    assertEquals(await pwd(stage), "/");
    await run(stage, "cd", "-");
    assertEquals(await pwd(stage), "/pub");
  }));

Deno.test("cd - needs a folder before this one", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    const error = await assertRejects(() => run(stage, "cd", "-"), ShellError);
    assertEquals(error.kind, "usage");
  }));

Deno.test("cd tells that a folder does not exist, or is none, and stays", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    await run(stage, "cd", "pub");
    const missing = await assertRejects(
      () => run(stage, "cd", "n\x9bope"),
      ShellError,
      "there is no folder n\\x9bope",
    );
    assertEquals(missing.kind, "missing");
    const file = () => run(stage, "cd", "/notes.txt");
    await assertRejects(file, ShellError, "/notes.txt is no folder");
    assertEquals(await pwd(stage), "/pub");
  }));

Deno.test("cd says permission when a folder is there and refused", async () => {
  const peer = new Peer({
    CWD: (path) => path === "secret" ? "550 Failed." : "250 There",
    MLST: "250-Here\r\n type=dir; /secret\r\n250 End",
  });
  await withShell({ peer }, async (stage) => {
    const error = await assertRejects(() => run(stage, "cd", "secret"));
    assertEquals(failureOf(error).kind, "permission");
  });
});

Deno.test("cd does not change the folder from the background", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    const shell = { ...stage.shell, folder: null };
    const cd = VERBS.find(({ names }) => names[0] === "cd")!;
    const { signal } = new AbortController();
    const call = {
      options: {},
      given: new Set<string>(),
      args: ["pub"],
      signal,
      isOneShot: false,
      remoteArgument: null,
    };
    await assertRejects(async () => await cd.run(shell, call), ShellError);
    assertEquals(stage.shell.state.site!.pool.folder, null);
  }));

Deno.test("pwd tells programs the path", () =>
  withShell({ remote: REMOTE, json: true }, async (stage) => {
    await run(stage, "pwd");
    assertEquals(stage.records(), [{ path: "/" }]);
  }));

Deno.test("mkdir makes several folders, with -p those above", () =>
  withShell({}, async (stage) => {
    await run(stage, "mkdir", "a", "b");
    await run(stage, "mkdir", "-p", "c/d/e", "a");
    for (const path of ["/a", "/b", "/c/d/e"]) {
      assertEquals((await stage.fs.stat(path)).type, "directory");
    }
    const error = await assertRejects(() => run(stage, "mkdir", "x/y", "z"));
    assertEquals(failureOf(error).message, "1 of 2 failed");
    assertEquals((await stage.fs.stat("/z")).type, "directory");
  }));

Deno.test("mkdir looks why a folder could not be made", async () => {
  const folders = ["/d", "/d/there"];
  const peer = new Peer({
    MKD: (path) =>
      folders.includes(path) || path.startsWith("/d/no") ||
        path.startsWith("/none")
        ? "550 Create directory operation failed."
        : `257 "${path}"`,
    MLST: (path) =>
      folders.includes(path)
        ? `250-Here\r\n type=dir; ${path}\r\n250 End`
        : "550 No such file",
  });
  await withShell({ peer }, async (stage) => {
    const cases: [path: string, kind: string, reason: string][] = [
      ["/d/there", "failed", "it is there already"],
      ["/none/new", "missing", "the folder above it is not there"],
      ["/d/no", "permission", "its folder does not allow it"],
      ["-p /d/no/more", "permission", "its folder does not allow it"],
    ];
    for (const [line, kind, reason] of cases) {
      const error = await assertRejects(
        () => run(stage, "mkdir", ...line.split(" ")),
        ShellError,
        reason,
      );
      assertEquals(error.kind, kind, line);
    }
  });
});

Deno.test("mkdir needs a path in its URL", () =>
  withShell({}, async (stage) => {
    const call = { isOneShot: true, args: [""] };
    const made = () => stage.run(VERBS, "mkdir", ["x"], call);
    await assertRejects(made, ShellError, "names no folder");
  }));

Deno.test("rmdir removes empty folders and says what is wrong with others", () =>
  withShell({ remote: { ...REMOTE, "/empty": null } }, async (stage) => {
    await run(stage, "rmdir", "empty");
    await assertRejects(() => stage.fs.stat("/empty"));
    const error = await assertRejects(() => run(stage, "rmdir", "nope"));
    assertEquals(failureOf(error).kind, "missing");
    await assertRejects(() => run(stage, "rmdir", "pub"));
    assertEquals((await stage.fs.stat("/pub")).type, "directory");
  }));

Deno.test("lcd goes to a folder, up and home, and prints where it is", () =>
  withShell({ env: { HOME: "/home/ann" } }, async (stage) => {
    const { disk, shell, said } = stage;
    disk.folders.add(`${HOME}/in`).add("/home").add("/srv");
    await run(stage, "lcd", "in");
    await run(stage, "lcd", "../..");
    await run(stage, "lcd", "/srv/.");
    await run(stage, "lcd");
    await run(stage, "lcd", "~/in");
    await run(stage, "lpwd");
    const lines = said.out.trimEnd().split("\n");
    const inside = `${HOME}/in`;
    assertEquals(lines, [inside, "/home", "/srv", HOME, inside, inside]);
    assertEquals(shell.state.localFolder, inside);
  }));

Deno.test("lcd stays where it is when there is no such folder", () =>
  withShell({ local: { "a.txt": "" } }, async (stage) => {
    for (const path of ["nope", "a.txt", "~"]) {
      const error = await assertRejects(() => run(stage, "lcd", path));
      assertEquals(failureOf(error).kind, "local", path);
    }
    assertEquals(stage.shell.state.localFolder, HOME);
  }));

Deno.test("lcd asks the process for its folder as long as nobody changed it", () =>
  withShell({}, async (stage) => {
    stage.shell.state.localFolder = "";
    stage.disk.folders.add("/home");
    await run(stage, "lpwd");
    await run(stage, "lcd", "..");
    assertEquals(stage.said.out, `${HOME}\n/home\n`);
  }));

Deno.test("lls lists local folders, and a file", () =>
  withShell({ local: { "b": "bb", "a\x1b": "a" } }, async (stage) => {
    await run(stage, "lls", "-1");
    await run(stage, "lls", "-1", "b");
    assertEquals(stage.said.out, "a\\x1b  b\nb\n");
    const missing = () => run(stage, "lls", "nope");
    await assertRejects(missing, ShellError, "there is nothing here");
  }));

Deno.test("lls says why a folder cannot be listed", () =>
  withShell({}, async (stage) => {
    // deno-lint-ignore require-yield -- It fails before the first.
    stage.disk.list = async function* () {
      await Promise.resolve();
      throw new Error("denied");
    };
    const list = () => run(stage, "lls");
    await assertRejects(list, LocalError, `Cannot list ${HOME}: denied`);
  }));

Deno.test("tidyPath() resolves dots as far as the text tells", () => {
  for (
    const [path, system, tidy] of [
      ["/a//b/../c/.", "linux", "/a/c"],
      ["/../..", "linux", "/"],
      ["../../x", "linux", "../../x"],
      ["a/..", "linux", "."],
      ["a\\..\\b", "linux", "a\\..\\b"],
      ["C:\\a\\..\\b/c", "windows", "C:\\b\\c"],
      ["C:\\..", "windows", "C:\\"],
      ["a/../b", "windows", "b"],
    ] as const
  ) assertEquals(tidyPath(path, system), tidy);
  assert(tidyPath("", "linux") === ".");
});
