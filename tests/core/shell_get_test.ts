import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { LocalError } from "../../client/ftp/errors.ts";
import { failureOf } from "../../client/ftp/shell/failure.ts";
import { TRANSFER_VERBS } from "../../client/ftp/shell/verbs/transfer.ts";
import { UsageError } from "../../lib/cli.ts";
import { HOME, printedText, withShell } from "./shell_harness.ts";
import { fails, here, run } from "./shell_transfer_words.ts";

Deno.test("get fetches a file under its name, another, into a folder, to the output", () =>
  withShell({ remote: { "/d/a": "hello" } }, async (stage) => {
    stage.disk.folders.add(`${HOME}/sub`);
    await run(stage, "get d/a", "get d/a b", "get d/a sub", "get d/a new/");
    await run(stage, "get d/a -o c");
    assertEquals(here(stage), {
      a: "hello",
      b: "hello",
      c: "hello",
      "new/a": "hello",
      "sub/a": "hello",
    });
    await run(stage, "get d/a -");
    assertEquals(printedText(stage.machine), "hello");
  }));

Deno.test("get says what stands where its folder should", () =>
  withShell({ remote: { "/a": "1" }, local: { x: "" } }, async (stage) => {
    const exists = new Error(`File exists (os error 17): mkdir '${HOME}/x/'`);
    stage.disk.makeDirectory = () => Promise.reject(exists);
    const error = await assertRejects(() => run(stage, "get a x/"), LocalError);
    assertEquals(failureOf(error).kind, "local");
    assertEquals(error.message, "Cannot make folder x/: a file has this name");
    await assertRejects(
      () => run(stage, "get a x/y//"),
      LocalError,
      "Cannot make folder x/y//: File exists",
    );
    assertEquals(stage.server.count("RETR"), 0);
  }));

Deno.test("get tells one line per file, and records for programs", async () => {
  await withShell({ remote: { "/a": "hello" } }, async (stage) => {
    await run(stage, "get a");
    assertEquals(stage.said, { out: "", err: "a: 5 B in 0:00\n" });
  });
  await withShell({ remote: { "/a": "hello" }, json: true }, async (stage) => {
    await run(stage, "get a b");
    assertEquals(stage.records(), [{
      action: "download",
      path: "a",
      local: `${HOME}/b`,
      size: 5,
      bytes: 5,
      seconds: 0,
      resumed: false,
      verified: "size",
    }]);
  });
  await withShell({ remote: { "/a": "hello" }, quiet: true }, async (stage) => {
    await run(stage, "get a");
    assertEquals(stage.said, { out: "", err: "" });
  });
});

Deno.test("get refuses what makes no sense", () =>
  withShell({ remote: { "/a": "1" }, json: true }, async (stage) => {
    for (const line of ["get a b c", "get a b -o c", "get a -"]) {
      await assertRejects(() => run(stage, line), UsageError);
    }
    const { kind } = await fails(stage, "get d/");
    assertEquals(kind, "usage");
    assertEquals(here(stage), {});
  }));

Deno.test("get on the command line takes many files, in one folder or in order", () =>
  withShell({ remote: { "/a": "1", "/b": "2" } }, async (stage) => {
    const get = (args: string[], output: string) =>
      stage.run(TRANSFER_VERBS, "get", [`--output=${output}`, ...args], {
        isOneShot: true,
      });
    await get(["a", "b"], "x/");
    assertEquals(here(stage), { "x/a": "1", "x/b": "2" });
    assertMatch(stage.said.err, /^2 files, 2 B in 0:00$/m);
    await get(["b", "a"], "-");
    assertEquals(printedText(stage.machine), "21");
    await assertRejects(() => get(["a", "b"], "one"), UsageError, "one/");
  }));

Deno.test("get gives no name from a server a meaning", () =>
  withShell({ remote: { "/-": "dash", "/|cmd": "pipe" } }, async (stage) => {
    await run(stage, "get -- -", "get |cmd");
    assertEquals(here(stage), { "-": "dash", "|cmd": "pipe" });
    assertEquals(stage.machine.printed, []);
    for (const path of ["d/..", "a\\b", "."]) {
      const { kind } = await fails(stage, `get ${path}`);
      assertEquals(kind, "local", path);
    }
    assertMatch(stage.said.err, /could leave the folder; get FILE LOCAL/);
    assertEquals(Object.keys(here(stage)).length, 2);
  }));

