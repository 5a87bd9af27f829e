import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { restricted } from "../../server/fs/restricted.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { asAlice, speak } from "./ftp_dialogue.ts";
import { startAlice, type StartOptions } from "./ftp_harness.ts";

const FILES = {
  "/b": "22",
  "/a": "1",
  "/c": "333",
  "/.dot": "",
  "/-x": "",
  "/two words": "",
  "/sub/f": "",
  "/sub/deep/g": "",
  "/sub/deep/.h": "",
  "/sup/f": "",
  "/none": null,
};

/** Times in the order c, a, b; the newest is b. */
async function withTimes(fs: FileSystem): Promise<void> {
  for (const [at, name] of ["c", "a", "b"].entries()) {
    await fs.setModified(`/${name}`, new Date(Date.UTC(2020, 1, at)));
  }
}

async function listed(
  command: string,
  options: StartOptions = {},
): Promise<string[]> {
  const client = await startAlice({ files: FILES, ...options });
  await withTimes(client.fs);
  await client.ask("EPSV");
  const opening = await client.ask(command);
  if (!opening.startsWith("150")) {
    await client.finish();
    return [opening];
  }
  const last = await client.reply();
  if (!last?.startsWith("226")) {
    await client.finish();
    return [last ?? ""];
  }
  const text = await client.takeData();
  await client.finish();
  return text.split("\r\n").slice(0, -1);
}

const NAMES = ["-x", ".dot", "a", "b", "c", "none", "sub", "sup", "two words"];

const NLST: readonly [argument: string, names: string[]][] = [
  ["", NAMES],
  ["-a", NAMES],
  ["-r", NAMES.toReversed()],
  ["-S", ["c", "b", "a", "-x", ".dot", "none", "sub", "sup", "two words"]],
  ["-Sr [abc]", ["a", "b", "c"]],
  ["-t [abc]", ["b", "a", "c"]],
  ["-t -r [abc]", ["c", "a", "b"]],
  ["-tS [abc]", ["c", "b", "a"]],
  ["-St [abc]", ["b", "a", "c"]],
  ["-d", ["."]],
  ["-d sub", ["sub"]],
  ["-F [asn]*", ["a", "none/", "sub/", "sup/"]],
  ["-hH1c a", ["a"]],
  ["-- -x", ["-x"]],
  ["./-x", ["./-x"]],
  ["-la -- two words", ["two words"]],
  ["-l two words", ["two words"]],
  ["--", NAMES],
  ["-R sub", ["deep", "f", "deep/.h", "deep/g"]],
  ["-R none", []],
  ["-R a", ["a"]],
  ["*/f", ["sub/f", "sup/f"]],
  ["/su?/f", ["/sub/f", "/sup/f"]],
  ["su*/deep/*", ["sub/deep/g"]],
  ["su*/d*/[gh]", ["sub/deep/g"]],
  ["su*/d*/.*", ["sub/deep/.h"]],
  ["-r */f", ["sup/f", "sub/f"]],
  ["*/none", []],
  ["[ab]/x", []],
];

for (const [argument, names] of NLST) {
  Deno.test(`NLST ${argument} tells ${names.join(" ") || "nothing"}`, async () => {
    assertEquals(await listed(`NLST ${argument}`.trimEnd()), names);
  });
}

/** The last column, or a heading. */
async function shown(argument: string, options?: StartOptions) {
  const lines = await listed(`LIST ${argument}`, options);
  return lines.map((line) => /^[d-]/.test(line) ? line.slice(59) : line);
}

Deno.test("LIST -R lists folder by folder, as ls does", async () => {
  assertEquals(await shown("-R"), [
    ...NAMES,
    ...["", "./none:", "", "./sub:", "deep", "f"],
    ...["", "./sub/deep:", ".h", "g", "", "./sup:", "f"],
  ]);
  assertEquals(
    await shown("-R /sub/", { policy: { dotfiles: "ls" } }),
    ["deep", "f", "", "/sub/deep:", "g"],
  );
  assertEquals(
    await shown("-Ra sub", { policy: { dotfiles: "ls" } }),
    ["deep", "f", "", "sub/deep:", ".h", "g"],
  );
});

Deno.test("LIST shows folders in front of names only where patterns are in them", async () => {
  assertEquals(await shown("sub/*"), ["deep", "f"]);
  assertEquals(await shown("su*/f"), ["sub/f", "sup/f"]);
  assertEquals(await shown("-F -d sub"), ["sub/"]);
});

Deno.test("STAT takes the same options", async () => {
  const client = await startAlice({ files: FILES });
  const said = await client.ask("STAT -R sub");
  assert(/ deep\n.* f\n sub\/deep:\n.* \.h\n.* g\n213 /.test(said), said);
  await client.finish();
});

