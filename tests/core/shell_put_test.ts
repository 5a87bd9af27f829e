import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { TRANSFER_VERBS } from "../../client/ftp/shell/verbs/transfer.ts";
import { UsageError } from "../../lib/cli.ts";
import { Peer } from "./client_peer.ts";
import { contentOf } from "./ftp_harness.ts";
import { HOME, type StageOptions, withShell } from "./shell_harness.ts";
import { fails, run } from "./shell_transfer_words.ts";

Deno.test("put sends a file under its name, another, into a folder, from the input", () =>
  withShell({
    remote: { "/sub": null },
    local: { a: "hello" },
    input: "typed",
  }, async (stage) => {
    await run(
      stage,
      "put a",
      "put a b",
      "put a sub",
      "put a sub/c",
      "put - in",
    );
    const texts = await Promise.all(
      ["/a", "/b", "/sub/a", "/sub/c", "/in"].map((path) =>
        contentOf(stage.fs, path)
      ),
    );
    assertEquals(texts, ["hello", "hello", "hello", "hello", "typed"]);
    for (const line of ["put a b c", "put -", "put - sub"]) {
      await assertRejects(() => run(stage, line), Error, "", line);
    }
  }));

Deno.test("put on the command line takes many files and a folder", () =>
  withShell(
    { remote: { "/in": null }, local: { a: "1", b: "2" } },
    async (stage) => {
      const put = (...args: string[]) =>
        stage.run(TRANSFER_VERBS, "put", ["a"], { args, isOneShot: true });
      await put("a", "b", "in");
      await put("a", "");
      await put("b", "in/c");
      assertEquals(await contentOf(stage.fs, "/in/b"), "2");
      assertEquals(await contentOf(stage.fs, "/a"), "1");
      assertEquals(await contentOf(stage.fs, "/in/c"), "2");
      await assertRejects(() => put("a", "b", "in/none"), UsageError, "folder");
      await assertRejects(() => put("in"), UsageError, "no file");
    },
  ));

Deno.test("put says what cannot be sent", () =>
  withShell({ local: { a: "1" }, json: true }, async (stage) => {
    stage.disk.folders.add(`${HOME}/d`);
    assertEquals((await fails(stage, "put none")).kind, "local");
    assertEquals((await fails(stage, "put d")).kind, "local");
    const kinds = stage.records().map(({ path, error }) => [path, error]);
    assertEquals(kinds.map(([path]) => path), ["none", "d"]);
    assertMatch(stage.said.err, /d is a folder; mirror -R sends folders/);
  }));

Deno.test("put with clobber=off leaves what is on the server", async () => {
  const options: StageOptions = {
    remote: { "/a": "old" },
    local: { a: "new", b: "2" },
    settings: { clobber: "off" },
  };
  await withShell(options, async (stage) => {
    await run(stage, "mput *");
    assertEquals(await contentOf(stage.fs, "/a"), "old");
    assertEquals(await contentOf(stage.fs, "/b"), "2");
    assertMatch(stage.said.err, /^a is on the server already; skipped$/m);
  });
});

Deno.test("put with clobber=off asks for the size where there is no MLST", async () => {
  const peer = new Peer({
    FEAT: "211-Features:\r\n SIZE\r\n211 End",
    SIZE: (path) => path === "a" ? "213 5" : "550 No such file.",
    LIST: "500 Not in this test.",
    STOR: (_, peer) => {
      peer.say("150 Go on");
      peer.data.closed.then(() => peer.say("226 Done"));
    },
  });
  await withShell(
    { peer, local: { a: "1", b: "2" }, settings: { clobber: "off" } },
    async (stage) => {
      await run(stage, "mput a b");
      assertEquals(peer.commands.filter((line) => /^STOR/.test(line)), [
        "STOR b",
      ]);
    },
  );
});

Deno.test("reput sends the rest, append adds, put --unique lets the server choose", () =>
  withShell({
    remote: { "/a": "he" },
    local: { a: "hello" },
    json: true,
  }, async (stage) => {
    await run(stage, "reput a", "append a", "put --unique a");
    assertEquals(await contentOf(stage.fs, "/a"), "hellohello");
    const [rest, added, unique] = stage.records();
    assertEquals([rest?.bytes, rest?.resumed], [3, true]);
    assertEquals([added?.bytes, added?.resumed], [5, false]);
    assertEquals(await contentOf(stage.fs, `/${unique?.path}`), "hello");
  }));

Deno.test("mput sends what patterns match, and no folders", () =>
  withShell({
    remote: { "/in": null },
    local: { "a.txt": "1", "b.txt": "2", c: "3", ".d.txt": "4" },
  }, async (stage) => {
    stage.disk.folders.add(`${HOME}/e.txt`);
    const error = await fails(stage, "mput *.txt q* -o in");
    assertEquals(error.kind, "local");
    assertEquals(await contentOf(stage.fs, "/in/a.txt"), "1");
    assertEquals(await contentOf(stage.fs, "/in/b.txt"), "2");
    assertEquals(stage.server.count("STOR"), 2);
    assertMatch(stage.said.err, /^e.txt is a folder \(mirror -R sends/m);
    assertMatch(stage.said.err, /^ftp: nothing here matches q\*$/m);
  }));
