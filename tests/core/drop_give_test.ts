import { assert, assertEquals, assertMatch } from "@std/assert";
import { createLog } from "../../lib/log.ts";
import { memoryConn } from "../../lib/net/memory_conn.ts";
import { type FileSystem, FsError } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { type DropAccess, dropService } from "../../server/services/drop.ts";
import { testBox } from "./drop_harness.ts";

const SIZES = [0, 1, 1023, 1024, 1025, 16_384, 16_385, 300_000];

Deno.test("dropService() sends back the bytes it was sent, of any size", async () => {
  const box = testBox();
  for (const size of SIZES) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => at * 7);
    await box.say([`send ${size} ${size}\n`, bytes]);
    const plain = memoryConn(`get ${size}\n`);
    await box.serve(plain);
    assertEquals(plain.output, bytes);
    const exact = memoryConn(`fetch ${size}\r\n`, { maxWrite: 1000 });
    await box.serve(exact);
    const head = `ok ${size}\n`;
    assertEquals(exact.text.slice(0, head.length), head);
    assertEquals(exact.output.subarray(head.length), bytes);
  }
  assertEquals(box.counts().sent, 2 * SIZES.length);
});

Deno.test("dropService() says in a line why it sends nothing", async () => {
  const box = testBox({ files: { "/sub/inner": "x", "/.hidden": "x" } });
  const cases: Record<string, string> = {
    "get none": "none: there is no such file; dir lists those there are",
    "fetch sub": "sub: is a folder; files only",
    "get sub/inner": '"sub/inner": a name has no / and no \\',
    "get ../x": '"../x": a name has no / and no \\',
    "get .hidden": '".hidden": a name does not begin with a dot',
  };
  for (const [line, message] of Object.entries(cases)) {
    assertEquals(await box.say(`${line}\n`), `error: ${message}\n`);
  }
});

Deno.test("dropService() lists files that can be fetched, and nothing else", async () => {
  const files = {
    "/b b.txt": "12345",
    "/a": "",
    "/dir": "1",
    "/sub/inner": "x",
    "/.hidden": "x",
    "/error: x": "x",
    "/esc\x1b[2J": "x",
    "/aux.txt": "x",
  };
  const box = testBox({ files });
  assertEquals(await box.say("dir\n"), "a\nb b.txt\ndir\n");
  const at = "2026-11-21T10:00:00.000Z";
  assertEquals(
    await box.say("LIST\r\n"),
    `0\t${at}\ta\n5\t${at}\tb b.txt\n1\t${at}\tdir\nok 3\n`,
  );
  assertEquals(await box.say("get dir\n"), "1");
});

Deno.test("dropService() lists an empty folder", async () => {
  const box = testBox();
  assertEquals(await box.say("dir\n"), "");
  assertEquals(await box.say("list\n"), "ok 0\n");
});

Deno.test("dropService() lists thousands of files, whole and in order", async () => {
  const names = Array.from(
    { length: 3000 },
    (_, at) => `file-${String(at).padStart(5, "0")}`,
  );
  const files = Object.fromEntries(names.map((name) => [`/${name}`, ""]));
  const box = testBox({ files });
  assertEquals(await box.say("dir\n"), names.map((n) => `${n}\n`).join(""));
  assert((await box.say("list\n")).endsWith("\tfile-02999\nok 3000\n"));
});

Deno.test("dropService() ends list without ok when the folder breaks off", async () => {
  const whole = memoryFileSystem({ "/a": "", "/b": "" });
  const fs: FileSystem = {
    ...whole,
    async list(path) {
      const entries = await whole.list(path);
      return (async function* () {
        for await (const entry of entries) {
          yield entry;
          throw new FsError("io");
        }
      })();
    },
  };
  const said = await testBox({ fs }).say("list\n");
  assertMatch(said, /^error: dir: the server could not read or write it/);
  assert(!said.includes("ok "));
});

