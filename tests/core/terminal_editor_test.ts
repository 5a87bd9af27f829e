import { assertEquals, assertFalse, assertRejects } from "@std/assert";
import {
  createHistory,
  createLineEditor,
  type LineEditorOptions,
} from "../../lib/terminal/mod.ts";
import { displayWidth, graphemes } from "../../lib/terminal/width.ts";
import { type Fake, fakeTerminal } from "./terminal_harness.ts";
import { randomOf } from "./random.ts";

/** Begins to read a line with the prompt `> `. */
function reading(fake: Fake, options: LineEditorOptions = {}) {
  return createLineEditor(fake.terminal, options).read("> ");
}

/** The line that typing `keys` and Enter gives, and where the cursor was. */
async function edited(
  keys: string,
  options: LineEditorOptions = {},
): Promise<string> {
  const fake = fakeTerminal();
  const line = reading(fake, options);
  await fake.type(keys);
  const { column } = fake.screen.cursor();
  await fake.type("\r");
  return `${await line}@${column - 2}`;
}

/** Keys, the line they make, and the column of the cursor in it. */
const EDITS: readonly (readonly [string, string])[] = [
  ["abc", "abc@3"],
  ["abc\x1b[D\x1b[DX", "aXbc@2"],
  ["abc\x1b[D\x1b[D\x1b[CX", "abXc@3"],
  ["abc\x02\x02X", "aXbc@2"],
  ["abc\x01X\x06Y", "XaYbc@3"],
  ["abc\x1b[HX\x1b[FY", "XabcY@5"],
  ["abc\x01\x05Y", "abcY@4"],
  ["abc\x7fX", "abX@3"],
  ["abc\x08X", "abX@3"],
  ["abc\x01\x1b[3~", "bc@0"],
  ["abc\x01\x04", "bc@0"],
  ["abc\x04", "abc@3"],
  ["abc\x01\x7f", "abc@0"],
  ["one two\x17", "one @4"],
  ["one two  \x17X", "one X@5"],
  ["get a/b.c\x1b\x7f", "get a/b.@8"],
  ["one two\x01\x1bd", " two@0"],
  ["one two\x15X", "X@1"],
  ["one two\x1bb\x0b", "one @4"],
  ["one two\x1bb\x0b\x01\x19", "twoone @3"],
  ["one two three\x17\x17\x01\x19", "two threeone @9"],
  ["one two\x01\x1bd\x1bdX\x19", "Xone two@8"],
  ["one two\x17\x1b[D\x17\x19", "one @3"],
  ["abc\x14", "acb@3"],
  ["abc\x02\x02\x14", "bac@2"],
  ["a\x14", "a@1"],
  ["one two\x1b[1;5D\x1b[1;5DX\x1b[1;5CY", "XoneY two@5"],
  ["one two\x1bb\x1bbX\x1bfY", "XoneY two@5"],
  ["a日本b\x1b[D\x1b[DX", "a日X本b@4"],
  ["日本\x7f", "日@2"],
  ["xe\u0301\x7f", "x@1"],
  ["e\x1b[D\u0301", "\u0301e@0"],
  ["👨‍👩‍👧a\x1b[D\x7f", "a@0"],
  ["👍🏽\x1b[DX", "X👍🏽@1"],
  ["a\x1b[99~\x1b]0;t\x07\x1b[?62cb", "ab@2"],
  ["a\x1bzb", "ab@2"],
  ["a\x00\x1a\x1cb", "ab@2"],
  ["a\u202eb", "a\u202eb@8"],
  ["\x1b[200~one\ttwo\x1b[201~", "one two@7"],
];

Deno.test("read() edits with the keys of Emacs", async () => {
  for (const [keys, expected] of EDITS) {
    assertEquals(await edited(keys), expected, JSON.stringify(keys));
  }
});

Deno.test("read() gives the same line however its bytes are cut", async () => {
  for (const [keys, expected] of EDITS) {
    const fake = fakeTerminal();
    const line = reading(fake);
    for (const byte of new TextEncoder().encode(keys)) {
      await fake.type(new Uint8Array([byte]));
    }
    await fake.type("\r");
    assertEquals(await line, expected.slice(0, expected.lastIndexOf("@")));
  }
});

Deno.test("read() shows the line, and goes below it at the end", async () => {
  const fake = fakeTerminal();
  const line = reading(fake);
  await fake.type("get 日本\x1b[D");
  assertEquals(fake.screen.rows(), ["> get 日本"]);
  assertEquals(fake.screen.cursor(), { row: 0, column: 8 });
  await fake.type("\r");
  assertEquals(await line, "get 日本");
  assertEquals(fake.screen.cursor(), { row: 1, column: 0 });
  assertEquals([fake.raw, fake.screen.brackets], [false, false]);
});

Deno.test("read() is raw only while it reads", async () => {
  const fake = fakeTerminal();
  assertFalse(fake.raw);
  const line = reading(fake);
  assertEquals([fake.raw, fake.screen.brackets], [true, true]);
  await fake.type("\x04");
  assertEquals(await line, null);
  assertFalse(fake.raw);
});