Deno.test("get with clobber=off leaves what is there", () =>
  withShell({
    remote: { "/a": "new", "/b": "2" },
    local: { a: "old" },
    settings: { clobber: "off" },
  }, async (stage) => {
    await run(stage, "mget *");
    assertEquals(here(stage), { a: "old", b: "2" });
    assertMatch(stage.said.err, /^a is there already; skipped$/m);
    assertMatch(stage.said.err, /^1 file, 1 B in 0:00; 1 skipped$/m);
    assertEquals(stage.server.count("SIZE"), 0);
  }));

Deno.test("get --continue goes on with a part, and with what others began", async () => {
  const remote = { "/a": "hello", "/b": "hello", "/c": "hello" };
  const local = { "a.part": "he", b: "hel", c: "hello" };
  await withShell({ remote, local, json: true }, async (stage) => {
    await run(stage, "get -c a", "reget b", "reget c");
    assertEquals(here(stage), { a: "hello", b: "hello", c: "hello" });
    const [a, b, c] = stage.records();
    assertEquals([a?.bytes, a?.resumed, b?.bytes], [3, true, 2]);
    assertEquals(c, {
      action: "skip",
      path: "c",
      reason: "is complete already",
    });
  });
});

Deno.test("get --continue takes no old version for a part", () =>
  withShell({
    remote: { "/a": "hello" },
    local: { a: "old" },
  }, async (stage) => {
    stage.disk.times.set(`${HOME}/a`, new Date(0));
    await run(stage, "get -c a");
    assertEquals(here(stage), { a: "hello" });
  }));

Deno.test("newer fetches only what is newer", () =>
  withShell({
    remote: { "/a": "new", "/b": "new", "/c": "new" },
    local: { a: "old", b: "old" },
    settings: { clobber: "off" },
  }, async (stage) => {
    stage.disk.times.set(`${HOME}/a`, new Date(0));
    stage.disk.times.set(`${HOME}/b`, new Date(Date.UTC(2030, 0)));
    await run(stage, "newer a", "newer b", "newer c");
    assertEquals(here(stage), { a: "new", b: "old", c: "new" });
    assertMatch(stage.said.err, /^b is not newer on the server; skipped$/m);
  }));

Deno.test("get --type ascii converts line ends", () =>
  withShell({ remote: { "/a": "1\n2\n" }, json: true }, async (stage) => {
    await run(stage, "get --type ascii a");
    assertEquals(here(stage), { a: "1\n2\n" });
    assertEquals(stage.server.commands.filter((c) => c === "TYPE A").length, 1);
    assertEquals("verified" in stage.records()[0]!, false);
  }));

Deno.test("mget puts files into folders only", () =>
  withShell({ remote: { "/a": "1" } }, async (stage) => {
    await assertRejects(() => run(stage, "mget * -o x"), UsageError, "x/");
    assertEquals(here(stage), {});
  }));

Deno.test("mget skips folders and tells what matched nothing", () =>
  withShell({
    remote: { "/d/a.log": "1", "/d/b.log": "2", "/d/x": "3", "/d/s.log": null },
    settings: { parallel: 2 },
  }, async (stage) => {
    const error = await fails(stage, "mget d/*.log q* -o logs/");
    assertEquals(error.kind, "missing");
    assertEquals(here(stage), { "logs/a.log": "1", "logs/b.log": "2" });
    assertMatch(stage.said.err, /^d\/s.log is a folder \(mirror fetches/m);
    assertMatch(stage.said.err, /^ftp: nothing on the server matches q\*$/m);
    // Size and time are known from the listing.
    assertEquals([stage.server.count("SIZE"), stage.server.count("MDTM")], [
      0,
      0,
    ]);
  }));

Deno.test("mget asks for no more than it has room for, however many match", async () => {
  const remote: Record<string, string> = {};
  for (let at = 0; at < 200; at++) remote[`/${at}`] = String(at);
  await withShell({ remote, settings: { parallel: 3 } }, async (stage) => {
    await run(stage, "mget *");
    assertEquals(Object.keys(here(stage)).length, 200);
    assertEquals(stage.server.sessions.most, 3);
    assertEquals(stage.server.count("RETR"), 200);
  });
});
