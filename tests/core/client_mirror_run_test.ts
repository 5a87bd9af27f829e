import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  DamagedError,
  FtpError,
  IncompleteError,
  LocalError,
  NetworkError,
} from "../../client/ftp/errors.ts";
import type { MirrorFailure } from "../../client/ftp/mirror/mod.ts";
import {
  fileLine,
  folderLine,
  playMirror,
  type Served,
  TIME,
} from "./client_mirror_harness.ts";

const THREE: Served = {
  folders: {
    "/s": [fileLine("a", 1), fileLine("b", 2), fileLine("c", 3)],
  },
  files: { "/s/a": "1", "/s/b": "22", "/s/c": "333" },
};

Deno.test("mirror() downloads, keeps times and tells each step", () =>
  playMirror(THREE, async ({ run, disk, crowd }) => {
    const states: string[] = [];
    const progress = new Map<string, number>();
    const result = await run({
      onStep: ({ path }, state) => states.push(`${state} ${path}`),
      onProgress: (path, { position }) => progress.set(path, position),
    });
    assertEquals([result.moved, result.bytes, result.failed], [6, 6, []]);
    assertEquals(result.done.add, 3);
    assertEquals(disk.tree, { a: "1", b: "22", c: "333" });
    assertEquals(disk.times.get("/t/b"), TIME);
    assertEquals(states.slice(0, 3), ["planned a", "planned b", "planned c"]);
    assertEquals(states.slice(3).sort(), ["done a", "done b", "done c"]);
    assertEquals(Object.fromEntries(progress), { a: 1, b: 2, c: 3 });
    assertEquals([crowd.said("SIZE"), crowd.said("MDTM")], [[], []]);
    const again = await run();
    assertEquals([again.moved, again.done.skip], [0, 3]);
    assertEquals(crowd.said("RETR").length, 3);
  }));

Deno.test("mirror() moves all files under one limit", () =>
  playMirror(THREE, async ({ run }) => {
    let taken = 0;
    const take = (bytes: number) => {
      taken += bytes;
      return Promise.resolve();
    };
    await run({ rateLimit: { burst: 1000, take } });
    assertEquals(taken, 6);
  }));

Deno.test("mirror() only plans with dryRun", () =>
  playMirror(THREE, async ({ run, disk }) => {
    const { steps, done, bytes } = await run({ dryRun: true });
    assertEquals([steps.length, done.add, bytes], [3, 0, 6]);
    assertEquals(disk.tree, {});
  }));

Deno.test("mirror() goes on after a file that fails", () =>
  playMirror(
    { ...THREE, files: { "/s/a": "1", "/s/c": "333" } },
    async (of) => {
      const { failed, done } = await of.run();
      assertEquals(failed.map(({ path }) => path), ["b"]);
      assert(failed[0]!.error instanceof FtpError);
      assertEquals(done.add, 2);
      assertEquals(of.disk.tree, { a: "1", c: "333" });
    },
  ));

Deno.test("mirror() asks anew about a file that is not as it was listed", () =>
  playMirror({
    ...THREE,
    files: { "/s/a": "1", "/s/b": "longer", "/s/c": "3" },
  }, async ({ run, disk, crowd }) => {
    const { failed } = await run();
    assertEquals(failed, []);
    assertEquals(disk.tree, { a: "1", b: "longer", c: "3" });
    assertEquals(crowd.said("SIZE").sort(), ["SIZE /s/b", "SIZE /s/c"]);
  }));

Deno.test("mirror() reports a file that never arrives whole", () =>
  playMirror(THREE, async ({ run, disk }) => {
    const { failed } = await run();
    assertEquals(failed.map(({ path }) => path), ["c"]);
    assert(failed[0]!.error instanceof IncompleteError);
    assertEquals(disk.files.has("/t/c"), false);
  }, {
    SIZE: "213 4",
    RETR: (path, peer) => {
      const text = { "/s/a": "1", "/s/b": "22" }[path] ?? "33";
      peer.sends(text);
      return "";
    },
  }));

