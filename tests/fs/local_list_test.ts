import { assert, assertEquals } from "@std/assert";
import { names } from "../fs_conformance.ts";
import { withRoot } from "./temp_root.ts";

/** Runs `act` while `Deno.lstatSync` is `look`, which is given the real one. */
async function whileLooking(
  look: (path: string, real: typeof Deno.lstatSync) => Deno.FileInfo,
  act: () => Promise<void>,
): Promise<void> {
  const real = Deno.lstatSync;
  Deno.lstatSync = (path) => look(String(path), real);
  try {
    await act();
  } finally {
    Deno.lstatSync = real;
  }
}

/** Takes the processor for so many milliseconds, as a slow disk would. */
function hold(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

Deno.test("list() leaves waiting for a slow disk to other threads", () =>
  withRoot(async ({ fs, root }) => {
    for (let i = 0; i < 500; i++) Deno.createSync(`${root}/${i}`).close();
    const known = new Set([root]);
    const real = Deno.lstat;
    Deno.lstat = (path) => {
      known.add(String(path));
      return real(path);
    };
    let waits = 0;
    try {
      await whileLooking((path, real) => {
        if (path.startsWith(`${root}/`) && !known.has(path)) {
          waits++;
          hold(6);
        }
        known.add(path);
        return real(path);
      }, async () => {
        assertEquals((await names(fs, "/")).length, 500);
      });
    } finally {
      Deno.lstat = real;
    }
    assert(waits > 0, "nothing was slow");
    assert(waits < 100, `this thread waited ${waits} times`);
  }));

Deno.test("list() shows what is replaced while it looks, as it is then", () =>
  withRoot(async ({ fs, root }) => {
    Deno.mkdirSync(`${root}/sub`);
    for (let i = 0; i < 50; i++) Deno.createSync(`${root}/sub/${i}`).close();
    const replaced = new Set<string>();
    await whileLooking((path, real) => {
      const info = real(path);
      if (info.isFile && !replaced.has(path)) {
        replaced.add(path);
        Deno.writeTextFileSync(`${root}/new`, "12345");
        Deno.renameSync(`${root}/new`, path);
      }
      return info;
    }, async () => {
      const seen = await Array.fromAsync(await fs.list("/sub"));
      assertEquals(seen.length, 50);
      assert(seen.some(({ size }) => size === 5), "no look was close enough");
    });
    assertEquals(replaced.size, 50);
  }));

Deno.test("list() merges batches of names into one order", () =>
  withRoot(async ({ fs, root }) => {
    const made: string[] = [];
    for (let i = 0; i < 1500; i++) {
      const name = `${(i * 7919) % 1500}${
        i % 3 === 0 ? "é\u{1F600}" : "\uFF5E"
      }`;
      Deno.createSync(`${root}/${name}`).close();
      made.push(name);
    }
    const utf8 = new TextEncoder();
    const inOrder = made.sort((a, b) => {
      const [x, y] = [utf8.encode(a), utf8.encode(b)];
      const at = x.findIndex((byte, at) => byte !== y[at]);
      return at < 0 ? x.length - y.length : (x[at] ?? 0) - (y[at] ?? 0);
    });
    assertEquals(await names(fs, "/"), inOrder);
  }));
