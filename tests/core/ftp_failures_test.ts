import { assert, assertEquals } from "@std/assert";
import { reply } from "../../lib/ftp/reply.ts";
import { DataPortError } from "../../server/ftp/session.ts";
import {
  type FileSystem,
  FsError,
  type FsErrorKind,
} from "../../server/fs/file_system.ts";
import { asAlice, speak } from "./ftp_dialogue.ts";
import { contentOf, namesIn, startAlice } from "./ftp_harness.ts";

/** A file system whose files can be read for `length` bytes, then fail. */
function failingReads(length: number, error: Error) {
  return (fs: FileSystem): FileSystem => ({
    ...fs,
    async read(path, offset) {
      const source = await fs.read(path, offset);
      let left = length;
      return {
        ...source,
        read(buffer) {
          if (left === 0) return Promise.reject(error);
          const part = buffer.subarray(0, Math.min(left, buffer.length));
          left -= part.length;
          return source.read(part);
        },
      };
    },
  });
}

/** A file system whose uploads fail when they are closed. */
function failingCloses(error: Error) {
  return (fs: FileSystem): FileSystem => ({
    ...fs,
    async write(path, how) {
      const sink = await fs.write(path, how);
      return { ...sink, close: () => Promise.reject(error) };
    },
  });
}

const IO = new FsError("io", undefined, { cause: new Error("bad sector") });

Deno.test("a disk that is full gives 452, and no file", async () => {
  const { fs, files } = await asAlice([
    ...["EPSV", "229", "STOR b", "150", "> 123456"],
    "452 Insufficient storage space.",
    ...["EPSV", "229", "STOR a", "150", "> 123456", "452"],
    ...["EPSV", "229", "STOR c", "150", "> 12345", "226"],
  ], { files: { "/a": "abc" }, capacity: 8 });
  assertEquals(await namesIn(fs, "/"), ["a", "c"]);
  assertEquals(await contentOf(fs, "/a"), "abc");
  assertEquals(files.uploads, ["abort /b", "abort /a", "close /c"]);
});

Deno.test("a disk that is full in the middle of a large upload stops it", async () => {
  const client = await startAlice({ capacity: 1_000_000 });
  await client.ask("EPSV");
  await client.ask("STOR a");
  for (let at = 0; at < 20; at++) client.data.send("x".repeat(100_000));
  assertEquals(await client.reply(), "452 Insufficient storage space.");
  assert(client.data.isClosed);
  assertEquals(await namesIn(client.fs, "/"), []);
  await client.finish();
});

Deno.test("a read error gives 451, with what was read before it", async () => {
  for (const length of [0, 2, 40_000]) {
    const client = await startAlice({
      files: { "/a": "x".repeat(50_000) },
      wrap: failingReads(length, IO),
    });
    await client.ask("EPSV");
    await speak(client, [
      ...["RETR a", "150", "451 Input/output error.", "NOOP", "200"],
    ]);
    assertEquals(client.data.text.length, length);
    assertEquals(client.logged("transfer")[0]?.result, "failed");
  }
});

Deno.test("a read error that is no FsError gives 451 too", async () => {
  await asAlice(
    ["EPSV", "229", "RETR a", "150", "451", "NOOP", "200"],
    { files: { "/a": "abc" }, wrap: failingReads(1, new TypeError("bug")) },
  );
});

const CODES: Record<FsErrorKind, number> = {
  "not-found": 550,
  "exists": 550,
  "not-directory": 550,
  "is-directory": 550,
  "not-empty": 550,
  "permission": 550,
  "bad-name": 553,
  "bad-offset": 554,
  "no-space": 452,
  "too-large": 552,
  "unsupported": 504,
  "io": 451,
};

for (const [kind, code] of Object.entries(CODES)) {
  Deno.test(`a file system that says "${kind}" gives ${code}`, async () => {
    const error = new FsError(kind as FsErrorKind);
    const client = await asAlice(
      ["MKD new", `${code} ${error.message}`, "NOOP", "200"],
      {
        wrap: (fs) => ({ ...fs, makeDirectory: () => Promise.reject(error) }),
      },
    );
    const logged = client.logged("file-system-error").length;
    assertEquals(logged, kind === "io" ? 1 : 0);
  });
}

Deno.test("a command that breaks gives 451, is logged, and the session goes on", async () => {
  const client = await startAlice({
    wrap: (fs) => ({ ...fs, stat: () => Promise.reject(new TypeError("bug")) }),
  });
  const reply = "451 Requested action aborted: internal error.";
  for (const line of ["MDTM a", "CWD a", "LIST a", "LIST *", "STAT a"]) {
    assertEquals(await client.ask(line), reply);
  }
  assertEquals(await client.ask("NOOP"), "200 NOOP command successful.");
  client.control.end();
  await client.ended;
  assertEquals(client.logged("internal-error").length, 5);
});

Deno.test("a long upload waits a moment for the end of a killed client", async () => {
  const client = await startAlice();
  await client.ask("EPSV");
  await client.ask("STOR a");
  client.data.send("half");
  // Time must pass: the wait is a hundredth of it.
  await new Promise((resolve) => setTimeout(resolve, 120));
  await speak(client, ["> and half", "226"]);
  const [wait] = client.slept;
  assert(wait !== undefined && wait >= 1 && wait <= 100, `${wait} ms`);
});

