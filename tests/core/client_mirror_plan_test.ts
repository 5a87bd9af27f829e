import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  FtpError,
  LocalError,
  ProtocolError,
} from "../../client/ftp/errors.ts";
import { mirror, planMirror } from "../../client/ftp/mirror/mod.ts";
import {
  fileLine,
  folderLine,
  playMirror,
  TARGET,
  TIME,
} from "./client_mirror_harness.ts";

Deno.test("planMirror() has a step for every entry, and does nothing", () =>
  playMirror({
    folders: {
      "/s": [fileLine("b", 1), folderLine("d"), fileLine("a", 2)],
      "/s/d": [fileLine("x", 3), "type=dir; e"],
      "/s/d/e": [],
    },
  }, async ({ plan, disk, crowd }) => {
    assertEquals(await plan(), [
      "add a (not there)",
      "add b (not there)",
      "folder d (not there)",
      "folder d/e (not there)",
      "add d/x (not there)",
    ]);
    assertEquals(disk.tree, {});
    assertEquals(crowd.said("RETR"), []);
  }));

Deno.test("planMirror() makes a target that is not there", () =>
  playMirror({ folders: { "/s": [fileLine("a", 2)] } }, async (stage) => {
    stage.disk.folders.clear();
    assertEquals(await stage.plan(), [
      "folder  (not there)",
      "add a (not there)",
    ]);
  }));

Deno.test("mirror() wants one side here and one on a server", () =>
  playMirror({ folders: { "/s": [] } }, async ({ pool }) => {
    const side = { pool, path: "/s" };
    await assertRejects(() => mirror("a", "b"), TypeError, "one side");
    await assertRejects(() => planMirror(side, side), TypeError, "one side");
  }));

Deno.test("mirror() refuses a source that is not there", async () => {
  const nothing = { folders: { "/": [], "/t": [fileLine("a", 1)] } };
  await playMirror(nothing, async ({ run, disk, pool }) => {
    disk.files.set("/t/precious", "x");
    const all = { delete: true };
    await assertRejects(() => run(all), FtpError, "550");
    const up = () => mirror("/none", { pool, path: "/t" }, all);
    await assertRejects(up, LocalError, "no such folder");
    assertEquals(disk.tree, { precious: "x" });
  });
  // With LIST, a folder that is not there is listed like an empty one.
  await playMirror({ ...nothing, plain: true }, async ({ run, disk }) => {
    disk.files.set("/t/precious", "x");
    await assertRejects(() => run({ delete: true }), FtpError, "CWD /s");
    assertEquals(disk.tree, { precious: "x" });
  });
});

Deno.test("mirror() keeps hostile names out, and tells them", () =>
  playMirror({
    folders: {
      "/s": [
        ...["../evil", "/etc/evil", "a/../../evil", "..\\evil", "..", "."]
          .map((name) => fileLine(name, 4)),
        folderLine("../folder"),
        fileLine("bell\x07", 4),
        ...["-rf", "|touch y", "$(x)", "~", "C:x"]
          .map((name) => fileLine(name, 2)),
      ],
    },
    files: Object.fromEntries(
      ["-rf", "|touch y", "$(x)", "~", "C:x"].map((
        name,
      ) => [`/s/${name}`, "ok"]),
    ),
  }, async ({ plan, run, disk }) => {
    const leave = "name could leave the folder";
    assertEquals((await plan()).filter((step) => step.startsWith("skip")), [
      `skip . (${leave})`,
      `skip .. (${leave})`,
      `skip ../evil (${leave})`,
      `skip ../folder (${leave})`,
      `skip ..\\evil (${leave})`,
      `skip /etc/evil (${leave})`,
      `skip a/../../evil (${leave})`,
      "skip bell\x07 (name with a control character)",
    ]);
    const { failed } = await run();
    assertEquals(failed, []);
    const ok = "ok";
    assertEquals(disk.tree, {
      "-rf": ok,
      "|touch y": ok,
      "$(x)": ok,
      "~": ok,
      "C:x": ok,
    });
    assert([...disk.files.keys()].every((path) => path.startsWith("/t/")));
  }));

Deno.test("mirror() never follows a link that a folder of its name follows", () =>
  playMirror({
    folders: {
      "/s": ["type=OS.unix=slink:/etc; x", folderLine("x")],
      "/s/x": [fileLine("passwd", 1)],
    },
  }, async ({ plan }) => {
    assertEquals(await plan(), ["skip x (a link)", "skip x (listed twice)"]);
  }));

Deno.test("mirror() takes the first of names that are one name here", () =>
  playMirror({
    folders: {
      "/s": [fileLine("B", 1), fileLine("b", 2), folderLine("\u00e9")],
      "/s/\u00e9": [fileLine("E\u0301", 1), fileLine("\u00e9", 2)],
    },
  }, async ({ plan }) => {
    assertEquals((await plan({ names: "posix" })).length, 5);
    assertEquals((await plan({ names: "windows" })).slice(0, 2), [
      "add B (not there)",
      "skip b (differs only by case from B)",
    ]);
    assertEquals(await plan({ names: "darwin" }), [
      "add B (not there)",
      "skip b (differs only by case from B)",
      "folder \u00e9 (not there)",
      "add \u00e9/E\u0301 (not there)",
      "skip \u00e9/\u00e9 (differs only by case from E\u0301)",
    ]);
  }));

