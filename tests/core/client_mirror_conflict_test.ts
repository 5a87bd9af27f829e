import { assert, assertEquals } from "@std/assert";
import { planMirror } from "../../client/ftp/mirror/mod.ts";
import {
  fileLine,
  folderLine,
  playMirror,
  type Served,
  TIME,
} from "./client_mirror_harness.ts";

/** A file and a folder with a file in it. */
const SERVED: Served = {
  folders: {
    "/s": [fileLine("f", 3), folderLine("d")],
    "/s/d": [fileLine("x", 1)],
  },
  files: { "/s/f": "new", "/s/d/x": "x" },
};

Deno.test("mirror() leaves what has another kind, unless it may delete", () =>
  playMirror(SERVED, async ({ plan, run, disk }) => {
    disk.folders.add("/t/f").add("/t/f/sub");
    disk.files.set("/t/f/sub/y", "old");
    disk.files.set("/t/d", "old");
    assertEquals(await plan(), [
      "skip d (a file is in the way)",
      "skip f (a folder is in the way)",
    ]);
    assertEquals(await plan({ delete: true }), [
      "delete d (a file is in the way)",
      "folder d (not there)",
      "add d/x (not there)",
      "delete f (a folder is in the way)",
      "add f (not there)",
      "delete f/sub (a folder is in the way)",
      "delete f/sub/y (a folder is in the way)",
    ]);
    const { failed, done } = await run({ delete: true });
    assertEquals(failed, []);
    assertEquals(done, { add: 2, update: 0, delete: 4, skip: 0, folder: 1 });
    assertEquals(disk.tree, { f: "new", d: null, "d/x": "x" });
  }));

Deno.test("mirror() makes no room where something has to stay", () =>
  playMirror(SERVED, async ({ plan, disk }) => {
    disk.folders.add("/t/f");
    disk.files.set("/t/f/a", "").set("/t/f/keep", "");
    assertEquals(await plan({ delete: true, exclude: ["keep", "d"] }), [
      "skip d (excluded)",
      "skip f (a folder is in the way, with something in it that stays)",
    ]);
  }));

Deno.test("mirror() neither follows nor replaces local links", () =>
  playMirror(SERVED, async ({ plan, run, disk }) => {
    disk.links.add("/t/f").add("/t/d").add("/t/extra");
    const kept = [
      "skip d (a link is in the way)",
      "skip f (a link is in the way)",
    ];
    assertEquals((await plan()).slice(0, 2).sort(), [
      kept[0]!,
      "skip extra (only in the target)",
    ]);
    assertEquals(await plan({ delete: true }), [
      kept[0]!,
      "delete extra (not in the source)",
      kept[1]!,
    ]);
    await run({ delete: true });
    assertEquals([...disk.links], ["/t/f", "/t/d"]);
    assertEquals(disk.tree, {});
  }));

Deno.test("mirror() notices a link that comes after the plan", () =>
  playMirror({
    folders: {
      "/s": [folderLine("d"), folderLine("e")],
      "/s/d": [fileLine("x", 1)],
      "/s/e": [folderLine("g")],
      "/s/e/g": [],
    },
    files: { "/s/d/x": "x" },
  }, async ({ run, disk }) => {
    disk.folders.add("/t/d").add("/t/e");
    const { failed } = await run({
      onStep(_, state) {
        if (state !== "planned") return;
        disk.folders.clear();
        disk.links.add("/t/d").add("/t/e");
      },
    });
    assertEquals(failed.map(({ path }) => path), ["e/g", "d/x"]);
    assertEquals(
      String(failed[0]!.error),
      "LocalError: Cannot write into /t/e: it is a link",
    );
    assertEquals(disk.tree, {});
  }));

Deno.test("mirror() deletes what the source lacks, and only that", () =>
  playMirror({
    folders: { "/s": [fileLine("a", 1)] },
    files: { "/s/a": "a" },
  }, async ({ plan, run, disk }) => {
    disk.folders.add("/t/old").add("/t/old/sub").add("/t/part");
    disk.files.set("/t/old/sub/x", "").set("/t/gone", "").set("/t/a.log", "")
      .set("/t/part/x", "").set("/t/part/keep.log", "");
    assertEquals(
      (await plan()).filter((step) => step.startsWith("delete")),
      [],
    );
    const options = { delete: true, exclude: ["*.log"] };
    assertEquals(await plan(options), [
      "add a (not there)",
      "skip a.log (excluded)",
      "delete gone (not in the source)",
      "delete old (not in the source)",
      "delete old/sub (not in the source)",
      "delete old/sub/x (not in the source)",
      "skip part (something in it stays)",
      "skip part/keep.log (excluded)",
      "delete part/x (not in the source)",
    ]);
    const { failed, done } = await run(options);
    assertEquals([failed, done.delete], [[], 5]);
    assertEquals(disk.tree, {
      a: "a",
      "a.log": "",
      part: null,
      "part/keep.log": "",
    });
  }));

