import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  assertSameFile,
  assertSameTree,
  makeFile,
  makeSparse,
  makeTree,
  namesBut,
} from "./files.ts";
import { interopTest, MODES, placeOf, type Scene } from "./interop.ts";
import { type Ended, run, runWell } from "./program.ts";

const WGET = [
  "wget",
  "--no-verbose",
  "--tries=1",
  "--timeout=20",
  "--no-proxy",
];

/**
 * It reads LIST, which does not tell where blanks before a name begin, has its
 * own ideas of what is special in URLs, and shortens long names.
 */
const NAMES = namesBut(/^ |[*#%;?]|.{100}/);

function wget(
  { local, home }: Scene,
  ...args: string[]
): Promise<Ended> {
  return run([...WGET, "--restrict-file-names=nocontrol", ...args], {
    cwd: local,
    home,
  });
}

async function wgetWell(scene: Scene, ...args: string[]): Promise<void> {
  const { code, report } = await wget(scene, ...args);
  assertEquals(code, 0, report);
}

for (const mode of MODES) {
  interopTest("wget", `wget mirrors a tree: ${mode.name}`, async (scene) => {
    const { host, port } = placeOf(scene.ftpd, mode);
    await makeTree(scene.served, NAMES);
    const flags = ["-r", "-nH", "-l", "inf", "--no-remove-listing"];
    flags.push(mode.active ? "--no-passive-ftp" : "--passive-ftp");
    await wgetWell(scene, ...flags, `ftp://${host}:${port}/`);
    await assertSameTree(scene.local, scene.served, { but: [".listing"] });
  }, { missing: mode.missing });
}

interopTest(
  "wget",
  "wget continues a download, also at 5 GiB",
  async (scene) => {
    const { host, port } = placeOf(scene.ftpd);
    const file = join(scene.served, "file");
    await makeFile(file, 100_000);
    const start = (await Deno.readFile(file)).subarray(0, 33_333);
    await Deno.writeFile(join(scene.local, "file"), start);
    await wgetWell(scene, "-c", `ftp://${host}:${port}/file`);
    await assertSameFile(join(scene.local, "file"), file);
    await makeSparse(join(scene.served, "huge"), 5 * 2 ** 30, "the very end");
    await makeSparse(join(scene.local, "huge"), 5 * 2 ** 30 - 12, "x");
    await wgetWell(scene, "-c", `ftp://${host}:${port}/huge`);
    const tail = ["tail", "-c", "13", "huge"];
    assertEquals(await runWell(tail, { cwd: scene.local }), "xthe very end");
  },
);

interopTest("wget", "wget fetches what a pattern matches", async (scene) => {
  const { host, port } = placeOf(scene.ftpd);
  for (const name of ["a.txt", "b.txt", "c.bin"]) {
    await makeFile(join(scene.served, name));
  }
  await wgetWell(scene, `ftp://${host}:${port}/*.txt`);
  const names = await Array.fromAsync(Deno.readDir(scene.local));
  assertEquals(names.map(({ name }) => name).sort(), ["a.txt", "b.txt"]);
});

interopTest("wget", "wget is told when a password is wrong", async (scene) => {
  const { host, port } = placeOf(scene.ftpd);
  const login = ["--user=bob", "--password=wrong"];
  const { code, report } = await wget(
    scene,
    ...login,
    `ftp://${host}:${port}/`,
  );
  assertEquals(code, 6, report);
  assertStringIncludes(report, "Login incorrect");
}, { ftpd: ["--user", "bob:secret:ro", "--login-delay", "0.01"] });
