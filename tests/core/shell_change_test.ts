import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseMode } from "../../client/ftp/shell/file_mode.ts";
import { failureOf, ShellError } from "../../client/ftp/shell/failure.ts";
import { CHANGE_VERBS } from "../../client/ftp/shell/verbs/change.ts";
import { UsageError } from "../../lib/cli.ts";
import { Peer } from "./client_peer.ts";
import { type ShellStage, withShell } from "./shell_harness.ts";
import { fakeTerminal } from "./terminal_harness.ts";

const run = (stage: ShellStage, name: string, ...args: string[]) =>
  stage.run(CHANGE_VERBS, name, args);

/** Which of these paths the server has. */
async function left(
  { fs }: ShellStage,
  ...paths: string[]
): Promise<string[]> {
  const there: string[] = [];
  for (const path of paths) {
    await fs.stat(path).then(() => there.push(path), () => {});
  }
  return there;
}

Deno.test("delete and rm remove exact names", () =>
  withShell({ remote: { "/a*": "", "/ab": "", "/c": "" } }, async (stage) => {
    await run(stage, "delete", "c");
    await run(stage, "rm", "a*");
    assertEquals(await left(stage, "/a*", "/ab", "/c"), ["/ab"]);
  }));

Deno.test("rm tells of a missing file, and goes on", () =>
  withShell({ remote: { "/a": "", "/b": "" } }, async (stage) => {
    const removed = () => run(stage, "rm", "a", "nope", "b");
    const error = await assertRejects(removed, ShellError, "1 of 3 failed");
    assertEquals([error.kind, error.told], ["missing", true]);
    assertEquals(await left(stage, "/a", "/b"), []);
    const single = await assertRejects(() => run(stage, "rm", "nope"));
    assertEquals(failureOf(single).exitCode, 6);
  }));

Deno.test("rm -f is content when a name is missing, not with a folder", () =>
  withShell({ remote: { "/d/a": "" } }, async (stage) => {
    await run(stage, "rm", "-f", "nope");
    await run(stage, "rm", "-r", "-f", "nope");
    await assertRejects(() => run(stage, "rm", "-f", "d"));
    assertEquals(await left(stage, "/d/a"), ["/d/a"]);
  }));

Deno.test("rm -r removes folders with all that is in them, and files", () => {
  const remote = { "/d/a": "", "/d/e/f": "", "/x": "" };
  return withShell({ remote }, async (stage) => {
    await run(stage, "rm", "-r", "d", "x");
    assertEquals(await left(stage, "/d", "/x"), []);
  });
});

Deno.test("rm refuses the folder it works in, before anything is removed", () =>
  withShell({ remote: { "/a": "" } }, async (stage) => {
    for (const path of ["/", ".", "..", "./", "../.."]) {
      await assertRejects(() => run(stage, "rm", "-r", "a", path), UsageError);
    }
    const call = { isOneShot: true, args: [""] };
    const removed = () => stage.run(CHANGE_VERBS, "rm", ["x"], call);
    await assertRejects(removed, UsageError, "a URL without a path");
    assertEquals(await left(stage, "/a"), ["/a"]);
  }));

Deno.test("rm says permission when the server keeps what is there", async () => {
  const peer = new Peer({
    DELE: "550 Delete operation failed.",
    MLST: "250-Here\r\n type=file;size=1; /a\r\n250 End",
  });
  await withShell({ peer }, async (stage) => {
    const error = await assertRejects(() => run(stage, "rm", "a"));
    assertEquals(failureOf(error).kind, "permission");
  });
});

Deno.test("mdelete removes files that match, never folders", () => {
  const remote = { "/a.tmp": "", "/b.tmp": "", "/c.tmp/x": "", "/a*": "" };
  return withShell({ remote }, async (stage) => {
    await run(stage, "mdelete", "*.tmp", "a[*]");
    const paths = Object.keys(remote);
    assertEquals(await left(stage, ...paths), ["/c.tmp/x"]);
    assertEquals(stage.said.err, "folders are left: 1\n");
  });
});

