import { assertEquals, assertRejects } from "@std/assert";
import { failureOf, ShellError } from "../../client/ftp/shell/failure.ts";
import { exactPath, expandRemote } from "../../client/ftp/shell/remote_glob.ts";
import { Peer } from "./client_peer.ts";
import { withShell } from "./shell_harness.ts";

const REMOTE = {
  "/a1/x.txt": "",
  "/a1/.y.txt": "",
  "/a2/x.txt": "",
  "/a2/deep/z.txt": "",
  "/a3": "",
  "/b/x.txt": "",
  "/s*r": "",
};
const { signal } = new AbortController();

/** The paths that a pattern matches. */
async function matches(pattern: string): Promise<string[]> {
  let paths: string[] = [];
  await withShell({ remote: REMOTE }, async ({ shell }) => {
    const found = await expandRemote(shell, pattern, { signal });
    paths = found.map(({ path }) => path);
  });
  return paths;
}

Deno.test("expandRemote() matches names, and folders in front of them", async () => {
  for (
    const [pattern, ...paths] of [
      ["a?", "a1", "a2", "a3"],
      ["/a?", "/a1", "/a2", "/a3"],
      ["a*/*.txt", "a1/x.txt", "a2/x.txt"],
      ["a*/.y*", "a1/.y.txt"],
      ["*/x.txt", "a1/x.txt", "a2/x.txt", "b/x.txt"],
      ["*/deep/*", "a2/deep/z.txt"],
      ["a1//*.t?t", "a1/x.txt"],
      ["./b/*", "./b/x.txt"],
      ["s[*]r", "s*r"],
      ["[!a]", "b"],
      ["a*/", "a1", "a2"],
      ["*.zip"],
      ["nope/*"],
      ["b/x.txt", "b/x.txt"],
    ]
  ) assertEquals(await matches(pattern!), paths, pattern);
});

Deno.test("expandRemote() says when there is no telling, or too much", () =>
  withShell({ remote: REMOTE }, async ({ shell }) => {
    const expanded = () => expandRemote(shell, "*/*", { signal, most: 3 });
    await assertRejects(expanded, ShellError, "more than");
  }));

Deno.test("expandRemote() fails where the current folder is not listed", async () => {
  const peer = new Peer({ MLSD: "550 Denied" });
  await withShell({ peer }, async ({ shell }) => {
    const error = await assertRejects(() =>
      expandRemote(shell, "*", { signal })
    );
    assertEquals(failureOf(error).code, 550);
  });
});

Deno.test("expandRemote() never gives a name that is none", async () => {
  const MLSD = [
    "type=file; ../up",
    "type=file; a/b",
    "type=file; \x07",
    "type=cdir; .",
    "type=file; good",
  ].join("\r\n");
  const peer = new Peer({ MLSD: (_, peer) => peer.sends(`${MLSD}\r\n`) });
  await withShell({ peer }, async ({ shell }) => {
    const found = await expandRemote(shell, "*", { signal });
    assertEquals(found.map(({ path }) => path), ["good"]);
  });
});

Deno.test("exactPath() is the path of what was quoted", () => {
  assertEquals(exactPath("a[[]b[?]"), "a[b?");
  assertEquals(exactPath("a]b"), "a]b");
  assertEquals(exactPath("a[*]b*"), null);
  assertEquals(exactPath("[ab]"), null);
});
