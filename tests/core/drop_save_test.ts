import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { memoryConn } from "../../lib/net/memory_conn.ts";
import { type FileSystem, FsError } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { testBox } from "./drop_harness.ts";

/** The course's questions: nothing, and a buffer's worth, and around it. */
const SIZES = [0, 1, 1023, 1024, 1025, 16_383, 16_384, 16_385, 300_000];

Deno.test("dropService() saves what follows a name, of any size", async () => {
  const box = testBox();
  for (const size of SIZES) {
    const text = "x".repeat(size);
    const bytes = size === 1 ? "1 byte" : `${size} bytes`;
    const said = await box.say(`${size}.bin\n${text}`);
    assertEquals(said, `saved ${size}.bin (${bytes})\n`);
    assertEquals(await box.read(`${size}.bin`), text);
  }
  assertEquals(box.counts().saved, SIZES.length);
});

Deno.test("dropService() understands a first line wherever it is cut", async () => {
  const input = new TextEncoder().encode("Grüße.txt\r\ncontents\r\n");
  for (let at = 1; at < input.length; at++) {
    const box = testBox();
    await box.say([input.slice(0, at), input.slice(at)]);
    assertEquals(await box.read("Grüße.txt"), "contents\r\n");
  }
  const box = testBox();
  await box.say([...input].map((byte) => Uint8Array.of(byte)));
  assertEquals(await box.read("Grüße.txt"), "contents\r\n");
});

Deno.test("dropService() saves exactly as many bytes as send announces", async () => {
  const box = testBox();
  for (const size of SIZES) {
    const text = "x".repeat(size);
    await box.say([`send ${size} ${size}\n`, text]);
    assertEquals(await box.read(`${size}`), text);
  }
  assertEquals(
    await box.say("send 3 a\nabcdef"),
    "saved a (3 bytes)\n",
    "what follows is not the file's",
  );
  assertEquals(await box.read("a"), "abc");
});

Deno.test("dropService() keeps nothing when a byte of send is missing", async () => {
  const box = testBox();
  assertEquals(
    await box.say("send 5 a\nabcd"),
    "error: only 4 of 5 bytes came; nothing was saved\n",
  );
  assertEquals(
    await box.say("send 5 a\n"),
    "error: only 0 of 5 bytes came; nothing was saved\n",
  );
  assertEquals(await box.names(), []);
  assertEquals(box.counts()["refused-requests"], 2);
});

Deno.test("dropService() saves chunks up to the one of length 0", async () => {
  const box = testBox();
  const contents = "send - a\n3\nabc10\n0123456789\r\n0\n";
  assertMatch(await box.say(contents), /^error: a chunk begins with a line/);
  assertEquals(
    await box.say("send - a\n3\nabc10\r\n01234567890\nrest"),
    "saved a (13 bytes)\n",
  );
  assertEquals(await box.read("a"), "abc0123456789");
  assertEquals(await box.say("send - empty\n0\n"), "saved empty (0 bytes)\n");
});

Deno.test("dropService() keeps nothing of chunks that break off or make no sense", async () => {
  const box = testBox();
  const cases: Record<string, RegExp> = {
    "": /only 0 bytes and no end came/,
    "3\nab": /only 2 bytes and no end/,
    "3\nabc": /only 3 bytes and no end/,
    "3\nabc0": /in front of a chunk has no end/,
    "x\nabc0\n": /the one after 0 bytes does not/,
    "-1\nabc0\n": /a chunk begins with a line that is its length/,
    "3\nabcd0\n": /the one after 3 bytes does not/,
    [`${"1".repeat(16)}\n`]: /longer than 15 bytes/,
  };
  for (const [contents, message] of Object.entries(cases)) {
    const said = await box.say(`send - a\n${contents}`);
    assertMatch(said, /^error: [^\n]*\n$/);
    assertMatch(said, message);
    assertEquals(await box.names(), [], contents);
  }
});

Deno.test("dropService() refuses a first line that is none", async () => {
  const box = testBox();
  const cases: readonly [Uint8Array<ArrayBuffer> | string, RegExp][] = [
    ["a.txt", /^error: the first line .* has no end; nothing was done\n$/],
    ["\n", /^error: the first line is empty/],
    ["x".repeat(513) + "\n", /^error: the first line .* longer than 512 bytes/],
    ["x".repeat(100_000), /^error: the first line .* longer than 512 bytes/],
    [Uint8Array.of(0xff, 0xfe, 10), /^error: the first line .* not UTF-8/],
    ["\ufeffa\n", /^error: "\ufeffa": a name has no .*invisible/],
  ];
  for (const [input, message] of cases) {
    assertMatch(await box.say(input), message);
  }
  assertEquals(await box.say(""), "", "who says nothing hears nothing");
});

Deno.test("dropService() overwrites nothing unless it is told to", async () => {
  const files = { "/a": "old", "/sub": null };
  const kept = testBox({ files });
  assertEquals(
    await kept.say("a\nnew"),
    "error: a: exists already; choose another name\n",
  );
  assertEquals(await kept.read("a"), "old");
  const replaced = testBox({ files, overwrite: true });
  assertEquals(await replaced.say("a\nnew"), "saved a (3 bytes)\n");
  assertEquals(await replaced.read("a"), "new");
  assertMatch(await replaced.say("sub\nnew"), /^error: sub: is a folder/);
});