Deno.test("mdelete removes nothing when one pattern matches nothing", () =>
  withShell({ remote: { "/a.tmp": "" } }, async (stage) => {
    const removed = () => run(stage, "mdelete", "*.tmp", "*.zip");
    const error = await assertRejects(removed, ShellError, "*.zip");
    assertEquals(error.kind, "missing");
    assertEquals(await left(stage, "/a.tmp"), ["/a.tmp"]);
  }));

Deno.test("mdelete asks for each file when it shall", () => {
  const { terminal, send } = fakeTerminal({ keyboard: false });
  return withShell({
    remote: { "/a": "", "/b": "", "/c": "" },
    settings: { prompt: "on" },
    terminal,
  }, async (stage) => {
    send("y\nno\nyes\n");
    await run(stage, "mdelete", "[abc]");
    assertEquals(await left(stage, "/a", "/b", "/c"), ["/b"]);
  });
});

Deno.test("mv renames, and moves into a folder", () =>
  withShell({ remote: { "/a": "x", "/d/old": "" } }, async (stage) => {
    await run(stage, "mv", "a", "b");
    await run(stage, "rename", "b", "d/");
    assertEquals(await left(stage, "/a", "/b", "/d/b"), ["/d/b"]);
    const error = await assertRejects(() => run(stage, "mv", "nope", "x"));
    assertEquals(failureOf(error).kind, "missing");
    const call = { isOneShot: true, args: ["", "b"] };
    const moved = () => stage.run(CHANGE_VERBS, "mv", ["x", "y"], call);
    await assertRejects(moved, UsageError);
  }));

Deno.test("chmod takes octal digits and changes of what is there", () =>
  withShell({ remote: { "/a": "", "/b": "" } }, async (stage) => {
    await run(stage, "chmod", "600", "a", "b");
    await run(stage, "chmod", "u+x,go=r", "b");
    assertEquals((await stage.fs.stat("/a")).mode, 0o600);
    assertEquals((await stage.fs.stat("/b")).mode, 0o744);
    const error = await assertRejects(() => run(stage, "chmod", "+x", "no"));
    assertEquals(failureOf(error).kind, "missing");
    await assertRejects(() => run(stage, "chmod", "rwx", "a"), UsageError);
  }));

Deno.test("chmod needs all of a mode where the server does not tell it", async () => {
  const peer = new Peer({
    MLST: "250-Here\r\n type=file;size=1; /a\r\n250 End",
    SITE: "200 Done",
  });
  await withShell({ peer }, async (stage) => {
    const changed = () => run(stage, "chmod", "u+x", "a");
    await assertRejects(changed, ShellError, "does not tell its mode");
    await run(stage, "chmod", "750", "a");
    assertEquals(peer.commands.at(-1), "SITE CHMOD 750 a");
  });
});

Deno.test("parseMode() reads what chmod takes", () => {
  for (
    const [text, before, isFolder, after] of [
      ["0", 0o777, false, 0],
      ["1777", 0, true, 0o1777],
      ["+x", 0o644, false, 0o755],
      ["a-w", 0o666, false, 0o444],
      ["go=", 0o777, false, 0o700],
      ["u=rwx,g=rx,o=", 0o000, false, 0o750],
      ["+X", 0o644, false, 0o644],
      ["+X", 0o744, false, 0o755],
      ["a=rX", 0o600, true, 0o555],
      ["u+s", 0o755, false, 0o4755],
      ["g+s", 0o755, false, 0o2755],
      ["o+t", 0o755, true, 0o1755],
      ["ug-s", 0o6755, false, 0o755],
    ] as const
  ) assertEquals(parseMode(text).apply(before, isFolder), after, text);
  for (const text of ["8", "77777", "u", "x", "u+y", "u+x,", "-"]) {
    if (text === "-") assert(parseMode("u-").apply(0o700, false) === 0o700);
    else assertThrows(() => parseMode(text), UsageError, text);
  }
});
