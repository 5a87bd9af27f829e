import { assertEquals } from "@std/assert";
import type { MirrorComparison } from "../../client/ftp/mirror/mod.ts";
import { fileLine, playMirror, TIME } from "./client_mirror_harness.ts";
import type { Answers } from "./client_peer.ts";

const HOUR = 3_600_000;

/** Local bytes and time relative to a server's file of 3 bytes, and the step. */
const CASES: readonly [MirrorComparison, string, number | null, string][] = [
  ["newer", "abc", 0, "skip f (same size and time)"],
  ["newer", "abc", 1500, "skip f (same size and time)"],
  ["newer", "abc", HOUR, "skip f (not newer on the server)"],
  ["newer", "abc", -HOUR, "update f (newer on the server)"],
  ["newer", "abc", null, "skip f (same size; the time is not known)"],
  ["newer", "abcd", HOUR, "update f (size differs: 4 -> 3)"],
  ["time", "abc", HOUR, "update f (older on the server)"],
  ["time", "abc", -HOUR, "update f (newer on the server)"],
  ["time", "abc", 0, "skip f (same size and time)"],
  ["time", "ab", 0, "update f (size differs: 2 -> 3)"],
  ["size", "abc", -HOUR, "skip f (same size)"],
  ["size", "ab", HOUR, "update f (size differs: 2 -> 3)"],
];

Deno.test("planMirror() compares as it is told", async () => {
  for (const [compare, text, later, expected] of CASES) {
    const served = { folders: { "/s": [fileLine("f", 3)] } };
    await playMirror(served, async ({ plan, disk }) => {
      disk.files.set("/t/f", text);
      const time = TIME.getTime() + (later ?? 0);
      if (later !== null) disk.times.set("/t/f", new Date(time));
      assertEquals(await plan({ compare }), [expected]);
    });
  }
});

Deno.test("planMirror() replaces a file of which nothing is known", () =>
  playMirror({ folders: { "/s": ["type=file; f"] } }, async (stage) => {
    stage.disk.files.set("/t/f", "abc");
    for (const compare of ["newer", "size", "time"] as const) {
      assertEquals(await stage.plan({ compare }), [
        "update f (neither size nor time is known)",
      ]);
    }
  }));

/** SHA-256 of `abc`. */
const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const HASHES: Answers = {
  FEAT:
    "211-Features:\r\n SIZE\r\n HASH SHA-256*\r\n MLST Type*;Size*;Modify*;\r\n211 End",
  HASH: (path) => `213 SHA-256 0-3 ${ABC} ${path}`,
};

Deno.test("planMirror() compares hashes, but not of different sizes", () =>
  playMirror({
    folders: { "/s": [fileLine("a", 3), fileLine("b", 3), fileLine("c", 3)] },
  }, async ({ plan, disk, crowd }) => {
    disk.files.set("/t/a", "abc").set("/t/b", "abd").set("/t/c", "long");
    assertEquals(await plan({ compare: "hash" }), [
      "skip a (same hash)",
      "update b (hash differs)",
      "update c (size differs: 4 -> 3)",
    ]);
    assertEquals(crowd.said("HASH").length, 2);
  }, HASHES));

Deno.test("planMirror() compares times where there are no hashes", () =>
  playMirror({ folders: { "/s": [fileLine("a", 3)] } }, async (stage) => {
    const { plan, disk } = stage;
    disk.files.set("/t/a", "abc");
    disk.times.set("/t/a", TIME);
    assertEquals(await plan({ compare: "hash" }), [
      "skip a (same size and time; the server tells no hash)",
    ]);
  }));

Deno.test("planMirror() asks one time of a server that lists minutes", () => {
  const names = Array.from({ length: 300 }, (_, n) => `f${n}`);
  const recent = new Date(Date.now() - 48 * HOUR);
  const local = new Date(recent.getTime() + 5.5 * HOUR).toUTCString();
  const [, day, month, , time] = local.split(" ");
  const stamp = recent.toISOString().replace(/\..*/, "").replace(/[-:T]/g, "");
  return playMirror({
    folders: {
      "/s": names.map((name) =>
        `-rw-r--r-- 1 0 0 3 ${month} ${day} ${time!.slice(0, 5)} ${name}`
      ),
    },
    times: Object.fromEntries(names.map((name) => [`/s/${name}`, stamp])),
    plain: true,
  }, async ({ plan, disk, crowd }) => {
    for (const name of names) {
      disk.files.set(`/t/${name}`, "abc");
      disk.times.set(`/t/${name}`, recent);
    }
    const steps = await plan();
    assertEquals(
      new Set(steps.map((step) => step.replace(/f\d+/, "f"))),
      new Set(["skip f (same size and time)"]),
    );
    assertEquals(crowd.said("MDTM").length, 1);
    disk.times.set("/t/f7", new Date(recent.getTime() - 3 * 24 * HOUR));
    assertEquals((await plan()).filter((step) => !step.startsWith("skip")), [
      "update f7 (newer on the server)",
    ]);
  });
});
