/**
 * Does everything a file system can do, in a worker that may touch nothing but
 * the root; says what went wrong, or `null`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { localFileSystem } from "../../server/fs/local.ts";
import { get, names, put, refuses } from "../fs_conformance.ts";

/** What the worker is told. */
export interface ConfinedTask {
  /** The served folder. */
  root: string;
  /** Whether it can tell how much space is left. */
  knowsSpace: boolean;
}

declare const self: {
  onmessage: (event: MessageEvent<ConfinedTask>) => void;
  postMessage(problem: string | null): void;
};

async function exercise({ root, knowsSpace }: ConfinedTask): Promise<void> {
  const fs = localFileSystem(root);
  assertEquals(await names(fs, "/"), ["inside"]);
  assertEquals(await get(fs, "/inside/file"), "text");
  await refuses("not-found", () => fs.read("/out/secret", 0));
  await refuses("not-found", () => fs.read("/leaf", 0));
  await refuses("not-found", () => fs.write("/out/new", { mode: "replace" }));
  await refuses("not-found", () => fs.remove("/broken"));
  await fs.makeDirectory("/sub");
  for (const mode of ["replace", "replace", "append"] as const) {
    await put(fs, "/sub/a", "text", { mode });
  }
  await put(fs, "/sub/new", "text", { mode: "new" });
  await put(fs, "/sub/a", "!", { mode: "at", offset: 4 });
  await (await fs.write("/sub/a", { mode: "replace" })).abort();
  assertEquals(await get(fs, "/sub/a", 2), "xt!");
  await fs.setMode("/sub/a", 0o600);
  await fs.setModified("/sub/a", new Date(1000));
  assertEquals((await fs.stat("/sub/a")).modified, new Date(1000));
  await fs.setGroup("/sub/a", (await fs.stat("/sub/a")).group);
  await refuses("unsupported", () => fs.makeLink("/sub/l", "/inside/file"));
  assertEquals(await fs.resolve("/sub/a"), "/sub/a");
  assertEquals(await fs.resolve("/out/secret"), "/out/secret");
  assertEquals(await fs.space("/sub") !== null, knowsSpace);
  await refuses(
    "exists",
    () => fs.rename("/sub/a", "/sub/new", { replace: false }),
  );
  await fs.rename("/sub/a", "/sub/b", { replace: false });
  await fs.rename("/sub/b", "/sub/new");
  await fs.remove("/sub/new");
  await fs.removeDirectory("/sub");
  assertEquals(await names(fs, "/"), ["inside"]);
}

self.onmessage = ({ data }) =>
  exercise(data).then(
    () => self.postMessage(null),
    (error) => self.postMessage(String(error.stack)),
  );
