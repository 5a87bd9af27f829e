import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
} from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { ToolError } from "../../lib/cli.ts";
import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
import { dirOver, type DropEntry } from "../../client/drop/dir.ts";
import { DropError } from "../../client/drop/errors.ts";
import { getOver } from "../../client/drop/get.ts";
import { type DropLink, linkOf } from "../../client/drop/link.ts";
import { type DropContents, putOver } from "../../client/drop/put.ts";
import { ServiceError } from "../../client/service/errors.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import {
  dropService,
  type DropServiceOptions,
} from "../../server/services/drop.ts";
import { pipe } from "./drop_pipe.ts";

const LIMITS = { timeout: 5000 };
const WHERE = "192.0.2.1:12345 (tcp)";

/** A box that serves each link that is made. */
function box(
  files: Record<string, string> = {},
  options: DropServiceOptions = {},
): { connect(): DropLink; names(): Promise<string[]> } {
  const fs = memoryFileSystem(files);
  const { stream } = dropService(fs, options);
  return {
    connect() {
      const { client, server } = pipe();
      Promise.resolve(stream?.(server, memoryContext()))
        .catch(() => {}).finally(() => server.close());
      return linkOf(client, WHERE, LIMITS);
    },
    async names() {
      const entries = await Array.fromAsync(await fs.list("/"));
      return entries.map(({ name }) => name);
    },
  };
}

/** A link to a server that has said everything already. */
function said(text: string): DropLink {
  return linkOf({ ...memoryConn(text), close() {} }, WHERE, LIMITS);
}

function keep(): { parts: Bytes[]; write(bytes: Bytes): Promise<number> } {
  const parts: Bytes[] = [];
  return {
    parts,
    write(bytes) {
      parts.push(bytes.slice());
      return Promise.resolve(bytes.length);
    },
  };
}

/** A source of `size` bytes, handed out in odd pieces. */
function source(size: number, told: number | null): DropContents {
  let at = 0;
  return {
    size: told,
    read(buffer) {
      const count = Math.min(buffer.length, size - at, 7001);
      for (let i = 0; i < count; i++) buffer[i] = (at + i) * 31;
      at += count;
      return Promise.resolve(count || null);
    },
  };
}

const SIZES = [0, 1, 1023, 1024, 1025, 65_536, 65_537, 600_000];

Deno.test("putOver() and getOver() carry files of any size, of known and unknown size", async () => {
  const { connect } = box();
  for (const size of SIZES) {
    for (const told of [size, null]) {
      const name = `${size} ${told}`;
      let moved = 0;
      const onProgress = (bytes: number) => moved += bytes;
      using up = connect();
      const sent = await putOver(up, name, source(size, told), { onProgress });
      assertEquals([sent, moved], [size, size]);
      using down = connect();
      const sink = keep();
      const sizes: number[] = [];
      const onSize = (size: number) => sizes.push(size);
      assertEquals(await getOver(down, name, sink, { onSize }), size);
      assertEquals(sizes, [size]);
      const got = new Uint8Array(await new Blob(sink.parts).arrayBuffer());
      assert(got.every((byte, at) => byte === (at * 31 & 255)), name);
      assertEquals(got.length, size);
    }
  }
});

Deno.test("putOver() takes bytes as they are", async () => {
  const { connect, names } = box();
  using link = connect();
  assertEquals(await putOver(link, "a", new Uint8Array(1024)), 1024);
  assertEquals(await names(), ["a"]);
});

Deno.test("putOver() says why the server refuses, and stops sending", async () => {
  const { connect } = box({ "/a": "old" }, { maxSize: 100_000 });
  for (const told of [2 ** 40, null]) {
    for (const name of ["a", "b"]) {
      using link = connect();
      let moved = 0;
      const options = { onProgress: (bytes: number) => moved += bytes };
      const error = await putOver(link, name, source(2 ** 40, told), options)
        .catch((error) => error);
      assertInstanceOf(error, DropError);
      assertMatch(error.message, /^[ab]: (exists already|larger than)/);
      assert(moved < 2 ** 20, `${moved} bytes were sent in vain`);
    }
  }
});

Deno.test("putOver() saves nothing of a source that is shorter than it said", async () => {
  const { connect, names } = box();
  {
    using link = connect();
    await assertRejects(
      () => putOver(link, "a", source(10, 20)),
      ToolError,
      "only 10 of 20 bytes",
    );
  }
  assertEquals(await names(), []);
});

Deno.test("putOver() saves nothing of a source that fails", async () => {
  const { connect, names } = box();
  const failing: DropContents = {
    size: null,
    read: () => Promise.reject(new ToolError("cannot read x: it broke")),
  };
  {
    using link = connect();
    await assertRejects(() => putOver(link, "a", failing), ToolError, "broke");
  }
  assertEquals(await names(), []);
});

Deno.test("putOver() stops waiting for a source when its signal aborts", async () => {
  const { connect, names } = box();
  const stop = new AbortController();
  const endless: DropContents = {
    size: null,
    read: () => new Promise(() => stop.abort(new Error("stopped"))),
  };
  {
    using link = connect();
    const { signal } = stop;
    await assertRejects(
      () => putOver(link, "a", endless, { signal }),
      Error,
      "stopped",
    );
  }
  assertEquals(await names(), []);
});

