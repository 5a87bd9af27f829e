/**
 * Streams that are changed on their way.
 *
 * @module
 */

import { deflateSync, inflateSync } from "node:zlib";
import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../../lib/bytes.ts";
import { fromAscii, toAscii } from "../../../lib/ftp/ascii.ts";
import { InflateError, inflating } from "../../../lib/ftp/deflate.ts";
import { upperDatagram } from "../../../lib/upper/datagram.ts";
import {
  type Casing,
  upperCase,
  upperStream,
} from "../../../lib/upper/mapping.ts";
import { memorySink, readAll, sourceOf } from "../../core/byte_cases.ts";
import { joined } from "../mutate.ts";
import { attemptLater, defineTarget, pieces, type Target } from "../target.ts";

/** What is inflated of a stream: the bytes, or that it is none. */
async function inflated(parts: readonly Bytes[]): Promise<Bytes | null> {
  const out: Bytes[] = [];
  let largest = 0;
  const sink = await inflating({
    write(bytes) {
      out.push(bytes.slice());
      largest = Math.max(largest, bytes.length);
      return Promise.resolve(bytes.length);
    },
    close: () => {},
    abort: () => {},
  });
  const done = await attemptLater(async () => {
    for (const part of parts) {
      for (let at = 0; at < part.length;) {
        at += await sink.write(part.slice(at));
      }
    }
    await sink.close();
  }, InflateError);
  if (done instanceof Error) await sink.abort();
  assert(largest <= 1 << 17, `a block of ${largest} bytes`);
  return done instanceof Error ? null : joined(out);
}

/** The same by zlib itself; `null` when it is not whole or has more behind it. */
function reference(input: Bytes): Bytes | null {
  if (input.length === 0) return input;
  try {
    const { buffer, engine } = inflateSync(input, {
      info: true,
    }) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    return engine.bytesWritten === input.length ? new Uint8Array(buffer) : null;
  } catch {
    return null;
  }
}

async function checkAscii(input: Bytes): Promise<string> {
  const wire = await readAll(toAscii(sourceOf([input])), 4096);
  assertEquals(
    await readAll(toAscii(sourceOf(pieces(input))), 3),
    wire,
    "cut elsewhere",
  );
  assert(wire.length <= input.length * 2);
  const stored = [];
  for (const parts of [[wire], pieces(wire)]) {
    const sink = memorySink(5);
    const ascii = fromAscii(sink);
    for (const part of parts) {
      assertEquals(await ascii.write(part), part.length);
    }
    await ascii.close();
    stored.push(sink.bytes);
  }
  assertEquals(stored[0], stored[1], "cut elsewhere");
  // What goes out and comes back is the same, but for line ends that were CRLF.
  const text = (bytes: Iterable<number>) =>
    Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  assertEquals(text(stored[0]!), text(input).replaceAll("\r\n", "\n"));
  return `${wire.length - input.length}`;
}

function checkUpper(input: Bytes, casing: Casing): string {
  const whole = upperCase(input, casing);
  const stream = upperStream(casing);
  const parts = pieces(input).map((piece) => stream.push(piece).slice());
  assertEquals(joined([...parts, stream.end()]), whole, "cut elsewhere");
  assertEquals(upperCase(whole, casing), whole, "changes again");
  assert(whole.length <= input.length * 3);
  assert(upperDatagram(input, casing).length <= input.length);
  return `${Math.sign(whole.length - input.length)}`;
}

/** Streams that are changed. */
export const STREAM_TARGETS: readonly Target[] = [
  defineTarget({
    name: "mode-z",
    about: "deflated uploads, against zlib's own function",
    seeds: () =>
      ["hello", "", "a".repeat(99_999), "\r\n\0é"].map((text) =>
        new Uint8Array(deflateSync(text))
      ),
    generate: (random) => {
      const text = String(random.below(1e9)).repeat(1 + random.below(2000));
      return new Uint8Array(deflateSync(text, { level: random.below(10) }));
    },
    tokens: [
      Uint8Array.of(0x78, 0x9c),
      Uint8Array.of(0, 0, 0xff, 0xff),
      Uint8Array.of(3, 0),
    ],
    cost: 4,
    async check(input) {
      const wanted = reference(input);
      const found = await inflated([input]);
      assertEquals(found?.length, wanted?.length, "not what zlib says");
      assertEquals(found, wanted);
      assertEquals(
        (await inflated(pieces(input).slice(0, 2000)))?.length,
        found?.length,
        "cut elsewhere",
      );
      return `${found === null ? -1 : Math.min(99, found.length)}`;
    },
    longest: 600,
  }),
  defineTarget({
    name: "ascii",
    about: "line ends of the ASCII type, there and back",
    seeds: () => ["one\ntwo\r\nthree\r", "\r\r\n\n\r", "\n".repeat(99)],
    tokens: ["\r", "\n", "\r\n", "\r\r\n"],
    longest: 600,
    check: checkAscii,
  }),
  defineTarget({
    name: "upper",
    about: "upper-casing of bytes that may be UTF-8",
    seeds: () => [
      "straße ı i ŉ ΐ",
      "abcé😀xyz",
      Uint8Array.of(0xc3, 0xff, 0xe2, 0x82),
      "ﬀ ǆ",
    ],
    tokens: [
      "ß",
      "ı",
      "ﬃ",
      "\u0345",
      Uint8Array.of(0xf0, 0x9f),
      Uint8Array.of(0xed, 0xa0, 0x80),
    ],
    longest: 600,
    check: (input) =>
      (["ascii", "unicode", "turkish"] as const).map((casing) =>
        checkUpper(input, casing)
      ).join(),
  }),
];
