/** Records as they are written. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import {
  type FormatOptions,
  recordFormat,
} from "../../server/services/bucket/format.ts";
import { hexRows } from "../../server/services/bucket/hex.ts";
import type { DebugRecord } from "../../server/services/bucket/record.ts";
import { shownText } from "../../server/services/bucket/text.ts";
import { bytes, recordOf } from "./bucket_records.ts";

function written(record: DebugRecord, options: FormatOptions = {}): string {
  return new TextDecoder().decode(recordFormat(options)(record));
}

function parsed(record: DebugRecord, options: FormatOptions = {}) {
  return JSON.parse(written(record, { body: "json", ...options }));
}

const HEAD = "2026-11-21T10:00:00.123Z 192.0.2.7:40001";

Deno.test("a text record is a line with time, sender, size and text", () => {
  assertEquals(written(recordOf("hello")), `${HEAD} 5B hello\n`);
  assertEquals(written(recordOf("")), `${HEAD} 0B\n`);
  assertEquals(
    written(recordOf(" two  spaces ")),
    `${HEAD} 13B  two  spaces \n`,
  );
  const from = { hostname: "2001:db8::7", port: 1 };
  assertMatch(written(recordOf("x", { from })), /Z \[2001:db8::7\]:1 1B x\n$/);
});

Deno.test("a record says when: the time of day, since the start, or since the last", () => {
  const record = recordOf("x", { elapsed: 61_234.5678, delta: 0.4 });
  assertMatch(written(record), /^2026-11-21T10:00:00\.123Z /);
  assertMatch(written(record, { time: "relative" }), /^\+61\.235 192/);
  assertMatch(written(record, { time: "delta" }), /^\+0\.000 192/);
});

Deno.test("a record says what was lost before it, and whether it is late or again", () => {
  const places = [
    [{ lost: 0, order: "next" }, "1B x"],
    [{ lost: 2, order: "next" }, "1B,2-lost x"],
    [{ lost: 0, order: "late" }, "1B,late x"],
    [{ lost: 0, order: "duplicate" }, "1B,duplicate x"],
  ] as const;
  for (const [place, end] of places) {
    assertEquals(written(recordOf("x", { place })), `${HEAD} ${end}\n`);
  }
});

Deno.test("shownText() shows what a terminal would obey, and every byte that is no text", () => {
  const cases: readonly [Bytes, string][] = [
    [bytes(), ""],
    [new TextEncoder().encode("Grüße 😀\n\t\r"), "Grüße 😀\\n\\t\\r"],
    [
      new TextEncoder().encode("\x1b]0;owned\x07\u202e"),
      "\\x1b]0;owned\\x07\\u202e",
    ],
    [bytes(0, 1, 0x7f), "\\x00\\x01\\x7f"],
    [bytes(0x61, 0xff, 0x62), "a\\xffb"],
    [bytes(0xc3), "\\xc3"],
    [bytes(0xc3, 0x9f, 0xc3), "ß\\xc3"],
    [bytes(0xe2, 0x82, 0x61), "\\xe2\\x82a"],
    [bytes(0xed, 0xa0, 0x80), "\\xed\\xa0\\x80"],
    [bytes(0xc0, 0xaf), "\\xc0\\xaf"],
    [bytes(0xff, 0x1b, 0x5b, 0x32, 0x4a), "\\xff\\x1b[2J"],
    [bytes(0xc2, 0x9b, 0xff), "\\x9b\\xff"],
    [bytes(0xef, 0xbb, 0xbf, 0x61), "\ufeffa"],
    [bytes(0x5c, 0x6e), "\\n"],
  ];
  for (const [given, shown] of cases) {
    assertEquals(shownText(given), shown, given.join());
  }
});

Deno.test("no byte reaches a terminal as a control, in any format but raw", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const record = recordOf(all);
  for (const body of ["text", "hex", "json"] as const) {
    const text = written(record, { body }).replace(
      /\n( {2}[\da-f]{4} .*)?/g,
      "",
    );
    // deno-lint-ignore no-control-regex -- These are what it is about.
    assert(!/[\x00-\x1f\x7f-\x9f]/.test(text), `${body}: ${text}`);
  }
});

Deno.test("a hex record is a line and a dump of every byte", () => {
  const data = new TextEncoder().encode("0123456789abcdef\x1b[2Jé");
  assertEquals(
    written(recordOf(data), { body: "hex" }),
    [
      `${HEAD} 22B`,
      "  0000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
      "  0010  1b 5b 32 4a c3 a9                                 |.[2J..|",
      "",
    ].join("\n"),
  );
  assertEquals(written(recordOf(""), { body: "hex" }), `${HEAD} 0B\n`);
  const rows = hexRows(new Uint8Array(65_507));
  assertEquals([rows.length, rows.at(-1)!.slice(0, 4)], [4095, "ffe0"]);
});

Deno.test("a JSON record has the whole text, and what the label says", () => {
  assertEquals(parsed(recordOf("hello\n")), {
    time: "2026-11-21T10:00:00.123Z",
    from: "192.0.2.7:40001",
    size: 6,
    text: "hello\n",
  });
  const place = { lost: 2, order: "next" } as const;
  assertEquals(parsed(recordOf("[app warn #17 2/3] hot", { place })), {
    time: "2026-11-21T10:00:00.123Z",
    from: "192.0.2.7:40001",
    size: 22,
    tag: "app",
    level: "warn",
    seq: 17,
    part: 2,
    parts: 3,
    lost: 2,
    text: "[app warn #17 2/3] hot",
    message: "hot",
  });
  const late = { lost: 0, order: "late" } as const;
  assertEquals(parsed(recordOf("x", { place: late })).order, "late");
});

Deno.test("a JSON record has base64 for what is not UTF-8, and one line for everything", () => {
  const { text, base64 } = parsed(recordOf(bytes(0x61, 0xff, 0x0a)));
  assertEquals([text, base64], [undefined, "Yf8K"]);
  const line = written(recordOf("a\nb\u2028c\x9b\u202e"), { body: "json" });
  assertEquals(line.split(/[\n\u2028]/).length, 2);
  assertEquals(JSON.parse(line).text, "a\nb\u2028c\x9b\u202e");
  const bom = parsed(recordOf(bytes(0xef, 0xbb, 0xbf, 0x61)));
  assertEquals(bom.text, "\ufeffa");
});

Deno.test("a JSON record has the other times beside the time of day", () => {
  const record = recordOf("x", { elapsed: 1234.5, delta: 7.5 });
  assertEquals(parsed(record, { time: "relative" }).elapsed, 1.235);
  assertEquals(parsed(record, { time: "delta" }).delta, 0.008);
});

Deno.test("a raw record is the bytes as they came and a line feed", () => {
  const data = bytes(0, 0x1b, 0xff, 0x0a);
  const format = recordFormat({ body: "raw" });
  assertEquals(format(recordOf(data)), bytes(0, 0x1b, 0xff, 0x0a, 0x0a));
});

Deno.test("a coloured record has its colour around the sender, the same one each time", () => {
  const line = written(recordOf("hello"), { color: true });
  // deno-lint-ignore no-control-regex -- Colours are made of them.
  assertMatch(line, /Z \x1b\[\d\dm192\.0\.2\.7:40001\x1b\[39m 5B hello\n$/);
  assertEquals(written(recordOf("hello"), { color: true }), line);
  const colors = new Set(Array.from({ length: 50 }, (_, port) => {
    const from = { hostname: "192.0.2.7", port };
    // deno-lint-ignore no-control-regex -- Colours are made of them.
    return /\x1b\[(\d+)m/.exec(written(recordOf("", { from }), { color: true }))
      ?.[1];
  }));
  assert(colors.size > 5, [...colors].join());
});