Deno.test("putOver() does not wait for a source when the server has refused already", async () => {
  const { connect } = box({ "/a": "old" });
  const silent: DropContents = {
    size: null,
    read: () => new Promise(() => {}),
  };
  using link = connect();
  await assertRejects(() => putOver(link, "a", silent), DropError, "exists");
});

Deno.test("putOver() believes no answer that comes before the end", async () => {
  for (const size of [10, null]) {
    const slow: DropContents = {
      size,
      async read() {
        // Long enough for all that is in memory: the answer is there by then.
        for (let turn = 0; turn < 1000; turn++) await null;
        return 5;
      },
    };
    const error = await putOver(said("saved a (5 bytes)\n"), "a", slow)
      .catch((error) => error);
    assertInstanceOf(error, ServiceError);
    assertMatch(error.message, /is no drop box: it said "saved a \(5 bytes\)"/);
  }
});

Deno.test("putOver() trusts no server that is none", async () => {
  const cases: Record<string, RegExp> = {
    "": /192\.0\.2\.1:12345 \(tcp\) ended without an answer/,
    "220 ready\r\n": /is no drop box: it said "220 ready"/,
    "saved a (4 bytes)\n": /is no drop box: it said "saved a \(4 bytes\)"/,
    "\x1b[2J\n": /it said "\\x1b\[2J"/,
    ["x".repeat(5000)]: /is no drop box/,
  };
  for (const [text, message] of Object.entries(cases)) {
    const error = await putOver(said(text), "a", new Uint8Array(5))
      .catch((error) => error);
    assertInstanceOf(error, ServiceError);
    assertMatch(error.message, message);
    assertEquals(error.exitCode, 3);
  }
});

Deno.test("getOver() trusts no server that is none, and no end that comes too early", async () => {
  const cases: Record<string, RegExp> = {
    "": /ended without an answer/,
    "hello\n": /is no drop box: it said "hello"/,
    "ok -1\n": /is no drop box/,
    "ok 99999999999999999\n": /is no drop box/,
    "ok 5\nhel": /^a: the server broke off after 3 of 5 bytes; try again$/,
  };
  for (const [text, message] of Object.entries(cases)) {
    const error = await getOver(said(text), "a", keep()).catch((e) => e);
    assertInstanceOf(error, ServiceError);
    assertMatch(error.message, message);
  }
  const sink = keep();
  assertEquals(await getOver(said("ok 5\nhellojunk"), "a", sink), 5);
  assertEquals(new TextDecoder().decode(sink.parts[0]), "hello");
});

Deno.test("getOver() passes on what the server says, made safe to show", async () => {
  const error = await getOver(said("error: no\x1b[2J\n"), "a", keep())
    .catch((error) => error);
  assertInstanceOf(error, DropError);
  assertEquals(error.message, "no\\x1b[2J");
});

Deno.test("dirOver() lists what is there", async () => {
  const { connect } = box({ "/b": "12", "/a c": "" });
  using link = connect();
  const entries = await Array.fromAsync(dirOver(link));
  assertEquals(entries.map(({ name, size }) => [name, size]), [
    ["a c", 0],
    ["b", 2],
  ]);
  assert(entries[0]!.modified instanceof Date);
  using empty = box().connect();
  assertEquals(await Array.fromAsync(dirOver(empty)), []);
});

Deno.test("dirOver() takes no listing for whole that is not, and none that is none", async () => {
  const all = (text: string): Promise<DropEntry[]> =>
    Array.fromAsync(dirOver(said(text)));
  const line = "5\t2026-11-21T10:00:00.000Z\ta\n";
  assertEquals((await all(`${line}ok 1\n`)).length, 1);
  const cases: Record<string, RegExp> = {
    "": /the listing broke off/,
    [line]: /the listing broke off/,
    [`${line}ok 2\n`]: /is no drop box: it said "ok 2"/,
    "a.txt\n": /is no drop box: it said "a\.txt"/,
    [`${"9".repeat(600)}\n`]: /is no drop box/,
    ["9".repeat(6000)]: /is no drop box/,
  };
  for (const [text, message] of Object.entries(cases)) {
    const error = await all(text).catch((error) => error);
    assertInstanceOf(error, ServiceError);
    assertMatch(error.message, message);
  }
  await assertRejects(() => all(`${line}error: broke\n`), DropError, "broke");
  assertEquals((await all("5\tsoon\ta\nok 1\n"))[0]?.modified, null);
});

Deno.test("linkOf() waits for a silent server no longer than it was told", async () => {
  const never = () => new Promise<never>(() => {});
  const silent = { read: never, write: never, closeWrite: never, close() {} };
  const link = linkOf(silent, WHERE, { timeout: 5 });
  for (
    const act of [
      () => putOver(link, "a", new Uint8Array(5)),
      () => getOver(link, "a", keep()),
      () => Array.fromAsync(dirOver(link)),
    ]
  ) {
    const error = await act().catch((error) => error);
    assertInstanceOf(error, ServiceError);
    assertMatch(error.message, /^nothing moved for 0\.005 s at 192\.0\.2\.1/);
  }
});