Deno.test("read() gives a fresh start after Ctrl-C", async () => {
  const fake = fakeTerminal();
  const line = reading(fake);
  await fake.type("wrong\x03");
  assertEquals(await line, "");
  assertEquals(fake.screen.rows(), ["> wrong^C"]);
  assertEquals(fake.screen.cursor(), { row: 1, column: 0 });
});

Deno.test("read() ends with the input, whatever was typed", async () => {
  const fake = fakeTerminal();
  const line = reading(fake);
  await fake.type("half");
  fake.send(null);
  assertEquals(await line, null);
  assertFalse(fake.raw);
});

Deno.test("read() throws the signal's reason and loses no key", async () => {
  const fake = fakeTerminal();
  const editor = createLineEditor(fake.terminal);
  const stop = new AbortController();
  const line = editor.read("> ", { signal: stop.signal });
  await fake.type("ab");
  stop.abort(new Error("enough"));
  await assertRejects(() => line, Error, "enough");
  assertFalse(fake.raw);
  assertEquals(fake.screen.cursor(), { row: 1, column: 0 });
  const next = editor.read("> ");
  await fake.type("cd\r");
  assertEquals(await next, "cd");
});

Deno.test("read() finds what was typed before it was called", async () => {
  const fake = fakeTerminal();
  const editor = createLineEditor(fake.terminal);
  const first = editor.read("> ");
  await fake.type("one\rtwo\rthr");
  assertEquals(await first, "one");
  fake.send("ee\n"); // Typed while the terminal was cooked.
  assertEquals(await editor.read("> "), "two");
  assertEquals(await editor.read("> "), "three");
});

Deno.test("read() scrolls a line sideways that is too long", async () => {
  const fake = fakeTerminal({ columns: 20 });
  const line = reading(fake);
  const text = "abcdefghijklmnopqrstuvwxyz0123456789";
  await fake.type(text);
  assertEquals(fake.screen.rows(), ["> <wxyz0123456789"]);
  await fake.type("\x01");
  assertEquals(fake.screen.rows(), ["> abcdefghijklmnop>"]);
  assertEquals(fake.screen.cursor(), { row: 0, column: 2 });
  await fake.type("\r");
  assertEquals(await line, text);
});

Deno.test("read() keeps the cursor on its character in a long line", async () => {
  const text = "a日bc👍defgh本ijklm語nopqrs\u0301tuv한wxyz";
  const chars = graphemes(text);
  for (const columns of [8, 15, 22]) {
    const fake = fakeTerminal({ columns });
    const line = reading(fake);
    await fake.type(text);
    for (const [key, step] of [["\x02", -1], ["\x06", 1]] as const) {
      let at = step < 0 ? chars.length : 0;
      while (chars[at += step] !== undefined) {
        await fake.type(key);
        const { column } = fake.screen.cursor();
        assertEquals(charAt(fake.screen.rows().join(), column), chars[at]);
      }
    }
    await fake.type("\x03");
    await line;
  }
});

/** The character of `row` in this column. */
function charAt(row: string, column: number): string | undefined {
  let at = 0;
  return graphemes(row).find((char) => {
    at += displayWidth(char);
    return at > column;
  });
}

Deno.test("read() draws the line anew when the size changes", async () => {
  const fake = fakeTerminal({ columns: 40 });
  fake.screen.write("before\r\n");
  const line = reading(fake);
  await fake.type("one two three four five six seven");
  fake.resize(20);
  assertEquals(fake.screen.rows(), ["before", "> <five six seven"]);
  fake.resize(60);
  assertEquals(fake.screen.rows(), [
    "before",
    "> one two three four five six seven",
  ]);
  await fake.type("!\r");
  assertEquals(await line, "one two three four five six seven!");
});

Deno.test("read() clears the screen at Ctrl-L", async () => {
  const fake = fakeTerminal();
  fake.screen.write("old\r\n");
  const line = reading(fake);
  await fake.type("abc\x0c");
  assertEquals(fake.screen.rows(), ["> abc"]);
  await fake.type("\r");
  assertEquals(await line, "abc");
});

Deno.test("read() makes control characters in prompts and lines visible", async () => {
  const fake = fakeTerminal();
  const editor = createLineEditor(fake.terminal);
  const line = editor.read([{ text: "a\x1b[2J" }, { text: "> " }], {
    initial: "x\x07y",
  });
  await fake.type("");
  assertEquals(fake.screen.rows(), ["a\\x1b[2J> x\\x07y"]);
  await fake.type("\r");
  assertEquals(await line, "x\x07y");
});

Deno.test("read() shortens a prompt that leaves no room", async () => {
  const fake = fakeTerminal({ columns: 24 });
  const line = createLineEditor(fake.terminal)
    .read("ftp.example.org/a/long/path> ");
  await fake.type("abc");
  assertEquals(fake.screen.rows(), ["ftp.ex…ath> abc"]);
  await fake.type("\r");
  await line;
});