Deno.test("mirror() does nothing in a folder that cannot be made", () =>
  playMirror({
    folders: {
      "/s": [folderLine("d"), fileLine("a", 1)],
      "/s/d": [fileLine("x", 1), folderLine("e")],
      "/s/d/e": [fileLine("y", 1)],
    },
    files: { "/s/a": "1", "/s/d/x": "x", "/s/d/e/y": "y" },
  }, async ({ run, disk, crowd }) => {
    disk.makeDirectory = () => Promise.reject(new Error("not allowed"));
    const { failed } = await run();
    assertEquals(failed.map(({ path }) => path).sort(), [
      "d",
      "d/e",
      "d/e/y",
      "d/x",
    ]);
    assertEquals([disk.tree, crowd.said("RETR")], [{ a: "1" }, ["RETR /s/a"]]);
  }));

Deno.test("mirror() ends when the disk is full", () =>
  playMirror(THREE, async ({ run, disk }) => {
    disk.failure = Object.assign(new Error("no space"), { code: "ENOSPC" });
    const error = await assertRejects(() => run(), LocalError, "no space");
    assert(error instanceof LocalError);
    assertEquals(disk.tree, {});
  }));

Deno.test("mirror() tells failures as they happen, also when it throws then", () =>
  playMirror(
    { ...THREE, files: { "/s/b": "22", "/s/c": "333" } },
    async ({ run, disk }) => {
      const told: string[] = [];
      disk.failure = Object.assign(new Error("no space"), { code: "ENOSPC" });
      const onFailure = ({ path, error }: MirrorFailure) =>
        void told.push(`${path} ${(error as Error).name}`);
      await assertRejects(() => run({ onFailure }), LocalError, "no space");
      assertEquals(told, ["a FtpError"]);
    },
  ));

Deno.test("mirror() tells of folders that cannot be listed", () =>
  playMirror(
    { folders: { "/s": [folderLine("closed")] } },
    async ({ run }) => {
      const told: MirrorFailure[] = [];
      const onFailure = (failure: MirrorFailure) => void told.push(failure);
      const { failed } = await run({ onFailure });
      assertEquals(told.map(({ path }) => path), ["closed"]);
      assertEquals(told, failed);
    },
  ));

Deno.test("mirror() goes on after a local file that cannot be written", () =>
  playMirror(THREE, async ({ run, disk }) => {
    disk.failure = new Error("input/output error");
    const { failed } = await run();
    assertEquals(failed.length, 3);
  }));

Deno.test("mirror() ends when the server is gone", () =>
  playMirror(THREE, async ({ run, crowd }) => {
    crowd.greet = () => {
      throw Object.assign(new Error(), { name: "ConnectionRefused" });
    };
    await assertRejects(() => run(), NetworkError);
    assertEquals(crowd.said("RETR").length, 1);
  }, {
    RETR: (_, peer) => {
      peer.data.reset();
      peer.control.reset();
    },
  }));

Deno.test("mirror() goes on after a connection that a file broke", () =>
  playMirror(THREE, async ({ run, crowd, disk }) => {
    const { failed } = await run();
    assertEquals(failed.map(({ path }) => path), ["b"]);
    assertEquals(disk.tree, { a: "1", c: "333" });
    assertEquals(crowd.said("RETR /s/b").length, 2);
  }, {
    RETR: (path, peer) => {
      if (path === "/s/b") {
        peer.data.reset();
        peer.control.reset();
        return;
      }
      peer.sends(path === "/s/a" ? "1" : "333");
    },
  }));

const BIG = "0123456789".repeat(10);
const ONE: Served = {
  folders: { "/s": [fileLine("big", 100), fileLine("other", 5)] },
  files: { "/s/big": BIG, "/s/other": "other" },
};