Deno.test("planMirror() finds what is there under another case", () =>
  playMirror({ folders: { "/s": [fileLine("README", 3)] } }, async (stage) => {
    const { plan, disk } = stage;
    disk.files.set("/t/readme", "abc");
    disk.times.set("/t/readme", TIME);
    const step = "skip README (same size and time)";
    assertEquals(await plan({ names: "windows", delete: true }), [step]);
    assertEquals(await plan({ delete: true }), [
      "add README (not there)",
      "delete readme (not in the source)",
    ]);
  }));

Deno.test("planMirror() goes no deeper than allowed, and goes on elsewhere", () =>
  playMirror({
    folders: (path) =>
      path === "/s" || /^\/s(\/loop)+$/.test(path)
        ? [folderLine("loop"), folderLine("z")]
        : path.endsWith("/z")
        ? [fileLine("f", 1)]
        : undefined,
  }, async ({ pool }) => {
    const { steps, failed } = await planMirror({ pool, path: "/s" }, TARGET, {
      maxDepth: 3,
    });
    assertEquals(steps.filter(({ action }) => action === "add").length, 3);
    assertEquals(failed.map(({ path }) => path).sort(), [
      "loop/loop/loop/loop",
      "loop/loop/loop/z",
    ]);
    assert(failed.every(({ error }) => error instanceof ProtocolError));
  }));

Deno.test("mirror() does nothing at all where there is too much", () =>
  playMirror({
    folders: (path) => [folderLine("loop"), fileLine(`a${path.length}`, 1)],
  }, async ({ run, disk }) => {
    const limited = { maxEntries: 20 };
    await assertRejects(() => run(limited), ProtocolError, "more than 20");
    assertEquals(disk.tree, {});
  }));

Deno.test("planMirror() reports a folder that cannot be read", () =>
  playMirror({
    folders: {
      "/s": [folderLine("closed"), folderLine("open")],
      "/s/open": [fileLine("a", 1)],
    },
  }, async ({ pool, disk }) => {
    disk.folders.add("/t/closed");
    disk.files.set("/t/closed/precious", "x");
    const { steps, failed } = await planMirror({ pool, path: "/s" }, TARGET, {
      delete: true,
    });
    assertEquals(steps.map(({ path }) => path), ["open", "open/a"]);
    assertEquals(failed.length, 1);
    assertEquals(failed[0]!.path, "closed");
    assert(failed[0]!.error instanceof FtpError);
  }));

Deno.test("planMirror() leaves out what its options say", () =>
  playMirror({
    folders: {
      "/s": [
        fileLine("a.txt", 5),
        fileLine("b.gif", 1),
        fileLine(".hidden", 1),
        folderLine("deep"),
        folderLine("none"),
      ],
      "/s/deep": [fileLine("c.txt", 50)],
      "/s/none": [fileLine("d.gif", 1)],
    },
  }, async ({ plan, disk }) => {
    assertEquals(await plan({ include: ["*.txt"], hidden: false }), [
      "skip .hidden (hidden)",
      "add a.txt (not there)",
      "skip b.gif (not included)",
      "folder deep (not there)",
      "add deep/c.txt (not there)",
      "skip none/d.gif (not included)",
    ]);
    assertEquals(await plan({ exclude: ["deep/", "*.gif"] }), [
      "add .hidden (not there)",
      "add a.txt (not there)",
      "skip b.gif (excluded)",
      "skip deep (excluded)",
      "folder none (not there)",
      "skip none/d.gif (excluded)",
    ]);
    const big = (await plan({ maxSize: 49 })).filter((step) =>
      step.includes("bytes")
    );
    assertEquals(big, ["skip deep/c.txt (more than 49 bytes)"]);
    disk.files.set("/t/a.txt", "old");
    const existing = await plan({ onlyExisting: true });
    assertEquals(existing.filter((step) => !step.startsWith("skip")), [
      "update a.txt (size differs: 3 -> 5)",
    ]);
    assertEquals(existing.length, 5);
  }));

Deno.test("planMirror() follows links only when told, and not for ever", () =>
  playMirror({
    folders: (path) =>
      /^\/s(\/self)*$/.test(path)
        ? [
          "type=OS.unix=slink:.; self",
          "type=OS.unix=slink:a; file",
          "type=OS.unix=slink:x; broken",
        ]
        : undefined,
    files: { "/s/file": "abc", "/s/self/file": "abc" },
  }, async ({ plan }) => {
    assertEquals(await plan(), [
      "skip broken (a link)",
      "skip file (a link)",
      "skip self (a link)",
    ]);
    const steps = await plan({ links: "follow" });
    assertEquals(steps.slice(0, 3), [
      "skip broken (a link that leads nowhere)",
      "add file (not there)",
      "folder self (not there)",
    ]);
    const last = "skip self/self/self/self (a link in links)";
    assert(steps.includes(last), steps.join("\n"));
  }));
