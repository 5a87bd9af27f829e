import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { TRANSFER_VERBS } from "../../client/ftp/shell/verbs/transfer.ts";
import { createTerminal } from "../../lib/terminal/mod.ts";
import { FsError } from "../../server/fs/file_system.ts";
import { Peer } from "./client_peer.ts";
import { contentOf } from "./ftp_harness.ts";
import { HOME, withShell } from "./shell_harness.ts";
import { fails, here, run } from "./shell_transfer_words.ts";

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
    assertMatch(shown, /^Total: 1 of 3 files/m);
    // deno-lint-ignore no-control-regex -- These take the bars away.
    assertMatch(shown, /\x1b\[J\r?$/);
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