Deno.test("read() runs nothing of a paste before Enter", async () => {
  const fake = fakeTerminal();
  const editor = createLineEditor(fake.terminal);
  const first = editor.read("> ");
  await fake.type("x\x1b[200~one\r\ntwo\nthree\n\x1b[201~");
  assertEquals(fake.screen.rows(), ["> xone"]);
  await fake.type("\r");
  assertEquals(await first, "xone");
  const second = editor.read("> ");
  await fake.type("");
  assertEquals(fake.screen.rows(), ["> xone", "> two"]);
  await fake.type("!\r");
  assertEquals(await second, "two!");
  const third = editor.read("> ");
  await fake.type("\x03");
  assertEquals(await third, "");
  const fourth = editor.read("> ");
  await fake.type("\r");
  assertEquals(await fourth, "");
});

Deno.test("read() drops the rest of a paste at Ctrl-C", async () => {
  const fake = fakeTerminal();
  const editor = createLineEditor(fake.terminal);
  const first = editor.read("> ");
  await fake.type("\x1b[200~one\ntwo\x1b[201~\x03");
  assertEquals(await first, "");
  const second = editor.read("> ");
  await fake.type("\r");
  assertEquals(await second, "");
});

Deno.test("read() takes a lone escape for a key after 50 ms", async () => {
  const fake = fakeTerminal();
  const line = reading(fake);
  await fake.type("ab\x1b");
  await fake.clock.advance(50);
  await fake.type("[D\r");
  assertEquals(await line, "ab[D");
  const other = reading(fake);
  await fake.type("ab\x1b");
  await fake.clock.advance(49);
  await fake.type("[DX\r");
  assertEquals(await other, "aXb");
});

Deno.test("read() keeps what Ctrl-Y puts back for the next line", async () => {
  const fake = fakeTerminal();
  const editor = createLineEditor(fake.terminal);
  const first = editor.read("> ");
  await fake.type("some words\x15\r");
  assertEquals(await first, "");
  const second = editor.read("> ");
  await fake.type("\x19\r");
  assertEquals(await second, "some words");
});

Deno.test("read() reads plain lines where nothing can be edited", async () => {
  const piped = fakeTerminal({ keyboard: false, display: "none" });
  piped.send("ls\r\nget a\x1b[D\nlast");
  piped.send(null);
  const history = createHistory();
  const editor = createLineEditor(piped.terminal, { history });
  assertEquals(await editor.read("> "), "ls");
  assertEquals(await editor.read("> "), "get a\x1b[D");
  assertEquals(await editor.read("> "), "last");
  piped.send(null);
  assertEquals(await editor.read("> "), null);
  assertEquals(piped.written, "");
});

Deno.test("read() shows the prompt on a dumb terminal and leaves it cooked", async () => {
  const fake = fakeTerminal({ display: "plain" });
  const line = reading(fake);
  await fake.type("pwd\n");
  assertEquals(await line, "pwd");
  assertEquals(fake.written, "> ");
});

Deno.test("read() refuses a line that never ends", async () => {
  const fake = fakeTerminal({ keyboard: false });
  const line = reading(fake);
  for (let sent = 0; sent <= 16; sent++) fake.send("x".repeat(65_536));
  await assertRejects(() => line, RangeError, "longer than 1 MiB");
});

Deno.test("read() never throws and never shows a control character, whatever is typed", async () => {
  const random = randomOf(23);
  const likely = [
    ..."abc 日e\u0301👍",
    ..."\x01\x02\x05\x06\x0b\x0e\x10\x12\x14\x15\x17\x19\x7f\t\x1b",
    ...[
      "\x1b[A",
      "\x1b[D",
      "\x1b[3~",
      "\x1bb",
      "\x1bd",
      "\x1b[200~x\ny\x1b[201~",
    ],
  ];
  const history = createHistory();
  for (const line of ["abc", "日本", "b\x1b[2J"]) history.add(line);
  const complete = (line: string, cursor: number) => ({
    from: line.lastIndexOf(" ", cursor - 1) + 1,
    candidates: [{ value: "ab\x07c" }, { value: "abd日" }],
  });
  for (let round = 0; round < 20; round++) {
    const fake = fakeTerminal({ columns: 5 + random.below(40) });
    const editor = createLineEditor(fake.terminal, { history, complete });
    const stop = new AbortController();
    let line = editor.read("> ", { signal: stop.signal });
    line.catch(() => {});
    for (let count = 0; count < 60; count++) {
      const bytes = random.below(4) === 0
        ? new Uint8Array([random.below(256)])
        : random.pick(likely);
      await fake.type(bytes); // The screen refuses what it does not know.
      if (!fake.raw) {
        line = editor.read("> ", { signal: stop.signal });
        line.catch(() => {});
      }
      if (random.below(20) === 0) fake.resize(5 + random.below(40));
    }
    stop.abort(new Error("over"));
    await assertRejects(() => line, Error, "over");
    assertFalse(fake.raw);
  }
});
