/**
 * A served folder full of ways out, and a program that makes more of them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Folders, soon, tempFolders } from "./helpers.ts";

/** What is in the files outside; nobody may ever read it. */
export const SECRET = "top secret";

/** A served folder full of ways out, beside what must not be reached. */
export async function traps(): Promise<Folders> {
  const folders = await tempFolders({ file: "mine", "..dots": "mine too" });
  const { base, pub } = folders;
  await Deno.mkdir(`${pub}/real`);
  await Deno.writeTextFile(`${pub}/real/secret`, "harmless");
  for (const outside of [`${base}/outside`, `${pub}ber`]) {
    await Deno.mkdir(outside);
    await Deno.writeTextFile(`${outside}/secret`, SECRET);
  }
  const links = {
    leaf: "../outside/secret",
    absolute: `${base}/outside/secret`,
    middle: "../outside",
    sibling: `${pub}ber`,
    chain: "middle",
    around: `real/../../outside`,
    etc: "/etc",
    proc: "/proc/self/environ",
    dangling: "../outside/new",
    inward: "real",
  };
  for (const [name, target] of Object.entries(links)) {
    await Deno.symlink(target, `${pub}/${name}`);
  }
  return folders;
}

/** Paths that links lead out. */
export const WAYS_OUT: readonly string[] = [
  "leaf",
  "absolute",
  "middle/secret",
  "sibling/secret",
  "chain/secret",
  "around/secret",
  "etc/passwd",
  "proc",
  "inward/../../outside/secret",
  "inward/../middle/secret",
];

/** Paths that climb out, or would elsewhere. */
export const CLIMBS: readonly string[] = [
  "../outside/secret",
  "/../outside/secret",
  "real/../../outside/secret",
  "..//../outside/secret",
  "/./../outside/./secret",
  "../public/secret",
  "../pubber/secret",
  "..\\outside\\secret",
  "\\..\\..\\outside\\secret",
  "/..\\../outside/secret",
  "%2e%2e/outside/secret",
  ".../outside/secret",
  "~/secret",
  "C:/outside/secret",
  "//outside/secret",
];

/** What lies outside is as it was. */
export function assertUntouched({ base, pub }: Folders): void {
  for (const outside of [`${base}/outside`, `${pub}ber`]) {
    const names = Array.from(Deno.readDirSync(outside), ({ name }) => name);
    assertEquals(names, ["secret"]);
    assertEquals(Deno.readTextFileSync(`${outside}/secret`), SECRET);
    const { mode, mtime } = Deno.statSync(`${outside}/secret`);
    assertEquals((mode ?? 0) & 0o002, 0);
    assert(mtime!.getFullYear() > 2000);
  }
}

/**
 * Runs `attack` so many times while `swapped` is a folder one moment and a way
 * out the next.
 */
export async function whileSwapping(
  { pub }: Folders,
  attack: (round: number) => Promise<void>,
  rounds = 500,
): Promise<void> {
  const script = new URL("./swapper.ts", import.meta.url).pathname;
  const swapper = new Deno.Command(Deno.execPath(), {
    args: [...["run", "--quiet", "--no-prompt", "-A"], script, pub],
    stdout: "piped",
  }).spawn();
  const said = swapper.stdout.getReader();
  try {
    await soon(said.read(), "the first swap");
    for (let round = 0; round < rounds; round++) await attack(round);
  } finally {
    swapper.kill("SIGKILL");
    await said.cancel();
    await swapper.status;
  }
}