Deno.test("dropService() sends what a file was when it was opened", async () => {
  const growing: FileSystem = {
    ...memoryFileSystem(),
    read: () =>
      Promise.resolve({
        size: 4,
        read: (buffer) => Promise.resolve(buffer.fill(120).length),
        close() {},
      }),
  };
  const { say } = testBox({ fs: growing });
  assertEquals(await say("fetch a\n"), "ok 4\nxxxx");
  let left = 1;
  const shrinking: FileSystem = {
    ...growing,
    read: () =>
      Promise.resolve({
        size: 4,
        read: (buffer) =>
          Promise.resolve(left-- > 0 ? buffer.fill(120, 0, 1) && 1 : null),
        close() {},
      }),
  };
  assertEquals(await testBox({ fs: shrinking }).say("fetch a\n"), "ok 4\nx");
});

Deno.test("dropService() takes nothing with read-only, and gives nothing with upload-only", async () => {
  const files = { "/a": "old" };
  const reading = testBox({ files, access: "read-only", overwrite: true });
  const refused = "error: this server takes no files (--read-only)\n";
  for (const line of ["a", "put a", "send 3 a", "send - a"]) {
    assertEquals(await reading.say(`${line}\nnew`), refused);
  }
  assertEquals(await reading.say("get a\n"), "old");
  assertEquals(await reading.say("dir\n"), "a\n");
  const taking = testBox({ files, access: "upload-only" });
  for (const line of ["get a", "fetch a", "dir", "list", "get none"]) {
    assertEquals(
      await taking.say(`${line}\n`),
      "error: this server only takes files (--upload-only)\n",
    );
  }
  assertEquals(await taking.say("b\nnew"), "saved b (3 bytes)\n");
});

Deno.test("dropService() says how it works, and bye", async () => {
  const box = testBox();
  assertEquals(await box.say("quit\r\n"), "bye\n");
  assertMatch(await box.say("Help\n"), /put NAME [\s\S]*\nget NAME /);
  assertEquals(await box.names(), []);
});

Deno.test("dropService() logs what was saved, sent and refused, with the peer", async () => {
  const lines: string[] = [];
  const log = createLog({
    format: "text",
    write: (line) => lines.push(line),
    now: () => new Date(0),
  });
  const box = testBox({ log });
  await box.say("a b\n123");
  await box.say("get a b\n");
  await box.say("a b\n123");
  await box.say("get none\n", { peer: { hostname: "", port: 0 } });
  const at = "1970-01-01T00:00:00.000Z";
  assertEquals(lines, [
    `${at} saved peer=192.0.2.7:40001 name="a b" bytes=3\n`,
    `${at} sent peer=192.0.2.7:40001 name="a b" bytes=3\n`,
    `${at} refused peer=192.0.2.7:40001 why="a b: exists already; choose another name"\n`,
    `${at} refused why="none: there is no such file; dir lists those there are"\n`,
  ]);
});

Deno.test("dropService() warns of what the server is to blame for, with what the system said", async () => {
  const lines: string[] = [];
  const log = createLog({ format: "json", write: (line) => lines.push(line) });
  await testBox({ log, capacity: 1 }).say("a\n123");
  const cause = new Error("Too many open files (os error 24)");
  const write = () => Promise.reject(new FsError("io", undefined, { cause }));
  const fs = { ...memoryFileSystem(), write };
  assertEquals(
    await testBox({ log, fs }).say("a\n123"),
    "error: a: the server could not read or write it; try again later\n",
  );
  const [full, busy] = lines.map((line) => JSON.parse(line));
  assertEquals(full.level, "warn");
  assertEquals([busy.level, busy.reason], ["warn", cause.message]);
});

Deno.test("dropService() offers in its help only what it does", async () => {
  const help = (access: DropAccess) => testBox({ access }).say("help\n");
  assertEquals(
    await help("read-only"),
    [
      "get NAME             send a file",
      "dir                  list the files",
      "quit                 end",
      "for programs: fetch NAME, list",
      "",
    ].join("\n"),
  );
  assertEquals(
    await help("upload-only"),
    [
      "a first line NAME    save what follows, until your end, as NAME",
      "put NAME             the same, also for a name that is a command",
      "quit                 end",
      "for programs: send SIZE NAME",
      "",
    ].join("\n"),
  );
});

Deno.test("dropService() has a line for every kind of refused connection", () => {
  const { refusal } = dropService(memoryFileSystem());
  for (
    const why of [
      "too-many",
      "too-many-from-address",
      "too-often",
      "denied",
    ] as const
  ) {
    assertMatch(refusal?.(why) ?? "", /^error: [^\n]+\n$/);
  }
});