Deno.test("mirror() deletes nothing where a listing cannot be trusted", async () => {
  const guarded = async (lines: string[], reason: string, plain = false) => {
    await playMirror({ folders: { "/s": lines }, plain }, async (stage) => {
      const { plan, disk } = stage;
      disk.files.set("/t/precious", "x");
      const steps = await plan({ delete: true });
      assertEquals(
        steps.filter((step) => step.includes("precious")),
        [`skip precious (${reason})`],
      );
    });
  };
  const incomplete = "kept: the source's listing is not complete";
  await guarded([fileLine("a", 1), "what is this?"], incomplete);
  await guarded([fileLine("../a", 1)], incomplete);
  await guarded(["?????? nonsense ??????"], incomplete, true);
  await guarded([], "kept: the source's folder may not be readable", true);
});

Deno.test("mirror() empties a folder that is surely empty", async () => {
  const empty = async (plain: boolean) => {
    const served = { folders: { "/s": [] }, plain };
    const STAT = "213-Status:\r\n drwxr-xr-x 2 0 0 6 Jan 1 00:00 .\r\n213 End";
    await playMirror(served, async ({ plan, disk }) => {
      disk.files.set("/t/old", "x");
      assertEquals(await plan({ delete: true }), [
        "delete old (not in the source)",
      ]);
    }, { STAT });
  };
  await empty(true);
  await empty(false);
});

Deno.test("planMirror() reads names without -a where that is taken for one", () =>
  playMirror({ folders: {}, plain: true }, async ({ plan, crowd }) => {
    assertEquals(await plan(), ["folder d (not there)"]);
    assertEquals(crowd.said("LIST"), ["LIST -a /s", "LIST /s", "LIST /s/d"]);
  }, {
    CWD: "250 OK",
    LIST: (path, peer) => {
      if (path.startsWith("-a")) return "550 -a: no such file";
      const line = "drwxr-xr-x 2 0 0 4096 Jan 01 2020 d\r\n";
      peer.sends(path === "/s" ? line : "");
      return "";
    },
  }));

Deno.test("planMirror() enters a folder whose name is a pattern", () => {
  const line = (kind: string, name: string) =>
    `${kind}rw-r--r-- 1 0 0 3 Jan 01 2020 ${name}`;
  return playMirror({ folders: {}, plain: true }, async ({ plan, crowd }) => {
    assertEquals(await plan(), [
      "folder [a]* (not there)",
      "add [a]*/x (not there)",
    ]);
    assertEquals(crowd.said("LIST"), ["LIST -a /s", "LIST -a"]);
    assert(crowd.said("CWD").includes("CWD /s/[a]*"));
  }, {
    CWD: "250 OK",
    LIST: (path, peer) => {
      peer.sends(`${path === "-a" ? line("-", "x") : line("d", "[a]*")}\r\n`);
      return "";
    },
  });
});

Deno.test("planMirror() sees what is listed in itself", () =>
  playMirror({
    folders: {
      "/s": [
        "drw-r--r-- 1 0 0 3 Jan 01 2020 open",
        "drw-r--r-- 1 0 0 3 Jan 01 2020 closed",
      ],
      "/s/open": ["drw-r--r-- 1 0 0 3 Jan 01 2020 open"],
      "/s/open/open": [],
      "/s/closed": ["drwx------ 1 0 0 3 Jan 01 2020 closed"],
    },
    plain: true,
  }, async ({ pool, disk }) => {
    disk.folders.add("/t/closed");
    disk.files.set("/t/closed/precious", "x");
    const { steps, failed } = await planMirror({ pool, path: "/s" }, "/t", {
      delete: true,
    });
    assertEquals(steps.map(({ path }) => path), ["open", "open/open"]);
    assertEquals(failed.map(({ path }) => path), ["closed"]);
  }));

Deno.test("mirror() knows unfinished files from others", () =>
  playMirror({
    folders: {
      "/s": [
        fileLine("a", 1),
        fileLine("a.part", 1),
        fileLine("b", 1),
        fileLine("c.part", 1),
        fileLine("d", 1),
      ],
    },
  }, async ({ plan, disk }) => {
    for (const name of ["b.part", "b.part.map", "d", "d.part", "e.part"]) {
      disk.files.set(`/t/${name}`, "x");
      disk.times.set(`/t/${name}`, TIME);
    }
    assertEquals(await plan({ delete: true }), [
      "add a (not there)",
      "skip a.part (name of an unfinished a)",
      "add b (not there)",
      "skip b.part (unfinished)",
      "skip b.part.map (unfinished)",
      "add c.part (not there)",
      "skip d (same size and time)",
      "delete d.part (not in the source)",
      "delete e.part (not in the source)",
    ]);
  }));