Deno.test("a pattern does not go where the account may not look", async () => {
  const wrap = (fs: FileSystem) =>
    restricted(fs, { rules: [{ path: "/sub", permissions: ["read"] }] });
  assertEquals(await listed("NLST su*/f*", { wrap }), ["sup/f"]);
  assertEquals(await listed("NLST -R", { wrap }), [...NAMES, "sup/f"]);
  assertEquals(
    await listed("NLST sub/f", { wrap }),
    ["550 Not enough privileges."],
  );
});

Deno.test("patterns in a path are bounded in number", async () => {
  assertEquals(
    await listed(`NLST ${"*/".repeat(8)}x`),
    [],
  );
  assertEquals(
    await listed(`NLST ${"*/".repeat(9)}x`),
    ["553 File name not allowed."],
  );
});

/** A file system whose folders all hold the same, without end. */
function fractal(names: readonly string[]): (fs: FileSystem) => FileSystem {
  return (fs) => ({
    ...fs,
    stat: async (path) => await fs.stat(path.includes("*") ? path : "/"),
    list: async () => {
      const entry = await fs.stat("/");
      // As on a disk, others have their turn meanwhile.
      await new Promise<void>((resolve) => setImmediate(() => resolve()));
      return (async function* () {
        for (const name of names) yield { ...entry, name };
      })();
    },
  });
}

Deno.test("-R goes so deep and no deeper", async () => {
  const wrap = fractal(["x"]);
  assertEquals(
    await listed("NLST -R", { wrap }),
    ["451 More than 64 folders deep."],
  );
});

Deno.test("patterns and -R look at so many entries and no more", async () => {
  const wrap = fractal(Array.from({ length: 64 }, (_, at) => `n${at}`));
  const said = "451 More than 200000 entries: ask for less.";
  assertEquals(await listed("NLST */*/*/x*", { wrap }), [said]);
});

Deno.test("STAT looks at fewer entries, as nothing else is heard meanwhile", async () => {
  await asAlice(["STAT */*/*/x*", "451 More than 10000 entries"], {
    wrap: fractal(Array.from({ length: 64 }, (_, at) => `n${at}`)),
  });
});

/** A session with a search under way that would look at very many. */
async function startSearch(mode: string) {
  const client = await startAlice({
    wrap: fractal(Array.from({ length: 64 }, (_, at) => `n${at}`)),
  });
  await client.ask(`MODE ${mode}`);
  await client.ask("EPSV");
  await client.ask("NLST */*/*/x*");
  return client;
}

for (const mode of ["S", "Z"]) {
  Deno.test(`ABOR ends a search that finds nothing, in MODE ${mode}`, async () => {
    const client = await startSearch(mode);
    await speak(client, ["ABOR", "426 Transfer aborted.", "226"]);
  });

  Deno.test(`a client that leaves ends a search that finds nothing, in MODE ${mode}`, async () => {
    const client = await startSearch(mode);
    client.control.end();
    await client.ended;
    assertEquals(await client.reply(), "426 Control connection closed.");
    await client.finish();
  });
}

Deno.test("sorting by time is bounded, and listing by name is not", async () => {
  const wrap = fractal(Array.from({ length: 50_001 }, (_, at) => `n${at}`));
  assertEquals((await listed("NLST", { wrap })).length, 50_001);
  assertEquals(
    await listed("NLST -t", { wrap }),
    ["451 More than 50000 entries to sort."],
  );
});

Deno.test("a client that leaves ends a listing without end", async () => {
  const client = await startAlice({
    wrap: fractal(Array.from({ length: 3000 }, (_, at) => `n${at}`)),
  });
  await client.ask("EPSV");
  client.data.block();
  await client.ask("LIST -R");
  await speak(client, ["ABOR", "426", "226"]);
});

Deno.test("LIST of a pattern tells of links, and does not follow them with -R", async () => {
  const fs = memoryFileSystem({ "/d/f": "" });
  const wrap = (): FileSystem => ({
    ...fs,
    list: async (path, options) => {
      const entries = await fs.list(path, options);
      return (async function* () {
        for await (const entry of entries) {
          yield entry.name === "d" ? { ...entry, link: "elsewhere" } : entry;
        }
      })();
    },
  });
  assertEquals(
    await (async () => {
      const client = await startAlice({ wrap });
      await client.ask("EPSV");
      await client.ask("NLST -R -F");
      await client.reply();
      const text = await client.takeData();
      await client.finish();
      return text;
    })(),
    "d@\r\n",
  );
});

Deno.test("options alone are no name", async () => {
  await asAlice([
    ...["EPSV", "229", "NLST -l", "150", "226", "< a\r\n"],
    ...["EPSV", "229", "NLST -la ", "150", "226", "< a\r\n"],
  ], { files: { "/a": "" } });
});
