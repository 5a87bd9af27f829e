import { assert, assertEquals, assertRejects } from "@std/assert";
import type { FtpClient } from "../../client/ftp/client.ts";
import { FtpError, ProtocolError } from "../../client/ftp/errors.ts";
import type { ListEntry } from "../../client/ftp/listing.ts";
import { failureOf } from "../../client/ftp/shell/failure.ts";
import { TREE_VERBS } from "../../client/ftp/shell/verbs/tree.ts";
import { type Visitor, walk } from "../../client/ftp/shell/walk.ts";
import { UsageError } from "../../lib/cli.ts";
import { type ShellStage, withShell } from "./shell_harness.ts";

const REMOTE = {
  "/pub/a.txt": "a",
  "/pub/x/b.txt": "bb",
  "/pub/x/y/c.jpg": "ccc",
  "/.dot/d.jpg": "dddd",
};
const { signal } = new AbortController();

const run = (stage: ShellStage, name: string, ...args: string[]) =>
  stage.run(TREE_VERBS, name, args);

async function found(...args: string[]): Promise<string[]> {
  let lines: string[] = [];
  await withShell({ remote: REMOTE }, async (stage) => {
    await run(stage, "find", ...args);
    lines = stage.said.out.trimEnd().split("\n").sort();
  });
  return lines;
}

Deno.test("find lists all that is below a folder", async () => {
  assertEquals(await found("/pub"), [
    "/pub/a.txt",
    "/pub/x",
    "/pub/x/b.txt",
    "/pub/x/y",
    "/pub/x/y/c.jpg",
  ]);
  assertEquals((await found()).at(0), ".dot");
});

Deno.test("find takes names, types and a depth", async () => {
  assertEquals(await found("--name", "*.jpg"), [
    ".dot/d.jpg",
    "pub/x/y/c.jpg",
  ]);
  assertEquals(await found("--type", "directory", "pub"), [
    "pub/x",
    "pub/x/y",
  ]);
  assertEquals(await found("--max-depth", "1", "pub"), ["pub/a.txt", "pub/x"]);
  assertEquals(await found("pub/a.txt"), ["pub/a.txt"]);
});

Deno.test("find tells programs entries", () =>
  withShell({ remote: REMOTE, json: true }, async (stage) => {
    await run(stage, "find", "--name", "c.*");
    const [entry, ...more] = stage.records();
    assertEquals([entry?.path, entry?.size], ["pub/x/y/c.jpg", 3]);
    assertEquals(more.length, 0);
  }));

Deno.test("find says that the first folder is missing", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    const error = await assertRejects(() => run(stage, "find", "nope"));
    assertEquals(failureOf(error).kind, "missing");
  }));

Deno.test("du sums up folders, deepest first", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    await run(stage, "du", "pub");
    assertEquals(stage.said.out.trimEnd().split("\n").map((l) => l.trim()), [
      "3  pub/x/y",
      "5  pub/x",
      "6  pub",
    ]);
  }));

Deno.test("du -s and --max-depth show less and count the same", () =>
  withShell({ remote: REMOTE, json: true }, async (stage) => {
    await run(stage, "du", "-s");
    await run(stage, "du", "--max-depth", "1", "pub");
    assertEquals(stage.records(), [
      { path: ".", size: 10, files: 4, directories: 4 },
      { path: "pub/x", size: 5, files: 2, directories: 1 },
      { path: "pub", size: 6, files: 3, directories: 2 },
    ]);
    const both = () => run(stage, "du", "-s", "--max-depth", "1");
    await assertRejects(both, UsageError);
  }));

/** A client whose folders are these; a name without entries is refused. */
function clientOf(folders: Record<string, Partial<ListEntry>[]>): FtpClient {
  async function* list(path: string): AsyncGenerator<ListEntry> {
    await Promise.resolve();
    const entries = folders[path] ?? folders["*"];
    if (entries === undefined) {
      throw new FtpError(`MLSD ${path}`, { code: 550, lines: ["Denied"] });
    }
    for (const { name = "", type = "directory", ...more } of entries) {
      const at = `${path}/${name}`;
      yield { name, path: at, type, size: 1, modified: null, ...more };
    }
  }
  const stat = (path: string) =>
    Promise.resolve(folders[path] ? { type: "directory" } : null);
  const features = new Map([["MLST", ""]]);
  return { list, stat, features } as unknown as FtpClient;
}

function notes(): Visitor & { seen: string[]; failures: string[] } {
  const [seen, failures]: string[][] = [[], []];
  return {
    seen: seen!,
    failures: failures!,
    entry: ({ path }) => void seen!.push(path),
    failed: (path, error) =>
      void failures!.push(`${path}: ${failureOf(error).message}`),
  };
}

Deno.test("walk() goes on after a folder that is refused", async () => {
  const client = clientOf({
    "/": [{ name: "secret" }, { name: "open" }],
    "//open": [{ name: "a", type: "file" }],
  });
  const visitor = notes();
  const totals = await walk(client, "/", visitor, { signal });
  assertEquals(totals, { size: 1, files: 1, directories: 2 });
  assertEquals(visitor.failures.length, 1);
  assert(visitor.failures[0]!.startsWith("//secret: MLSD"), "which one");
});

Deno.test("walk() follows no link, and no name that is none", async () => {
  const client = clientOf({
    "/": [{ name: "link", type: "link" }, { name: "../up" }, {
      name: "",
      type: "other",
      unparsed: "?",
    }],
  });
  const visitor = notes();
  const totals = await walk(client, "/", visitor, { signal });
  assertEquals(visitor.seen.length, 3);
  assertEquals(totals, { size: 0, files: 1, directories: 1 });
  assert(visitor.failures[0]!.includes("no name of a folder"));
});

Deno.test("walk() ends in folders without end", async () => {
  const visitor = notes();
  const deep = clientOf({ "*": [{ name: "a" }] });
  await walk(deep, "/", visitor, { signal, maxDepth: 7 });
  assertEquals(visitor.seen.length, 8);
  assert(visitor.failures[0]!.includes("7 deep; stopped"));
  const wide = clientOf({ "*": [{ name: "a" }, { name: "b" }] });
  const endless = () => walk(wide, "/", notes(), { signal, maxEntries: 1000 });
  await assertRejects(endless, ProtocolError, "Stopped after 1000 entries");
});

Deno.test("find ends with the kind of what failed below", () =>
  withShell({ remote: { "/a": null } }, async (stage) => {
    const { site } = stage.shell.state;
    const client = clientOf({ "": [{ name: "secret" }] });
    const pool = {
      run: (task: (client: FtpClient, signal: AbortSignal) => unknown) =>
        task(client, signal),
    };
    stage.shell.state.site = { ...site!, pool: pool as never };
    const error = await assertRejects(() => run(stage, "find"));
    stage.shell.state.site = site;
    assertEquals(failureOf(error).message, "1 folder could not be listed");
    assertEquals(stage.said.out, "/secret\n");
    assert(stage.said.err.includes("550 Denied"));
  }));