Deno.test("dropService() lets exactly one of many win that save the same name at once", async () => {
  const box = testBox();
  const texts = Array.from({ length: 8 }, (_, at) => String(at).repeat(9000));
  const said = await Promise.all(
    texts.map((text) => box.say(["same\n", text, text])),
  );
  const winners = said.filter((line) => line === "saved same (18000 bytes)\n");
  assertEquals(winners.length, 1, said.join(""));
  const winner = texts[said.indexOf(winners[0]!)]!;
  assertEquals(await box.read("same"), winner + winner);
  assertEquals(box.counts()["refused-requests"], 7);
});

Deno.test("dropService() refuses a file that is too large as early as it can", async () => {
  const box = testBox({ maxSize: 2048 });
  const tooLarge = "a: larger than 2 KiB, which is the most that is taken here";
  const refused = `error: ${tooLarge}; nothing was saved\n`;
  assertEquals(await box.say(`a\n${"x".repeat(2049)}`), refused);
  const announced = memoryConn("send 2049 a\nxyz");
  await box.serve(announced);
  assertEquals(announced.text, refused);
  assertEquals(await announced.read(new Uint8Array(9)), 3, "not read");
  assertEquals(await box.say(`send - a\n3000\n${"x".repeat(3000)}`), refused);
  assertEquals(await box.names(), []);
  assertEquals(
    await box.say(`a\n${"x".repeat(2048)}`),
    "saved a (2048 bytes)\n",
  );
});

Deno.test("dropService() takes no more files than there may be", async () => {
  const box = testBox({ maxFiles: 2, files: { "/a": "" } });
  assertEquals(await box.say("b\n1"), "saved b (1 byte)\n");
  assertEquals(
    await box.say("c\n1"),
    "error: c: the server's folder is full of files\n",
  );
  const full = testBox({ maxFiles: 1, files: { "/a": "" }, overwrite: true });
  assertEquals(await full.say("a\nnew"), "saved a (3 bytes)\n");
  assertMatch(await full.say("b\nnew"), /folder is full/);
});

Deno.test("dropService() counts uploads under way as files", async () => {
  const box = testBox({ maxFiles: 3 });
  const said = await Promise.all(
    ["a", "b", "c", "d", "e"].map((name) => box.say([`${name}\n`, "1", "2"])),
  );
  assertEquals(said.filter((line) => line.startsWith("saved ")).length, 3);
  assertEquals((await box.names()).length, 3);
});

Deno.test("dropService() survives a full disk and frees what it had taken", async () => {
  const box = testBox({ capacity: 1000 });
  assertEquals(
    await box.say(`a\n${"x".repeat(2000)}`),
    "error: a: the server's disk is full\n",
  );
  assertEquals(await box.names(), []);
  assertEquals(
    await box.say(`b\n${"x".repeat(1000)}`),
    "saved b (1000 bytes)\n",
  );
});

Deno.test("dropService() keeps nothing of a connection that breaks", async () => {
  const box = testBox();
  const conn = memoryConn("a\nhalf");
  const { read } = conn;
  conn.read = async (buffer) => {
    const count = await read(buffer);
    if (count === null) throw new Deno.errors.ConnectionReset("reset");
    return count;
  };
  await assertRejects(() => box.serve(conn), Deno.errors.ConnectionReset);
  assertEquals(await box.names(), []);
});

Deno.test("dropService() takes no end for a file's end when the server closes", async () => {
  const box = testBox();
  const signal = AbortSignal.abort();
  const error = await box.say("a\nhalf", { signal }).catch((error) => error);
  assertEquals(error.name, "AbortError");
  assertEquals(await box.names(), []);
});

Deno.test("dropService() tells a client that falls silent, and keeps nothing", async () => {
  const box = testBox({ patience: 10 });
  const conn = memoryConn("a\nhalf");
  const { read } = conn;
  conn.read = async (buffer) =>
    await read(buffer) ?? await new Promise<never>(() => {});
  await box.serve(conn);
  assertMatch(
    conn.text,
    /^error: a: nothing came for 0.01 s, and no end \(nc has -N for it\); nothing was saved\n$/,
  );
  assertEquals(await box.names(), []);
});

Deno.test("dropService() says what the file system said, and passes on what is no file's fault", async () => {
  const refusing = (kind: FsError["kind"]): FileSystem => ({
    ...memoryFileSystem(),
    write: () => Promise.reject(new FsError(kind)),
  });
  const said = async (kind: FsError["kind"]) =>
    await testBox({ fs: refusing(kind) }).say("a\n1");
  assertEquals(
    await said("permission"),
    "error: a: the server may not do that in its folder\n",
  );
  assertEquals(
    await said("io"),
    "error: a: the server could not read or write it; try again later\n",
  );
  const broken: FileSystem = {
    ...memoryFileSystem(),
    write: () => Promise.reject(new TypeError("a mistake")),
  };
  await assertRejects(() => testBox({ fs: broken }).say("a\n1"), TypeError);
});
