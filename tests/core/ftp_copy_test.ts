import { assertEquals } from "@std/assert";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { restricted } from "../../server/fs/restricted.ts";
import { copyBytes } from "../../server/ftp/copy_bytes.ts";
import { asAlice, speak } from "./ftp_dialogue.ts";
import { contentOf, namesIn, startAlice } from "./ftp_harness.ts";

const FILES = {
  "/a": "text",
  "/old": "old",
  "/d/x": "1",
  "/d/sub/y": "22",
  "/d/none": null,
  "/two words": "!",
};

Deno.test("SITE CPFR and CPTO copy a file", async () => {
  const client = await asAlice([
    ...[
      "SITE CPFR a",
      "350 File or folder exists, ready for destination name.",
    ],
    ...["SITE CPTO b", "250 Copy successful.", "site cpfr /a", "350"],
    ...["site cpto old", "250", "SITE CPFR two words", "350"],
    ...["SITE CPTO d/three words", "250"],
  ], { files: FILES });
  assertEquals(await contentOf(client.fs, "/a"), "text");
  assertEquals(await contentOf(client.fs, "/b"), "text");
  assertEquals(await contentOf(client.fs, "/old"), "text");
  assertEquals(await contentOf(client.fs, "/d/three words"), "!");
  assertEquals(client.logged("copied").length, 3);
});

Deno.test("SITE CPFR and CPTO copy a folder with all that is in it", async () => {
  const { fs } = await asAlice([
    ...["SITE CPFR d", "350", "SITE CPTO e", "250"],
    ...["SITE CPFR d/sub", "350", "SITE CPTO d/none", "250"],
  ], { files: FILES });
  assertEquals(await namesIn(fs, "/e"), ["none", "sub", "x"]);
  assertEquals(await contentOf(fs, "/e/sub/y"), "22");
  assertEquals(await contentOf(fs, "/d/none/y"), "22");
});

Deno.test("SITE COPY does both at once", async () => {
  const { fs } = await asAlice([
    ...["SITE COPY a b", "250", 'SITE COPY "two words" "b c"', "250"],
    ...["SITE COPY a", "501", "SITE COPY a b c", "501", 'SITE COPY "a', "501"],
    ...["SITE COPY", "501", "SITE COPY none x", "550"],
  ], { files: FILES });
  assertEquals(await contentOf(fs, "/b"), "text");
  assertEquals(await contentOf(fs, "/b c"), "!");
});

const REFUSED: readonly [what: string, lines: string[]][] = [
  ["CPTO without CPFR", ["SITE CPTO b", "503 Bad sequence of commands: use"]],
  ["CPTO twice", [
    ...["SITE CPFR a", "350", "SITE CPTO old", "250", "SITE CPTO b", "503"],
  ]],
  ["CPTO behind something else", [
    ...["SITE CPFR a", "350", "NOOP", "200", "SITE CPTO b", "503"],
  ]],
  ["CPTO behind another SITE", [
    ...["SITE CPFR a", "350", "SITE HELP", "214", "SITE CPTO b", "503"],
  ]],
  ["RNTO behind CPFR", ["SITE CPFR a", "350", "RNTO b", "503"]],
  ["CPTO behind RNFR", ["RNFR a", "350", "SITE CPTO b", "503"]],
  ["CPFR without a name", ["SITE CPFR", "501 Invalid SITE CPFR format."]],
  ["CPTO without a name", [
    ...["SITE CPFR a", "350", "SITE CPTO", "501 Invalid SITE CPTO format."],
  ]],
  ["what does not exist", ["SITE CPFR b", "550 No such file or directory."]],
  ["a file onto itself", [
    ...["SITE CPFR a", "350", "SITE CPTO ./a", "550 Can't copy something to"],
  ]],
  ["a folder into itself", [
    ...["SITE CPFR d", "350", "SITE CPTO d/sub/z", "550 Can't copy a folder"],
  ]],
  ["the root into itself", [
    ...["SITE CPFR /", "350", "SITE CPTO z", "550 Can't copy a folder"],
  ]],
  ["a file onto a folder", [
    ...["SITE CPFR a", "350", "SITE CPTO d", "550 Is a directory."],
  ]],
  ["a folder onto a file", [
    ...["SITE CPFR d", "350", "SITE CPTO a", "550 Not a directory."],
  ]],
  ["into no folder", [
    ...["SITE CPFR a", "350", "SITE CPTO no/b", "550 No such file"],
  ]],
];

