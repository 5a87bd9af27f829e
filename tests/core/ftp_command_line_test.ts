import { assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { parseCommandLine } from "../../lib/ftp/command_line.ts";

/** Bytes written as text of code points up to 255. */
function latin1(text: string): Bytes {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

const UTF8 = "Syntax error: argument is not valid UTF-8.";
const CONTROL = "Syntax error: argument has a NUL or CR byte.";

const LINES: readonly [line: string, verb: string, argument: string][] = [
  ["NOOP", "NOOP", ""],
  ["noop", "NOOP", ""],
  ["nOoP", "NOOP", ""],
  ["RETR a", "RETR", "a"],
  ["retr A", "RETR", "A"],
  ["RETR ", "RETR", ""],
  ["RETR  a", "RETR", " a"],
  ["RETR a ", "RETR", "a "],
  ["RETR   ", "RETR", "  "],
  ["RETR a  b", "RETR", "a  b"],
  ["RETR a\tb", "RETR", "a\tb"],
  ["RETR \x01\x7f", "RETR", "\x01\x7f"],
  ["X", "X", ""],
  ["L8 x", "L8", "x"],
  ["ABCDEFGHIJKL", "ABCDEFGHIJKL", ""],
  // No verbs.
  ["", "", ""],
  [" ", "", ""],
  [" NOOP", "", "NOOP"],
  ["ABCDEFGHIJKLM", "", ""],
  ["8L", "", ""],
  ["RETR\ta", "", ""],
  ["NO-OP", "", ""],
  ["NO\0OP", "", ""],
  ["N\xd6\xd6P", "", ""],
  ["PA\xdf secret", "", "secret"],
  ["NOOP\r", "", ""],
  ["GET / HTTP/1.1", "GET", "/ HTTP/1.1"],
  // UTF-8.
  ["RETR \xc3\xa4", "RETR", "ä"],
  ["RETR \xf0\x9f\x98\x80", "RETR", "😀"],
  ["RETR \xef\xbb\xbfa", "RETR", "\ufeffa"],
  ["RETR e\xcc\x81", "RETR", "e\u0301"],
  // Telnet (RFC 854).
  ["\xff\xf4\xff\xf2ABOR", "ABOR", ""],
  ["\xff\xf4\xffABOR", "ABOR", ""],
  ["\xff\xf4ABOR", "ABOR", ""],
  ["\xf2ABOR", "", ""],
  ["\xff\xf2ABOR", "ABOR", ""],
  ["AB\xff\xf4OR", "ABOR", ""],
  ["\xff\xfb\x01\xff\xfd\x03NOOP", "NOOP", ""],
  ["\xff\xfc\x01\xff\xfe\x03NOOP", "NOOP", ""],
  ["\xff\xf1NOOP\xff", "NOOP", ""],
  ["NOOP\xff\xfd", "NOOP", ""],
  ["\xff\xffNOOP", "", ""],
  ["\xff", "", ""],
  ["RETR a\xff\xf4b", "RETR", "ab"],
];

for (const [line, verb, argument] of LINES) {
  Deno.test(`parseCommandLine() reads ${JSON.stringify(line)}`, () => {
    assertEquals(parseCommandLine(latin1(line)), { verb, argument });
  });
}

const PROBLEMS: readonly [line: string, verb: string, problem: string][] = [
  ["RETR \xe4", "RETR", UTF8],
  ["RETR \xc3", "RETR", UTF8],
  ["RETR \xc0\xaf", "RETR", UTF8],
  ["RETR \xed\xa0\x80", "RETR", UTF8],
  ["RETR \xf4\x90\x80\x80", "RETR", UTF8],
  ["RETR a\xff\xffb", "RETR", UTF8],
  ["RETR a\0", "RETR", CONTROL],
  ["RETR \0", "RETR", CONTROL],
  ["RETR a\rb", "RETR", CONTROL],
  ["RETR a\r", "RETR", CONTROL],
  ["\xe4 \xe4", "", UTF8],
];

for (const [line, verb, problem] of PROBLEMS) {
  Deno.test(`parseCommandLine() refuses ${JSON.stringify(line)}`, () => {
    const expected = { verb, argument: "", problem };
    assertEquals(parseCommandLine(latin1(line)), expected);
  });
}

Deno.test("parseCommandLine() never throws, whatever three bytes come", () => {
  const tricky = [0, 10, 13, 32, 65, 97, 0x80, 0xc3, 0xdf, 0xf2, 0xfb, 0xff];
  for (const a of tricky) {
    for (const b of tricky) {
      for (const c of tricky) {
        const { verb } = parseCommandLine(new Uint8Array([65, a, b, c]));
        assertEquals(verb, verb.replace(/[^A-Z0-9]/g, ""), `${[a, b, c]}`);
      }
    }
  }
});
