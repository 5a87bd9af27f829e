/**
 * The small services: what they answer to whatever comes.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Bytes } from "../../../lib/bytes.ts";
import {
  memoryConn,
  memoryContext,
  type MemoryInput,
} from "../../../lib/net/memory_conn.ts";
import {
  formatLabel,
  isTag,
  type Label,
  readLabel,
} from "../../../lib/spew/label.ts";
import { nameProblem } from "../../../server/services/drop/name.ts";
import { echoService } from "../../../server/services/echo.ts";
import { LineParts } from "../../../server/services/stamp_lines.ts";
import { splitMessage } from "../../../client/spew/split.ts";
import { testBox } from "../../core/drop_harness.ts";
import { joined } from "../mutate.ts";
import { defineTarget, pieces, type Target } from "../target.ts";

/** What a line looks like in parts. */
function partsOf(chunks: readonly Bytes[], most: number): string[] {
  const lines = new LineParts(most);
  const found: string[] = [];
  const add = (bytes: Bytes, offset: number, ending: string) => {
    assert(bytes.length <= most, `${bytes.length} bytes`);
    found.push(`${offset} ${bytes.toHex()} ${JSON.stringify(ending)}`);
  };
  for (const chunk of chunks) {
    for (const { bytes, offset, ending } of lines.push(chunk)) {
      add(bytes, offset, ending);
    }
  }
  for (const { bytes, offset, ending } of lines.end()) {
    add(bytes, offset, ending);
  }
  return found;
}

function checkLabel(data: Bytes): string {
  const read = readLabel(data);
  const split = splitMessage(data, { maxSize: 120 });
  assert(split.every((part) => part.length <= 120));
  const words = joined(
    split.map((part) => part.slice(readLabel(part)?.length ?? 0)),
  );
  if (split.length > 1) assertEquals(words, data);
  if (read === null) return `none ${split.length > 1}`;
  const { label, length } = read;
  assert(
    length <= data.length && (label.tag === undefined || isTag(label.tag)),
  );
  const again = readLabel(new TextEncoder().encode(formatLabel(label)));
  assertEquals<Label | undefined>(again?.label, label);
  return Object.keys(label).join();
}

/** What a drop box says to a client, and what it then holds. */
async function dropped(input: MemoryInput): Promise<string> {
  const box = testBox({
    files: { "/old.txt": "old" },
    maxSize: 600,
    maxFiles: 3,
    capacity: 2000,
  });
  const said = await box.say(input);
  const names = await box.names();
  assert(names.length <= 3 && names.includes("old.txt"));
  assertEquals(await box.read("old.txt"), "old");
  const kept: string[] = [];
  for (const name of names) {
    assertEquals(nameProblem(name), null, name);
    const text = await box.read(name);
    assert((text ?? "").length <= 600, "longer than it may be");
    kept.push(`${name}=${text}`);
  }
  return `${said} | ${kept.join()}`;
}

async function echoed(input: MemoryInput): Promise<Bytes> {
  const conn = memoryConn(input, { maxWrite: 7 });
  await echoService().stream!(conn, memoryContext());
  return conn.output;
}

/** Small services. */
export const SERVICE_TARGETS: readonly Target[] = [
  defineTarget({
    name: "stamp",
    about: "lines of the stamp service, in parts when they are long",
    seeds: () => [
      "one\r\ntwo\nth",
      "a".repeat(100),
      "é".repeat(50) + "\r\n",
      "\n\r\n\r",
    ],
    tokens: ["\r", "\n", "\r\n", "é", "😀", Uint8Array.of(0xff)],
    longest: 600,
    check(input) {
      const found = [4, 5, 17].map((most) => {
        const parts = partsOf([input.slice()], most);
        assertEquals(partsOf(pieces(input), most), parts, "cut elsewhere");
        return parts.length;
      });
      return found.map((count) => Math.min(9, count)).join();
    },
  }),
  defineTarget({
    name: "spew-label",
    about: "labels of debug messages, and messages in parts",
    seeds: () => [
      "[pump warn #17 2/3] low",
      "[INFO] x",
      "[main] y",
      "[a#1]",
      "[WARNING] ",
      "x".repeat(500),
    ],
    tokens: ["[", "] ", "#", "/", " error", "WARN", "[x #", "\0", "é"],
    longest: 1000,
    check: checkLabel,
  }),
  defineTarget({
    name: "drop-box",
    about: "connections to a drop box: names, contents, chunks",
    seeds: () => [
      ...[
        "notes.txt\nhello",
        "put a.txt\nhello",
        "get old.txt\n",
        "dir\n",
        "list\n",
      ],
      ...[
        "send 5 b.txt\nhello",
        "send - c\n3\nabc2\nde0\n",
        "help\n",
        "fetch old.txt\n",
      ],
      ...[
        "send 999999999999999 d\n",
        "../x\nhello",
        "CON\nx",
        "old.txt\nnew",
        "quit\n",
      ],
    ],
    tokens: [
      "put ",
      "get ",
      "send - ",
      "\n",
      "\r\n",
      "0\n",
      "999\n",
      "../",
      "\0",
      "error: ",
    ],
    isScript: true,
    async check(input) {
      const whole = await dropped(input);
      assertEquals(await dropped(pieces(input)), whole, "cut elsewhere");
      return whole.replace(/\d+/g, "0").slice(0, 20);
    },
  }),
  defineTarget({
    name: "echo",
    about: "whatever comes back from the echo service",
    seeds: () => ["hello\n", new Uint8Array(300)],
    longest: 3000,
    async check(input) {
      assertEquals(await echoed(pieces(input)), input);
      assertEquals(
        await echoService().datagram!(input, undefined as never),
        input,
      );
      return `${Math.min(9, input.length)}`;
    },
  }),
];
