import { assertEquals, assertFalse } from "@std/assert";
import type { Key } from "../../lib/terminal/key_names.ts";
import { createKeyDecoder } from "../../lib/terminal/keys.ts";
import { randomOf } from "./random.ts";

/** The keys of `input`, as short text: `x`, `<left>`, `[pasted]`. */
function keysOf(input: string | Uint8Array): string {
  const decoder = createKeyDecoder();
  return shown([...bytesOf(input)].flatMap((byte) => decoder.push(byte)));
}

function shown(keys: readonly Key[]): string {
  return keys.map((key) => {
    if (key.kind === "key") return `<${key.name}>`;
    return key.kind === "paste" ? `[${key.text}]` : key.text;
  }).join("");
}

function bytesOf(input: string | Uint8Array): Uint8Array {
  return typeof input === "string" ? new TextEncoder().encode(input) : input;
}

const KEYS: readonly (readonly [string, string])[] = [
  ["ab é 日本 👍", "ab é 日本 👍"],
  ["\r", "<enter>"],
  ["\n", "<enter>"],
  ["\t", "<tab>"],
  ["\x7f", "<backspace>"],
  ["\b", "<ctrl-h>"],
  ["\0", "<ctrl-space>"],
  ["\x01\x02\x03\x04\x1a", "<ctrl-a><ctrl-b><ctrl-c><ctrl-d><ctrl-z>"],
  ["\x1b[A\x1b[B\x1b[C\x1b[D", "<up><down><right><left>"],
  ["\x1bOA\x1bOB\x1bOC\x1bOD", "<up><down><right><left>"],
  ["\x1b[H\x1b[F\x1bOH\x1bOF", "<home><end><home><end>"],
  ["\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "<home><end><home><end>"],
  ["\x1b[2~\x1b[3~\x1b[5~\x1b[6~", "<insert><delete><page-up><page-down>"],
  ["\x1b[1;5D\x1b[1;5C", "<ctrl-left><ctrl-right>"],
  ["\x1b[1;3D\x1b[1;2C", "<alt-left><shift-right>"],
  ["\x1b[1;8A", "<ctrl-alt-shift-up>"],
  ["\x1bOd\x1bOc", "<ctrl-left><ctrl-right>"],
  ["\x1b[3;5~", "<ctrl-delete>"],
  ["\x1b\x1b[D", "<alt-left>"],
  ["\x1b[Z", "<shift-tab>"],
  ["\x1bb\x1bF\x1bé", "<alt-b><alt-f><alt-é>"],
  ["\x1b\x7f\x1b\b", "<alt-backspace><alt-ctrl-h>"],
  ["\x1bOM", "<enter>"],
  ["\x1bOP\x1b[15~", "<f1><f5>"],
  ["\x1b[200~a\nb\tc\x1b[201~d", "[a\nb\tc]d"],
  ["\x1b[200~a\x1b[201~", "[a]"],
  ["\x1b[200~a\x1b[20\x1b\x1b[201~", "[a\x1b[20\x1b]"],
  ["\x1b[200~lost\x03x", "<ctrl-c>x"],
];

const UNKNOWN: readonly string[] = [
  "\x1b[99~",
  "\x1b[?1;2c",
  "\x1b[<0;10;20M",
  "\x1b[[A",
  "\x1b[38;2;1;2;3m",
  "\x1b[1;2;3;4A",
  "\x1b[ q",
  `\x1b[${"1;".repeat(500)}A`,
  "\x1bOz",
  "\x1b]0;title\x07",
  "\x1b]11;rgb:0000/0000/0000\x1b\\",
  "\x1bPq#0;2\x1b\\",
  "\x1b_G\x1b\\",
  "\x1b^m\x1b\\",
  "\x1bXs\x1b\\",
  "\u0085\u009b",
];

Deno.test("createKeyDecoder() names the keys of every kind of terminal", () => {
  for (const [input, keys] of KEYS) {
    assertEquals(keysOf(input), keys, JSON.stringify(input));
  }
});

Deno.test("createKeyDecoder() leaves out unknown sequences as a whole", () => {
  for (const input of UNKNOWN) {
    assertEquals(keysOf(`a${input}b`), "ab", JSON.stringify(input));
  }
});

Deno.test("createKeyDecoder() goes on with what breaks a sequence off", () => {
  assertEquals(keysOf("\x1b[1\x03"), "<ctrl-c>");
  assertEquals(keysOf("\x1b[1\x1b[A"), "<up>");
  assertEquals(keysOf("\x1bO\r"), "<enter>");
  assertEquals(keysOf("\x1b]0;x\x03"), "<ctrl-c>");
});

Deno.test("createKeyDecoder() shows bytes that are no UTF-8 as U+FFFD", () => {
  assertEquals(keysOf(new Uint8Array([0x61, 0xff, 0x62])), "a\ufffdb");
  assertEquals(keysOf(new Uint8Array([0xe9, 0x61])), "\ufffda");
  assertEquals(keysOf(new Uint8Array([0xe2, 0x82, 0x0d])), "\ufffd<enter>");
  assertEquals(keysOf(new Uint8Array([0xc0, 0x80])), "\ufffd\ufffd");
});

Deno.test("createKeyDecoder() takes an escape that nothing follows for the Escape key", () => {
  const decoder = createKeyDecoder();
  assertEquals(decoder.push(0x1b), []);
  assertEquals(decoder.undecided, true);
  assertEquals(shown(decoder.flush()), "<escape>");
  assertFalse(decoder.undecided);
  assertEquals(shown(decoder.push(0x5b)), "[");
});

Deno.test("createKeyDecoder() forgets a string that never ends", () => {
  const decoder = createKeyDecoder();
  for (const byte of bytesOf("\x1b]0;x")) decoder.push(byte);
  assertEquals(decoder.flush(), []);
  assertEquals(shown(decoder.push(0x61)), "a");
});

Deno.test("createKeyDecoder() keeps 1 MiB of a paste and goes on behind it", () => {
  const keys = keysOf(`\x1b[200~${"x".repeat(2 ** 20 + 10)}\x1b[201~y`);
  assertEquals(keys.length, 2 ** 20 + "[]y".length);
  assertEquals(keys.at(-1), "y");
});

Deno.test("createKeyDecoder() never makes text of control characters, whatever comes", () => {
  const random = randomOf(7);
  const likely = [...bytesOf("\x1b[O0159;~AZ]P\\\x07éa日👍\r\x03")];
  for (let round = 0; round < 300; round++) {
    const decoder = createKeyDecoder();
    for (let count = 0; count < 200; count++) {
      const byte = random.below(2) ? random.pick(likely) : random.below(256);
      for (const key of decoder.push(byte)) {
        if (key.kind === "text") assertFalse(/\p{Cc}/u.test(key.text));
      }
      if (random.below(20) === 0) decoder.flush();
    }
  }
});
