import { assertEquals, assertThrows } from "@std/assert";
import { ToolError } from "../../lib/cli.ts";
import { type Casing, upperCase } from "../../lib/upper/mapping.ts";
import { upperDatagram } from "../../lib/upper/datagram.ts";
import { AnswerCheck } from "../../client/upper/check.ts";
import { checkDatagram } from "../../client/upper/check_datagram.ts";
import { WrongAnswer } from "../../client/upper/wrong_answer.ts";
import { bytesOf, everySplit } from "./byte_cases.ts";

/** A code point that never gets a character: unknown to every Unicode. */
const UNKNOWN = "\u{1fffe}";

/** The first wrong byte, or `null`; both sides in single bytes, or whole. */
function wrongOf(
  question: string,
  answer: string | Uint8Array<ArrayBuffer>,
  casing: Casing,
  { bytewise = false } = {},
): { offset: number; expected: number | null; got: number | null } | null {
  const bytes = typeof answer === "string" ? bytesOf(answer) : answer;
  const check = new AnswerCheck(casing);
  try {
    check.sent(bytesOf(question));
    if (bytewise) { for (const byte of bytes) check.got(Uint8Array.of(byte)); }
    else check.got(bytes);
    check.end();
    return null;
  } catch (error) {
    if (error instanceof WrongAnswer) return error.wrong;
    throw error;
  }
}

const RIGHT: readonly (readonly [string, string, Casing])[] = [
  ["", "", "ascii"],
  ["hello\r\n", "HELLO\r\n", "ascii"],
  ["straße", "STRAßE", "ascii"],
  ["straße", "STRASSE", "unicode"],
  ["ŉ \u0390 ﬁ ı", "ʼN \u0399\u0308\u0301 FI I", "unicode"],
  ["iı", "İI", "turkish"],
  [`a${UNKNOWN}b`, `A${UNKNOWN}B`, "unicode"],
  // The server knows a letter, or an upper case, that is new to us.
  [`a${UNKNOWN}b`, "AÄB", "unicode"],
  [`aäb`, `A${UNKNOWN}B`, "unicode"],
  [`${UNKNOWN}`, "月", "unicode"],
];

for (const [question, answer, casing] of RIGHT) {
  Deno.test(`AnswerCheck finds ${JSON.stringify(answer)} right for ${JSON.stringify(question)} (${casing})`, () => {
    assertEquals(wrongOf(question, answer, casing), null);
    assertEquals(wrongOf(question, answer, casing, { bytewise: true }), null);
  });
}

const WRONG: readonly (readonly [
  question: string,
  answer: string | Uint8Array<ArrayBuffer>,
  casing: Casing,
  offset: number,
  expected: number | null,
  got: number | null,
])[] = [
  ["hello", "HELlO", "ascii", 3, 0x4c, 0x6c],
  ["hello", "HELL", "ascii", 4, 0x4f, null],
  ["hello", "HELLOO", "ascii", 5, null, 0x4f],
  ["hello", "HELLO and much more", "ascii", 5, null, 0x20],
  ["", "A", "ascii", 0, null, 0x41],
  ["a", "", "ascii", 0, 0x41, null],
  ["straße", "STRASSE", "ascii", 4, 0xc3, 0x53],
  ["straße", "STRAßE", "unicode", 4, 0x53, 0xc3],
  ["ä", "ä", "unicode", 1, 0x84, 0xa4],
  ["ä", Uint8Array.of(0xc3), "unicode", 1, 0x84, null],
  ["ä", Uint8Array.of(0xe2), "unicode", 0, 0xc3, 0xe2],
  ["ä", "\ufffd", "unicode", 0, 0xc3, 0xef],
  ["ä", "A", "unicode", 0, 0xc3, 0x41],
  // ASCII letters are known to everybody, and bytes are not characters.
  ["a", UNKNOWN, "unicode", 0, 0x41, 0xf0],
  [UNKNOWN, "Ä", "ascii", 0, 0xf0, 0xc3],
  [UNKNOWN, "A", "unicode", 0, 0xf0, 0x41],
];