Deno.test("mirror() that is cancelled leaves parts, which are gone on with", async () => {
  await playMirror(ONE, async ({ run, disk, crowd }) => {
    const enough = new AbortController();
    const { signal } = enough;
    const onProgress = () => enough.abort(new Error("enough"));
    await assertRejects(() => run({ signal, onProgress }), Error, "enough");
    assertEquals(disk.tree, { "big.part": BIG.slice(0, 40) });
    assertEquals(disk.times.get("/t/big.part"), TIME);
    let offset = 0;
    for (const peer of crowd.peers) {
      peer.on("REST", (at) => {
        offset = Number(at);
        return "350 OK";
      });
      peer.on("RETR", (path, peer) => {
        peer.sends(path === "/s/big" ? BIG.slice(offset) : "other");
      });
    }
    const { failed, moved } = await run();
    assertEquals([failed, moved], [[], 65]);
    assertEquals(disk.tree, { big: BIG, other: "other" });
    assertEquals(crowd.said("REST"), ["REST 40"]);
  }, {
    RETR: (_, peer) => {
      peer.say("150 Here");
      peer.data.send(BIG.slice(0, 40));
    },
    ABOR: (_, peer) => {
      peer.data.end();
      return "426 Gone\r\n226 Aborted";
    },
  });
});

Deno.test("mirror() goes on only with a part that is of the file", async () => {
  const HOUR = 3_600_000;
  const cases: [
    later: number | null,
    text: string,
    resume: boolean,
    rest: string[],
  ][] = [
    [0, BIG.slice(0, 30), true, ["REST 30"]],
    [2 * HOUR, BIG.slice(0, 30), true, ["REST 30"]],
    [HOUR / 2, "x".repeat(30), true, []],
    [-2 * HOUR, "x".repeat(30), true, []],
    [null, "x".repeat(30), true, []],
    [0, "x".repeat(101), true, []],
    [0, BIG.slice(0, 30), false, []],
  ];
  for (const [later, text, resume, rest] of cases) {
    await playMirror(ONE, async ({ run, disk, crowd }) => {
      disk.files.set("/t/big.part", text);
      if (later !== null) {
        disk.times.set("/t/big.part", new Date(TIME.getTime() + later));
      }
      const { failed } = await run({ resume });
      assertEquals(failed, []);
      assertEquals(disk.tree, { big: BIG, other: "other" });
      assertEquals(crowd.said("REST"), rest, `${later} ${text.length}`);
    });
  }
});

Deno.test("mirror() does not take a part with holes for a beginning", () =>
  playMirror(ONE, async ({ run, disk, crowd }) => {
    disk.files.set("/t/big.part", "x".repeat(50)).set("/t/big.part.map", "{}");
    disk.times.set("/t/big.part", TIME);
    const { failed } = await run();
    assertEquals([failed, crowd.said("REST")], [[], []]);
    assertEquals(disk.tree, { big: BIG, other: "other" });
  }));

Deno.test("mirror() fetches again what has another hash, once", async () => {
  const abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const texts = ["abd", "abc", "abd", "abd"];
  await playMirror({ folders: { "/s": [fileLine("f", 3)] } }, async (stage) => {
    const { run, disk, crowd } = stage;
    const first = await run({ verify: "hash" });
    assertEquals([first.failed, disk.tree], [[], { f: "abc" }]);
    assertEquals(crowd.said("RETR").length, 2);
    disk.files.clear();
    const second = await run({ verify: "hash" });
    assert(second.failed[0]!.error instanceof DamagedError);
    assertEquals(disk.tree, {});
  }, {
    FEAT:
      "211-Features:\r\n HASH SHA-256*\r\n MLST Type*;Size*;Modify*;\r\n211 End",
    HASH: (path) => `213 SHA-256 0-3 ${abc} ${path}`,
    RETR: (_, peer) => peer.sends(texts.shift()!),
  });
});
