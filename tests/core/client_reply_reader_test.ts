import { assertEquals, assertRejects } from "@std/assert";
import type { Reply } from "../../lib/ftp/reply.ts";
import { ProtocolError, ReplyReader } from "../../lib/ftp/reply_reader.ts";
import { bytesOf, everySplit, joined, sourceOf } from "./byte_cases.ts";
import { randomOf } from "./random.ts";

const LIMITS = { maxLine: 8192, maxReply: 65_536 };

function readerOf(text: string): ReplyReader {
  return new ReplyReader(sourceOf([bytesOf(text)]), LIMITS);
}

async function readReplies(reader: ReplyReader): Promise<Reply[]> {
  const replies: Reply[] = [];
  let reply: Reply | null;
  while ((reply = await reader.next()) !== null) replies.push(reply);
  return replies;
}

const READ: readonly [what: string, text: string, replies: Reply[]][] = [
  ["one line", "220 Hello\r\n", [{ code: 220, lines: ["Hello"] }]],
  ["a bare LF", "220 Hello\n", [{ code: 220, lines: ["Hello"] }]],
  ["a code alone", "200\r\n", [{ code: 200, lines: [""] }]],
  ["a code and a space", "200 \r\n", [{ code: 200, lines: [""] }]],
  [
    "two replies in one piece",
    "150 Here\r\n226 Done\r\n",
    [{ code: 150, lines: ["Here"] }, { code: 226, lines: ["Done"] }],
  ],
  [
    "several lines",
    "211-Features:\r\n SIZE\r\n211 End\r\n",
    [{ code: 211, lines: ["Features:", " SIZE", "End"] }],
  ],
  [
    "the code in front of every line",
    "220-a\r\n220-b\r\n220 c\r\n",
    [{ code: 220, lines: ["a", "b", "c"] }],
  ],
  [
    "other codes in the middle",
    "230-a\r\n500 b\r\n226-c\r\n2300 d\r\n230 e\r\n",
    [{ code: 230, lines: ["a", "500 b", "226-c", "2300 d", "e"] }],
  ],
  [
    "its own code behind a space in the middle",
    "230-a\r\n 230 b\r\n230 c\r\n",
    [{ code: 230, lines: ["a", " 230 b", "c"] }],
  ],
  [
    "a last line that is only the code",
    "230-a\r\n230\r\n",
    [{ code: 230, lines: ["a", ""] }],
  ],
  ["empty lines", "230-\r\n\r\n230 \r\n", [{
    code: 230,
    lines: ["", "", ""],
  }]],
  ["UTF-8", '257 "/ä"\r\n', [{ code: 257, lines: ['"/ä"'] }]],
  ["half a reply", "230-a\r\nb\r\n", []],
  ["half a line", "230 a", []],
];

for (const [what, text, replies] of READ) {
  Deno.test(`ReplyReader.next() reads ${what}`, async () => {
    assertEquals(await readReplies(readerOf(text)), replies);
  });
}

Deno.test("ReplyReader.next() reads a banner of 100 lines", async () => {
  const lines = Array.from({ length: 100 }, (_, n) => `line ${n} of art`);
  const text = lines.map((line) => `220-${line}\r\n`).join("") + "220 ok\r\n";
  assertEquals(await readReplies(readerOf(text)), [
    { code: 220, lines: [...lines, "ok"] },
  ]);
});

Deno.test("ReplyReader.next() does not care where the bytes are cut", async () => {
  const text = "230-a\r\n1\r\n230 b\r\n";
  for (const pieces of everySplit(bytesOf(text))) {
    const reader = new ReplyReader(sourceOf(pieces), LIMITS);
    assertEquals(await readReplies(reader), [
      { code: 230, lines: ["a", "1", "b"] },
    ]);
  }
});

Deno.test("ReplyReader.next() reads Latin-1 where UTF-8 is broken", async () => {
  const bytes = joined([bytesOf("550 "), new Uint8Array([0xe4, 13, 10])]);
  const reader = new ReplyReader(sourceOf([bytes]), LIMITS);
  assertEquals((await reader.next())?.lines, ["ä"]);
});

for (
  const text of ["hello\r\n", "\r\n", "20 a\r\n", "2200 a\r\n", "620 a\r\n"]
) {
  Deno.test(`ReplyReader.next() rejects ${JSON.stringify(text)}`, async () => {
    await assertRejects(() => readerOf(text).next(), ProtocolError, "no FTP");
  });
}

Deno.test("ReplyReader.next() makes what it rejects visible", async () => {
  await assertRejects(
    () => readerOf("\x1b[2J\r\n").next(),
    ProtocolError,
    'sent "\\x1b[2J"',
  );
});

Deno.test("ReplyReader.next() ends an endless line", async () => {
  let given = 0;
  const reader = new ReplyReader({
    read(buffer) {
      given += buffer.fill(50).length;
      return Promise.resolve(buffer.length);
    },
  }, LIMITS);
  await assertRejects(() => reader.next(), ProtocolError, "8192 bytes");
  assertEquals(given < 40_000, true, `read ${given} bytes`);
});

Deno.test("ReplyReader.next() ends an endless reply", async () => {
  const line = bytesOf("220-and so on\r\n");
  let given = 0;
  const reader = new ReplyReader({
    read(buffer) {
      for (let at = 0; at < buffer.length; at++) {
        buffer[at] = line[given++ % line.length]!;
      }
      return Promise.resolve(buffer.length);
    },
  }, LIMITS);
  await assertRejects(() => reader.next(), ProtocolError, "65536 bytes");
  assertEquals(given < 200_000, true, `read ${given} bytes`);
});

Deno.test("ReplyReader.next() rejects a line just too long, not one less", async () => {
  const fits = `220 ${"x".repeat(8188)}\r\n`;
  assertEquals((await readerOf(fits).next())?.lines[0]?.length, 8188);
  await assertRejects(
    () => readerOf(`${fits[0]}${fits}`).next(),
    ProtocolError,
  );
});

Deno.test("ReplyReader.next() only ever throws a ProtocolError", async () => {
  const seeds = READ.map(([, text]) => bytesOf(text));
  for (let seed = 0; seed < 4000; seed++) {
    const random = randomOf(seed);
    const bytes = random.pick(seeds).slice();
    for (let flips = random.below(4); flips >= 0; flips--) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    const reader = new ReplyReader(sourceOf([bytes]), LIMITS);
    try {
      for (const { code, lines } of await readReplies(reader)) {
        assertEquals(code >= 100 && code < 600 && lines.length > 0, true);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }
});

Deno.test("ReplyReader.buffered counts what stands behind a reply", async () => {
  const bytes = bytesOf("234-Go\r\n234 on\r\n230 You");
  const reader = new ReplyReader(sourceOf([bytes]), LIMITS);
  assertEquals((await reader.next())?.code, 234);
  assertEquals(reader.buffered, 7);
});