for (const [question, answer, casing, offset, expected, got] of WRONG) {
  const shown = typeof answer === "string" ? answer : answer.join();
  Deno.test(`AnswerCheck finds ${JSON.stringify(shown)} wrong for ${JSON.stringify(question)} (${casing})`, () => {
    const wrong = { offset, expected, got };
    assertEquals(wrongOf(question, answer, casing), wrong);
    assertEquals(wrongOf(question, answer, casing, { bytewise: true }), wrong);
  });
}

Deno.test("AnswerCheck takes questions and answers cut anywhere, in turns", () => {
  const [question, answer] = [bytesOf("aŉß\u{1fffe}é"), bytesOf("AʼNSS月É")];
  for (const sent of everySplit(question)) {
    const check = new AnswerCheck("unicode");
    for (const piece of sent) check.sent(piece);
    for (const byte of answer) check.got(Uint8Array.of(byte));
    check.end();
    assertEquals(check.unjudged, 1);
  }
});

Deno.test("AnswerCheck waits when a server sends half a character early", () => {
  const check = new AnswerCheck("unicode");
  const [first, second] = bytesOf("ª") as unknown as [number, number];
  check.sent(Uint8Array.of(first));
  check.got(Uint8Array.of(first));
  check.sent(Uint8Array.of(second));
  check.got(Uint8Array.of(second));
  check.end();
});

Deno.test("AnswerCheck does not change what is sent", () => {
  const piece = bytesOf("abc");
  new AnswerCheck("ascii").sent(piece);
  assertEquals(piece, bytesOf("abc"));
});

Deno.test("AnswerCheck keeps 64 MiB at most", () => {
  const check = new AnswerCheck("ascii");
  const piece = new Uint8Array(1024 * 1024);
  const send = (count: number) => {
    for (let at = 0; at < count; at++) check.sent(piece);
  };
  send(64);
  check.got(piece);
  send(1);
  assertThrows(() => send(1), ToolError, "64 MiB unanswered");
});

const MESSAGES: readonly (readonly [string, string, Casing, string])[] = [
  [
    "ab",
    "Ab",
    "ascii",
    'wrong answer at byte 1: expected 0x42 "B", got 0x62 "b"',
  ],
  ["a", "A\n", "ascii", "wrong answer at byte 1: expected its end, got 0x0a"],
  ["ab", "A", "ascii", 'the answer ends at byte 1: expected 0x42 "B"'],
  [
    "ß",
    "ß",
    "unicode",
    'wrong answer at byte 0: expected 0x53 "S", got 0xc3; ' +
    "does the server map all letters, as upperd --unicode?",
  ],
];

for (const [question, answer, casing, message] of MESSAGES) {
  Deno.test(`AnswerCheck says: ${message}`, () => {
    const check = new AnswerCheck(casing);
    check.sent(bytesOf(question));
    const error = assertThrows(() => {
      check.got(bytesOf(answer));
      check.end();
    }, WrongAnswer);
    assertEquals(error.message, message);
    assertEquals(error.exitCode, 1);
  });
}

Deno.test("checkDatagram() takes the answer that grows and the one that does not", () => {
  const question = bytesOf("ŉ a");
  for (const mapping of [upperCase, upperDatagram]) {
    const answer = mapping(question, "unicode");
    assertEquals(checkDatagram(question, answer, "unicode", 1), 0);
  }
});

Deno.test("checkDatagram() names the line of a wrong answer", () => {
  const error = assertThrows(
    () => checkDatagram(bytesOf("ab"), bytesOf("AX"), "ascii", 7),
    WrongAnswer,
    "wrong answer at byte 1 of line 7",
  );
  assertEquals(error.wrong, { offset: 1, expected: 66, got: 88, line: 7 });
});
