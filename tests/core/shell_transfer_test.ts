import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { TRANSFER_VERBS } from "../../client/ftp/shell/verbs/transfer.ts";
import { UsageError } from "../../lib/cli.ts";
import { createTerminal } from "../../lib/terminal/mod.ts";
import { FsError } from "../../server/fs/file_system.ts";
import { contentOf } from "./ftp_harness.ts";
import { Peer } from "./client_peer.ts";
import {
  HOME,
  printedText,
  type ShellStage,
  type StageOptions,
  withShell,
} from "./shell_harness.ts";

/** Runs lines of words, one after the other. */
async function run(stage: ShellStage, ...lines: string[]): Promise<void> {
  for (const line of lines) {
    const [name = "", ...args] = line.split(" ");
    await stage.run(TRANSFER_VERBS, name, args);
  }
}

/** Runs one line that must fail. */
async function fails(stage: ShellStage, line: string): Promise<ShellError> {
  return await assertRejects(() => run(stage, line), ShellError);
}

/** What is in the local folder, by name. */
function here({ disk }: ShellStage): Record<string, string> {
  const files = [...disk.files].map(([path, text]) =>
    [path.replace(`${HOME}/`, ""), text] as const
  );
  return Object.fromEntries(files.sort());
}

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

Deno.test("get goes on after a failure, and ends with the first one's kind", () =>
  withShell(
    { remote: { "/a": "1", "/d": null, "/c": "3" }, json: true },
    async (stage) => {
      const error = await assertRejects(
        () =>
          stage.run(TRANSFER_VERBS, "get", ["no", "a", "d", "c"], {
            isOneShot: true,
          }),
        ShellError,
        "2 of 4 files failed",
      );
      assertEquals([error.kind, error.told], ["missing", true]);
      assertEquals(here(stage), { a: "1", c: "3" });
      const failed = stage.records().filter(({ error }) => error !== undefined);
      assertEquals(failed.map(({ path }) => path), ["no", "d"]);
      assertMatch(stage.said.err, /^ftp: RETR no: the server said 550/m);
    },
  ));

Deno.test("bars on a screen are taken away, and failures stand above them", async () => {
  let shown = "";
  const screen = createTerminal({
    keyboard: true,
    display: "screen",
    color: false,
    size: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => {},
    setRaw: () => {},
    read: () => Promise.resolve(null),
    write: (text) => void (shown += text),
  });
  const remote = { "/a": "1", "/b": "2" };
  await withShell({ remote, screen }, async (stage) => {
    const getting = stage.run(TRANSFER_VERBS, "get", ["a", "no", "b"], {
      isOneShot: true,
    });
    await assertRejects(() => getting, ShellError);
    assertMatch(shown, /^.*ftp: RETR no: the server said 550/m);
    assertMatch(shown, /b +\d+%/);
    assertEquals(shown.endsWith("\r\x1b[J"), true, JSON.stringify(shown));
    assertEquals(stage.said.err, "2 files, 2 B in 0:00; 1 failed\n");
    shown = "";
    stage.shell.state.settings.progress = "off";
    await run(stage, "get a");
    await stage.run(TRANSFER_VERBS, "get", ["a"]);
    stage.shell.state.settings.progress = "on";
    await run(stage, "get a -");
    assertEquals(shown, "");
  });
});

Deno.test("a background job shows no bars, and keeps its folder", () =>
  withShell({
    remote: { "/d/a": "in d", "/a": "in /", "/d/big": "x" },
  }, async (stage) => {
    const { state } = stage.shell;
    await state.site!.pool.changeDirectory("/d");
    const job = state.jobs.start("get a", async (shell, signal) => {
      const get = TRANSFER_VERBS.find(({ names }) => names.includes("get"))!;
      await get.run(shell, {
        options: { segments: 2 },
        args: ["a"],
        given: new Set(),
        signal,
        isOneShot: false,
        remoteArgument: null,
      });
    }, stage.shell);
    await state.site!.pool.changeDirectory("/");
    await job.ended;
    assertEquals(job.state, "done");
    assertEquals(here(stage), { a: "in d" });
    assertEquals(stage.said.err.includes("a: "), false);
  }));

Deno.test("get looks closer when the server says nothing but no", async () => {
  const answers = {
    FEAT: "211-Features:\r\n MLST type*;\r\n211 End",
    RETR: "550 Failed to open file.",
    MLST: (path: string) =>
      path === "d"
        ? "250-Listing\r\n type=dir; d\r\n250 End"
        : "550 No such file.",
  };
  await withShell({ peer: new Peer(answers) }, async (stage) => {
    assertEquals((await fails(stage, "get a")).kind, "missing");
    assertMatch(stage.said.err, /\(there is nothing of this name\)$/m);
    await fails(stage, "get d");
    assertMatch(stage.said.err, /d is a folder on the server; mirror/);
  });
});

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

