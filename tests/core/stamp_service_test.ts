import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import {
  memoryConn,
  memoryContext,
  type MemoryInput,
} from "../../lib/net/memory_conn.ts";
import { stampService } from "../../server/services/stamp.ts";
import {
  type Arrival,
  sinceLast,
  type StampKind,
  timeOfDay,
} from "../../server/services/stamps.ts";
import { bytesOf, everySplit } from "./byte_cases.ts";

const NOON = timeOfDay(() => "noon");

interface Setting {
  stamp?: StampKind;
  maxLine?: number;
  maxWrite?: number;
  now?: () => Arrival;
}

/** What the service answers. */
async function answerTo(input: MemoryInput, setting: Setting = {}) {
  const { maxWrite, ...options } = setting;
  const conn = memoryConn(input, maxWrite === undefined ? {} : { maxWrite });
  const service = stampService({ stamp: NOON, ...options });
  await service.stream?.(conn, memoryContext());
  return conn.text;
}

Deno.test("stampService() answers each line once, wherever the bytes are cut", async () => {
  const input = "ab\r\n\nc\rd\n\0e";
  const answer = "[noon] ab\r\n[noon] \n[noon] c\rd\n[noon] \0e";
  for (const pieces of everySplit(bytesOf(input))) {
    assertEquals(await answerTo(pieces), answer);
  }
});

Deno.test("stampService() answers nothing to nothing", async () => {
  assertEquals(await answerTo(""), "");
});

Deno.test("stampService() says where the parts of a long line belong", async () => {
  const answer = await answerTo("a\r\n1234567890123\r\nb", { maxLine: 6 });
  assertEquals(
    answer,
    "[noon] a\r\n[noon] 123456\r\n[noon +6] 789012\r\n[noon +12] 3\r\n[noon] b",
  );
});

Deno.test("stampService() answers a line of 1 MB in parts of 64 KiB", async () => {
  const line = "x".repeat(1_000_000);
  const parts = (await answerTo(`${line}\n`)).split("\n");
  assertEquals(parts.pop(), "");
  assertEquals(parts.length, 16);
  assertEquals(parts[0], `[noon] ${line.slice(0, 65_536)}`);
  assertEquals(parts[15], `[noon +983040] ${line.slice(983_040)}`);
  const back = parts.map((part) => part.slice(part.indexOf("]") + 2)).join("");
  assert(back === line, "the parts are the line");
});

Deno.test("stampService() answers the longest line whole, whatever it ends with", async () => {
  const line = "x".repeat(65_536);
  for (const ending of ["\n", "\r\n", ""]) {
    assertEquals(await answerTo(line + ending), `[noon] ${line}${ending}`);
  }
});

Deno.test("stampService() answers a line in 1,000 packets once", async () => {
  const packets = [...Array.from({ length: 999 }, () => "x"), "\r\n"];
  assertEquals(await answerTo(packets), `[noon] ${"x".repeat(999)}\r\n`);
});

Deno.test("stampService() answers 100,000 empty lines in one packet", async () => {
  const answer = await answerTo("\n".repeat(100_000), { maxWrite: 10_007 });
  assert(answer === "[noon] \n".repeat(100_000));
});

Deno.test("stampService() writes on when the peer takes a byte at a time", async () => {
  const input = "one\r\ntwo\n";
  assertEquals(
    await answerTo(input, { maxWrite: 1 }),
    "[noon] one\r\n[noon] two\n",
  );
});

/** A connection that notes when it is read and when it is written to. */
function watchedConn(pieces: readonly string[]) {
  const events: string[] = [];
  const left = pieces.map(bytesOf);
  return {
    events,
    read(buffer: Bytes): Promise<number | null> {
      events.push("read");
      const piece = left.shift();
      if (piece === undefined) return Promise.resolve(null);
      buffer.set(piece);
      return Promise.resolve(piece.length);
    },
    write(bytes: Bytes): Promise<number> {
      events.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
    closeWrite: () => Promise.resolve(),
  };
}

Deno.test("stampService() answers a line when it is there, before it reads on", async () => {
  const conn = watchedConn(["a\nb", "c\nd\n", "e"]);
  await stampService({ stamp: NOON }).stream?.(conn, memoryContext());
  assertEquals(conn.events, [
    ...["read", "[noon] a\n"],
    ...["read", "[noon] bc\n[noon] d\n"],
    ...["read", "read", "[noon] e"],
  ]);
});

Deno.test("stampService() takes the time of a line's last byte", async () => {
  let time = 0;
  const now = () => ({ time: ++time, now: time * 1000 });
  const pieces = ["one ", "two\nthr", "ee", "\nfour"];
  const stamp = timeOfDay(String);
  // The connection begins at 1; the pieces arrive at 2, 3, 4 and 5.
  assertEquals(
    await answerTo(pieces, { stamp, now }),
    "[3] one two\n[5] three\n[5] four",
  );
});

Deno.test("stampService() has one stamp for each connection", async () => {
  let now = 0;
  const service = stampService({
    stamp: sinceLast,
    now: () => ({ time: 0, now: now += 1000 }),
  });
  for (let connection = 0; connection < 2; connection++) {
    const conn = memoryConn(["a\n", "b\nc\n"]);
    await service.stream?.(conn, memoryContext());
    assertEquals(
      conn.text,
      "[00:00:01.000] a\n[00:00:01.000] b\n[00:00:00.000] c\n",
    );
  }
});

Deno.test("stampService() throws what the connection throws", async () => {
  const reset = new Deno.errors.ConnectionReset("reset");
  const conn = {
    ...memoryConn("a\n"),
    write: () => Promise.reject(reset),
  };
  const service = stampService({ stamp: NOON });
  await assertRejects(
    async () => await service.stream?.(conn, memoryContext()),
    Deno.errors.ConnectionReset,
  );
});
