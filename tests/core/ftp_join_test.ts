import { assertEquals, assertStringIncludes } from "@std/assert";
import { FsError } from "../../server/fs/file_system.ts";
import { restricted } from "../../server/fs/restricted.ts";
import { asAlice, speak } from "./ftp_dialogue.ts";
import { contentOf, namesIn, startAlice } from "./ftp_harness.ts";

const FILES = { "/1": "one ", "/2": "two ", "/a b": "three", "/d": null };

Deno.test("COMB makes one file of parts, which are gone then", async () => {
  const client = await asAlice(
    ['COMB all 1 2 "a b"', "250 COMB command successful."],
    { files: FILES },
  );
  assertEquals(await namesIn(client.fs, "/"), ["all", "d"]);
  assertEquals(await contentOf(client.fs, "/all"), "one two three");
  assertEquals(client.logged("joined")[0]?.parts, 3);
});

Deno.test("COMB goes on with a file that is there", async () => {
  const { fs } = await asAlice(["COMB 1 2", "250"], { files: FILES });
  assertEquals(await contentOf(fs, "/1"), "one two ");
});

const REFUSED: readonly [command: string, reply: string][] = [
  ["COMB", "501"],
  ["COMB all", "501 Use COMB target part..., or"],
  ['COMB all "1', "501 Use COMB target part..., or"],
  ["COMB all 1 1", "501 Each file may be named once only."],
  ["COMB 1 2 /d/../1", "501 Each file may be named once only."],
  ["COMB all 1 none", "550 No such file or directory."],
  ["COMB all 1 d", "550 Is a directory."],
  ["COMB d 1", "550 Is a directory."],
  ["COMB no/all 1", "550 No such file or directory."],
];

for (const [command, reply] of REFUSED) {
  Deno.test(`${command} is refused, and nothing changes`, async () => {
    const { fs } = await asAlice([command, reply], { files: FILES });
    assertEquals(await namesIn(fs, "/"), ["1", "2", "a b", "d"]);
    assertEquals(await contentOf(fs, "/1"), "one ");
  });
}

Deno.test("COMB without room leaves everything as it was", async () => {
  const { fs, files } = await asAlice(
    ["COMB new 1 2", "452", "COMB 1 2", "452"],
    { files: FILES, capacity: 15 },
  );
  assertEquals(await namesIn(fs, "/"), ["1", "2", "a b", "d"]);
  assertEquals(await contentOf(fs, "/1"), "one ");
  assertStringIncludes(files.uploads.join(), "abort /new");
});

Deno.test("COMB that cannot read a part leaves everything as it was", async () => {
  const { fs } = await asAlice(["COMB 1 2 /a b", "550", "COMB 1 2", "451"], {
    files: FILES,
    wrap: (fs) => ({
      ...fs,
      read: async (path, offset) => {
        const source = await fs.read(path, offset);
        let isFirst = true;
        return {
          ...source,
          close: () => source.close(),
          read(buffer) {
            if (!isFirst) throw new FsError("io");
            isFirst = false;
            return source.read(buffer.subarray(0, 2));
          },
        };
      },
    }),
  });
  assertEquals(await contentOf(fs, "/1"), "one ");
  assertEquals(await namesIn(fs, "/"), ["1", "2", "a b", "d"]);
});

Deno.test("COMB tells of a part that cannot be removed", async () => {
  const { fs } = await asAlice(
    ["COMB all 1 2", '550 The parts are joined, but "/2" stays: Not enough'],
    {
      files: FILES,
      wrap: (fs) => ({
        ...fs,
        remove: (path) =>
          path === "/2"
            ? Promise.reject(new FsError("permission"))
            : fs.remove(path),
      }),
    },
  );
  assertEquals(await contentOf(fs, "/all"), "one two ");
});

Deno.test("COMB needs what reading, storing and removing need", async () => {
  for (const missing of ["read", "write", "delete"] as const) {
    const permissions = (["list", "read", "write", "append", "delete"] as const)
      .filter((permission) => permission !== missing);
    const { fs } = await asAlice(["COMB all 1 2", "550"], {
      files: FILES,
      wrap: (fs) => restricted(fs, { permissions }),
    });
    assertEquals(await namesIn(fs, "/"), ["1", "2", "a b", "d"], missing);
  }
  const { fs } = await asAlice(["COMB 1 2", "550 Not enough"], {
    files: FILES,
    wrap: (fs) =>
      restricted(fs, { permissions: ["list", "read", "write", "delete"] }),
  });
  assertEquals(await contentOf(fs, "/1"), "one ");
});

Deno.test("ABOR stops COMB, which leaves everything as it was", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const client = await startAlice({
    files: FILES,
    wrap: (fs) => ({
      ...fs,
      read: async (path, offset) => {
        const source = await fs.read(path, offset);
        return {
          ...source,
          size: 2 ** 40,
          close: () => source.close(),
          read: async (buffer) => {
            resolve();
            await new Promise((go) => setTimeout(go, 0));
            buffer.fill(0);
            return buffer.length;
          },
        };
      },
    }),
  });
  client.command("COMB 1 2");
  await asked;
  await speak(client, ["ABOR", "426", "226"]);
  assertEquals(await contentOf(client.fs, "/1"), "one ");
});

Deno.test("COMB gives a new file the bits that SITE UMASK leaves", async () => {
  const { fs } = await asAlice(
    ["SITE UMASK 077", "200", "COMB all 1 2", "250"],
    { files: FILES },
  );
  assertEquals((await fs.stat("/all")).mode, 0o600);
});

Deno.test("COMB tells when it cannot take back what it has joined", async () => {
  await asAlice(
    ["COMB 1 2", "451 Only a part was joined: /1 had 4 bytes before."],
    {
      files: FILES,
      wrap: (fs) => ({
        ...fs,
        read: () => Promise.reject(new FsError("io")),
        write: (path, how) =>
          how.mode === "at"
            ? Promise.reject(new FsError("exists"))
            : fs.write(path, how),
      }),
    },
  );
});