Deno.test("a connection that breaks leaves a file incomplete, and the rest is done", () =>
  withShell({
    remote: { "/a": "hello", "/b": "2", "/c": "3" },
    json: true,
  }, async (stage) => {
    stage.server.breakAfter = 3;
    const call = { isOneShot: true };
    const getting = stage.run(TRANSFER_VERBS, "get", ["a"], call);
    const error = await assertRejects(() => getting, ShellError);
    assertEquals(error.kind, "incomplete");
    await stage.run(TRANSFER_VERBS, "get", ["b", "c"], call);
    assertEquals(here(stage), { b: "2", c: "3" });
  }));

const MANY = [..."abcdefghijklmnop"];

/** Many files on the server. */
function many(): Record<string, string> {
  return Object.fromEntries(MANY.map((name) => [`/${name}`, "hello"]));
}

Deno.test("a server that is gone ends everything", () =>
  withShell({ remote: many() }, async (stage) => {
    stage.server.breakAfter = 3;
    stage.server.down = true;
    const getting = stage.run(TRANSFER_VERBS, "get", MANY, {
      isOneShot: true,
    });
    const error = await assertRejects(() => getting, ShellError);
    assertEquals(error.kind, "incomplete");
    assertMatch(
      stage.said.err,
      /^ftp: there is no connection any more: \d+ files were not tried$/m,
    );
    assertEquals(here(stage), {});
  }));

Deno.test("a server that breaks every connection is left", () =>
  withShell({ remote: many() }, async (stage) => {
    Object.defineProperty(stage.server, "breakAfter", {
      get: () => 0,
      set() {},
    });
    const getting = stage.run(TRANSFER_VERBS, "get", MANY, {
      isOneShot: true,
    });
    await assertRejects(() => getting, ShellError);
    assertMatch(stage.said.err, /the connection breaks again and again: /);
  }));

Deno.test("a full local disk ends everything", () =>
  withShell({
    remote: many(),
  }, async (stage) => {
    const full = new Error("No space left on device (os error 28)");
    stage.disk.failure = full;
    const error = await fails(stage, "mget *");
    assertEquals(error.kind, "local");
    assertMatch(stage.said.err, /^ftp: the local disk is full: \d+ files/m);
    assertEquals(here(stage), {});
  }));

Deno.test("a full disk of the server is each file's own failure", () =>
  withShell({
    local: { a: "1", b: "2" },
    wrap: (fs) => ({
      ...fs,
      write: (path, mode) =>
        path === "/a"
          ? Promise.reject(new FsError("no-space", "full"))
          : fs.write(path, mode),
    }),
  }, async (stage) => {
    await fails(stage, "mput *");
    assertEquals(await contentOf(stage.fs, "/b"), "2");
  }));

Deno.test("get is cancelled with the reason of its signal, and the shell goes on", () =>
  withShell({ remote: { "/a": "hello" } }, async (stage) => {
    const stop = new AbortController();
    const reason = new DOMException("Stopped", "AbortError");
    const getting = stage.run(TRANSFER_VERBS, "get", ["a"], {
      signal: stop.signal,
    });
    stop.abort(reason);
    const error = await assertRejects(() => getting);
    assertEquals(error, reason);
    await run(stage, "get a");
    assertEquals(here(stage), { a: "hello" });
  }));

Deno.test("get --segments fetches over several connections", async () => {
  const text = "0123456789abcdef".repeat(1 << 18);
  await withShell(
    { remote: { "/big": text }, settings: { parallel: 3 }, json: true },
    async (stage) => {
      await run(stage, "pget --segments 3 big");
      assertEquals(stage.disk.files.get(`${HOME}/big`) === text, true);
      assertEquals(stage.server.sessions.most, 3);
      assertEquals(stage.records()[0]?.size, text.length);
    },
  );
});

Deno.test("verify=hash compares, removes what is damaged, and warns once without", async () => {
  const peer = (hash: string) =>
    new Peer({
      FEAT: `211-Features:\r\n SIZE\r\n MDTM\r\n${hash}211 End`,
      SIZE: "213 5",
      MDTM: "213 20200101000000",
      XMD5: (path) =>
        path.includes("a")
          ? "250 5D41402ABC4B2A76B9719D911017C592"
          : "250 00000000000000000000000000000000",
      RETR: (_, peer) => peer.sends("hello"),
    });
  const settings = { verify: "hash" as const };
  await withShell(
    { peer: peer(" XMD5 filename\r\n"), settings, json: true },
    async (stage) => {
      await run(stage, "get a");
      assertEquals(stage.records()[0]?.verified, "hash");
      assertEquals((await fails(stage, "get b")).kind, "incomplete");
      assertEquals(here(stage), { a: "hello" });
    },
  );
  await withShell({ peer: peer(""), settings }, async (stage) => {
    await stage.run(TRANSFER_VERBS, "get", ["a", "b"], { isOneShot: true });
    assertEquals(here(stage), { a: "hello", b: "hello" });
    assertEquals(stage.said.err.match(/warning: no hash/g)?.length, 1);
  });
});
