import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { localFileSystem } from "../../server/fs/local.ts";
import { NO_LOCK, type PathLock, pathLock } from "../../server/fs/path_lock.ts";
import { clashes, type Words } from "./path_lock_worker.ts";
import { withRoot } from "./temp_root.ts";

/** Bits that are set while the lock is held or wanted; above them is the era. */
const HELD = 0x3fff;
const ALONE = 0x2000;
const WANTED = 0x1000;

function newWords(): Words {
  return new Int32Array(new SharedArrayBuffer(16));
}

Deno.test("pathLock() lets nobody in beside who is alone, whatever threads do", async () => {
  const words = newWords();
  const url = new URL("./path_lock_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const answer = Promise.withResolvers<number>();
  worker.onmessage = ({ data }: MessageEvent<number>) => answer.resolve(data);
  worker.onerror = (event) => answer.reject(event.error);
  worker.postMessage(words);
  try {
    let found = 0;
    while (Atomics.load(words, 3) === 0) found += clashes(words);
    assertEquals([found, await answer.promise], [0, 0]);
    assertEquals([words[0]! & HELD, ...words.slice(1)], [0, 0, 0, 1]);
  } finally {
    worker.terminate();
  }
});

Deno.test("pathLock() is shared by many, and free again afterwards", () => {
  const words = newWords();
  const [one, other] = [pathLock(words, 0), pathLock(words, 0)];
  assertEquals(one.shared(() => other.shared(() => words[0])), 2);
  assertEquals(words[0], 0);
  assertEquals(one.alone(() => words[0]), ALONE);
  assertEquals(words[0]! & HELD, 0);
});

Deno.test("pathLock() gives the lock back when the act throws", () => {
  const words = newWords();
  const lock = pathLock(words, 0);
  const fail = () => {
    throw new Error("no");
  };
  assertThrows(() => lock.alone(fail), Error, "no");
  assertThrows(() => lock.shared(fail), Error, "no");
  assertEquals(words[0]! & HELD, 0);
});

Deno.test("pathLock() does not wait for ever for a thread that died with it", () => {
  for (const held of [ALONE, WANTED, 3, WANTED | 1]) {
    for (const how of ["alone", "shared"] as const) {
      const words = newWords();
      words[0] = held;
      const lock = pathLock(words, 0, { patience: 50 });
      assertEquals(lock[how](() => words[0]! & ALONE) > 0, how === "alone");
      // Nobody misses the shares of the dead until somebody wants to be alone.
      assertEquals(lock.alone(() => words[0]! & HELD), ALONE);
      assertEquals(words[0]! & HELD, 0);
    }
  }
});

Deno.test("pathLock() takes nothing back for a thread that only seemed dead", () => {
  const words = newWords();
  const lock = pathLock(words, 0, { patience: 50 });
  for (const mine of ["alone", "shared"] as const) {
    lock[mine](() => {
      lock.alone(() => {}); // Waits for as long as the dead are waited for.
      words[0]! += 1; // Somebody else shares it now.
    });
    assertEquals(words[0]! & HELD, 1);
    words[0]! -= 1;
  }
});

Deno.test("pathLock() lets nobody else in while somebody waits to be alone", () => {
  const words = newWords();
  const lock = pathLock(words, 0, { patience: 50 });
  const word = lock.shared(() => {
    lock.alone(() => {}); // Sees no end of it, and then takes it.
    return words[0]!;
  });
  assertNotEquals(word & ~HELD, 0);
  words[0] = 1 | WANTED;
  const era = lock.shared(() => words[0]! & ~HELD);
  assertNotEquals(era, 0); // Not beside the one who was there: after it.
});

Deno.test("pathLock() counts eras round and round", () => {
  const words = newWords();
  words[0] = 0x7fffc000;
  const lock = pathLock(words, 0);
  assertEquals(lock.alone(() => words[0]! & HELD), ALONE);
  assertEquals(words[0], -0x80000000);
  assertEquals(lock.shared(() => words[0]! & HELD), 1);
  lock.alone(() => {});
  assertEquals(words[0], -0x80000000 + HELD + 1);
  words[0] = -HELD - 1;
  lock.alone(() => {});
  assertEquals(words[0], 0);
});

Deno.test("NO_LOCK does what it is told", () => {
  assertEquals(NO_LOCK.alone(() => NO_LOCK.shared(() => 7)), 7);
});

Deno.test("localFileSystem() acts by paths under its lock, and renames alone", () =>
  withRoot(async ({ root }) => {
    const told: string[] = [];
    const spy = (how: string) => <T>(act: () => T): T => {
      told.push(how);
      return act();
    };
    const lock: PathLock = { shared: spy("shared"), alone: spy("alone") };
    const fs = localFileSystem(root, { lock });
    await fs.makeDirectory("/made");
    await (await fs.write("/made/file", { mode: "replace" })).close();
    await fs.setMode("/made/file", 0o600);
    await fs.setModified("/made/file", new Date(0));
    await fs.rename("/made/file", "/file");
    await fs.remove("/file");
    await fs.removeDirectory("/made");
    // Writing twice: when it is opened, and when it gets its name.
    const shared = Array(5).fill("shared");
    assertEquals(told, [...shared, "alone", "shared", "shared"]);
  }));