for (const [what, lines] of REFUSED) {
  Deno.test(`a copy of ${what} is refused`, async () => {
    const { fs } = await asAlice(lines, { files: FILES });
    assertEquals(
      await namesIn(fs, "/"),
      ["a", "d", "old", "two words"],
    );
  });
}

Deno.test("a copy needs what reading and storing need", async () => {
  const say = ["SITE CPFR a", "350", "SITE CPTO b", "550 Not enough"];
  for (
    const [permissions, lines] of [
      [["list", "write"], [
        "SITE CPFR a",
        "550 Not enough",
        ...say.slice(2, 3),
        "503",
      ]],
      [["list", "read"], say],
      [["list", "read", "append", "make"], say],
    ] as const
  ) {
    const { fs } = await asAlice(lines, {
      files: FILES,
      wrap: (fs) => restricted(fs, { permissions }),
    });
    assertEquals(await namesIn(fs, "/"), ["a", "d", "old", "two words"]);
  }
});

Deno.test("a copy replaces nothing where nothing may be replaced", async () => {
  const { fs } = await asAlice([
    ...["SITE CPFR a", "350", "SITE CPTO old", "550 File exists."],
    ...["SITE CPFR a", "350", "SITE CPTO new", "250"],
  ], { files: FILES, wrap: (fs) => restricted(fs, { overwrite: false }) });
  assertEquals(await contentOf(fs, "/old"), "old");
  assertEquals(await contentOf(fs, "/new"), "text");
});

Deno.test("a folder in which something may not be read is not copied in silence", async () => {
  const rules = [{ path: "/d/sub", permissions: ["list", "write"] as const }];
  await asAlice(["SITE CPFR d", "350", "SITE CPTO e", "550 Not enough"], {
    files: FILES,
    wrap: (fs) => restricted(fs, { rules }),
  });
});

Deno.test("a copy without room leaves no half file", async () => {
  const { fs, files } = await asAlice(
    ["SITE CPFR a", "350", "SITE CPTO b", "452"],
    { files: { "/a": "12345678" }, capacity: 10 },
  );
  assertEquals(await namesIn(fs, "/"), ["a"]);
  assertEquals(files.uploads, ["abort /b"]);
});

Deno.test("ABOR stops a copy", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const client = await startAlice({
    files: FILES,
    wrap: (fs) => ({
      ...fs,
      read: async (path, offset) => ({
        ...await fs.read(path, offset),
        size: 2 ** 40,
        read: async (buffer) => {
          resolve();
          await new Promise((go) => setTimeout(go, 0));
          return buffer.length;
        },
      }),
    }),
  });
  await client.ask("SITE CPFR a");
  client.command("SITE CPTO b");
  await asked;
  await speak(client, ["ABOR", "426", "226"]);
  assertEquals(client.files.uploads, ["abort /b"]);
});

Deno.test("a folder is not copied into itself through a link either", async () => {
  await asAlice([
    ...["SITE CPFR d", "350", "SITE CPTO x/l/deep", "550 Can't copy a folder"],
    ...["SITE CPFR x/l", "350", "SITE CPTO d/deep", "550 Can't copy a folder"],
    ...["SITE CPFR d/x", "350", "SITE CPTO x/l/x", "550 Can't copy something"],
  ], {
    files: { "/d/x": "", "/x/l/x": "" },
    wrap: (fs) => ({
      ...fs,
      resolve: (path) => Promise.resolve(path.replace(/^\/x\/l/, "/d")),
    }),
  });
});

Deno.test("copyBytes() ends where the file ended, though it grows with what is written", async () => {
  let length = 3;
  const fs = {
    read: () =>
      Promise.resolve({
        size: length,
        read: (buffer: Uint8Array) =>
          Promise.resolve(Math.min(2, buffer.length)),
        close: () => {},
      }),
  } as Partial<FileSystem> as FileSystem;
  const sink = {
    write(bytes: Uint8Array) {
      length += bytes.length;
      // Else this would go on for ever.
      return length > 10 ? Promise.reject(new Error("full")) : Promise
        .resolve(bytes.length);
    },
    close: () => {},
    abort: () => {},
  };
  let copied = 0;
  const count = (bytes: number) => void (copied += bytes);
  const { signal } = new AbortController();
  await copyBytes(fs, "/a", sink, { signal, count });
  assertEquals([copied, length], [3, 6]);
});