const CLOSE_ERRORS: readonly [error: Error, reply: string][] = [
  [IO, "451 Input/output error."],
  [new FsError("no-space"), "452"],
  [new FsError("too-large"), "552"],
  // 550 is for what was refused before it began.
  [new FsError("exists"), "451 File exists."],
  [new FsError("permission"), "451 Not enough privileges."],
  [new TypeError("bug"), "426"],
];

for (const [error, said] of CLOSE_ERRORS) {
  Deno.test(`an upload that can't be closed (${error.message}) gives ${said}`, async () => {
    const { files } = await asAlice(
      ["EPSV", "229", "STOR a", "150", "> abc", said, "SIZE a", "550"],
      { wrap: failingCloses(error) },
    );
    assertEquals(files.uploads, ["abort /a"]);
  });
}

Deno.test("a download whose client goes away gives 426", async () => {
  const client = await startAlice({ files: { "/a": "x".repeat(200_000) } });
  await client.ask("EPSV");
  client.data.block();
  await speak(client, [
    ...["RETR a", "150", "(data resets)", "426 Connection closed;"],
    ...["EPSV", "229", "SIZE a", "213"],
    "NOOP",
    "200",
  ]);
});

Deno.test("an upload whose connection breaks gives 426, and no file", async () => {
  const { fs, files } = await asAlice([
    ...["EPSV", "229", "STOR a", "150", ">> ne", "(data resets)"],
    ...["426 Connection closed; transfer aborted.", "NOOP", "200"],
  ], { files: { "/a": "old" } });
  assertEquals(await contentOf(fs, "/a"), "old");
  assertEquals(files.uploads, ["abort /a"]);
});

for (const how of ["(client ends)", "(client resets)"]) {
  Deno.test(`an upload is undone when its ${how.slice(1, -1)} the control connection`, async () => {
    const { fs, files } = await asAlice(
      how === "(client ends)"
        ? ["EPSV", "229", "STOR a", "150", ">> new", how, "426", "(closed)"]
        : ["EPSV", "229", "STOR a", "150", ">> new", how, "(closed)"],
      { files: { "/a": "old" } },
    );
    assertEquals(await contentOf(fs, "/a"), "old");
    assertEquals(files.uploads, ["abort /a"]);
  });

  Deno.test(`a download stops when its ${how.slice(1, -1)} the control connection`, async () => {
    const client = await startAlice({ files: { "/a": "x".repeat(200_000) } });
    await client.ask("EPSV");
    client.data.block();
    await client.ask("RETR a");
    if (how === "(client ends)") client.control.end();
    else client.control.reset();
    await client.ended;
    assert(client.data.isClosed && client.control.isClosed);
    assertEquals([...client.files.open], []);
  });
}

Deno.test("an upload is undone when data and control connection end together", async () => {
  const client = await startAlice();
  await client.ask("EPSV");
  await client.ask("STOR a");
  client.data.send("half");
  client.data.end();
  client.control.end();
  await client.ended;
  assertEquals(await namesIn(client.fs, "/"), []);
  assertEquals(client.files.uploads, ["abort /a"]);
});

Deno.test("a data connection that can't be made gives its own reply", async () => {
  const client = await startAlice({ files: { "/a": "abc" }, connects: false });
  for (const verb of ["RETR a", "STOR b", "LIST"]) {
    await client.ask("EPSV");
    await client.ask(verb);
    const said = reply(425, "Can't open data connection: no answer.");
    client.ports.at(-1)!.fail(new DataPortError(said));
    assertEquals(
      await client.reply(),
      "425 Can't open data connection: no answer.",
    );
  }
  assertEquals(client.files.uploads, ["abort /b"]);
  assertEquals(await namesIn(client.fs, "/"), ["a"]);
  await client.finish();
});

Deno.test("a client that never connects is told, and stays", async () => {
  const client = await startAlice({ connects: false });
  await client.ask("EPSV");
  await client.ask("LIST");
  const said = reply(421, "Passive data channel timed out.");
  client.ports.at(-1)!.fail(new DataPortError(said));
  await speak(client, ["421 Passive data channel timed out.", "NOOP", "200"]);
});

Deno.test("a transfer that does not move ends the session", async () => {
  const client = await startAlice({
    files: { "/a": "abc" },
    limits: { dataTimeout: 20 },
  });
  await client.ask("EPSV");
  client.data.block();
  await speak(client, [
    ...["RETR a", "150", "421 Data connection timed out.", "(closed)"],
  ]);
});

Deno.test("an upload that does not move is undone", async () => {
  const { fs } = await asAlice([
    ...["EPSV", "229", "STOR a", "150", ">> half"],
    ...["421 Data connection timed out.", "(closed)"],
  ], { limits: { dataTimeout: 20 } });
  assertEquals(await namesIn(fs, "/"), []);
});

Deno.test("a listing that fails on its way gives 451", async () => {
  for (const verb of ["LIST", "NLST", "MLSD"]) {
    await asAlice(["EPSV", "229", verb, "150", "451", "NOOP", "200"], {
      files: { "/a": "" },
      wrap: (fs) => ({
        ...fs,
        list: async (path, options) => breaking(await fs.list(path, options)),
      }),
    });
  }
});

async function* breaking<T>(entries: AsyncIterable<T>): AsyncGenerator<T> {
  yield* entries;
  throw new FsError("io");
}
