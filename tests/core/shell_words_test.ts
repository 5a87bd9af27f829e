import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  type ParsedLine,
  parseLine,
  quoteWord,
  wordAt,
} from "../../client/ftp/shell/words.ts";
import { globMatcher } from "../../lib/glob.ts";
import { UsageError } from "../../lib/cli.ts";
import { type Random, randomOf } from "./random.ts";

/** Commands as `after [words] > file &`; patterns end in `~`. */
function shown({ commands }: ParsedLine): string[] {
  return commands.map(({ after, words, redirect, background }) => {
    const texts = words.map(({ text, pattern }) => text + (pattern ? "~" : ""));
    const sign = redirect?.append ? ">>" : ">";
    const file = redirect === null ? "" : ` ${sign} ${redirect.path}`;
    return `${after} [${texts.join("|")}]${file}${background ? " &" : ""}`;
  });
}

const LINES: readonly [line: string, ...commands: string[]][] = [
  [""],
  [" \t\r\n "],
  [";; ;"],
  ["# all"],
  ["ls", "; [ls]"],
  ["  ls \t -l\r", "; [ls|-l]"],
  ["get a b", "; [get|a|b]"],
  // Quotes.
  ["get 'a b' \"c d\" e\\ f", "; [get|a b|c d|e f]"],
  ["get a' 'b\" \"c\\ d", "; [get|a b c d]"],
  ["get '' \"\"", "; [get||]"],
  ["get 'a\"b\\' \"c'd\"", "; [get|a\"b\\|c'd]"],
  ['get "a\\"b\\\\c\\d\\$"', '; [get|a"b\\c\\d\\$]'],
  ["get \\'a\\\" \\\\ \\a", "; [get|'a\"|\\|a]"],
  ["'get' x", "; [get|x]"],
  ["get 'a\nb' \"c\nd\" e\\\nf", "; [get|a\nb|c\nd|e\nf]"],
  ["get 'a;b&&c||d&>e#f'", "; [get|a;b&&c||d&>e#f]"],
  ["get \\; \\&\\& \\> \\# \\|", "; [get|;|&&|>|#||]"],
  ["get 月\u00a0ä😀 \\😀", "; [get|月\u00a0ä😀|😀]"],
  // Patterns.
  ["ls *.txt a?b [a]", "; [ls|*.txt~|a?b~|[a]~]"],
  ["ls '*.txt' \"a?b\" \\[a]", "; [ls|*.txt|a?b|[a]]"],
  ["ls 'a b'/*", "; [ls|a b/*~]"],
  // What stands between commands.
  ["cd a;ls", "; [cd|a]", "; [ls]"],
  ["cd a\nls\r\npwd", "; [cd|a]", "; [ls]", "; [pwd]"],
  ["cd a && ls || pwd; x", "; [cd|a]", "&& [ls]", "|| [pwd]", "; [x]"],
  ["a&&b||c", "; [a]", "&& [b]", "|| [c]"],
  ["ls;", "; [ls]"],
  ["get a &", "; [get|a] &"],
  ["get a&", "; [get|a] &"],
  ["get a& get b &;ls", "; [get|a] &", "; [get|b] &", "; [ls]"],
  ["get a &ls", "; [get|a] &", "; [ls]"],
  ["get R&D.txt &x=1", "; [get|R&D.txt] &", "; [x=1]"],
  ["get a&'b'", "; [get|a&b]"],
  ["a && b &", "; [a]", "&& [b] &"],
  // Redirects.
  ["ls > a", "; [ls] > a"],
  ["ls >a; ls >>'b c'", "; [ls] > a", "; [ls] >> b c"],
  ["ls >> a -l &", "; [ls|-l] >> a &"],
  ["> a ls", "; [ls] > a"],
  ["ls > *", "; [ls] > *"],
  ["get a->b a>b", "; [get|a->b|a>b]"],
  ["ls > !a", "; [ls] > !a"],
  // Comments.
  ["ls # -l; pwd", "; [ls]"],
  ["ls #1\npwd", "; [ls]", "; [pwd]"],
  ["get a#b '#c' \\#d", "; [get|a#b|#c|#d]"],
  ["ls;#x", "; [ls]"],
  // The system's own commands.
  ["!", "; [!]"],
  ["!ls -l | wc; x && y > z &", "; [!|ls -l | wc; x && y > z &]"],
  ["  ! 'a #b\\  ", "; [!|'a #b\\]"],
  ["cd a && !ls", "; [cd|a]", "&& [!|ls]"],
  ["!a\nls", "; [!|a]", "; [ls]"],
  ["get !a a!", "; [get|!a|a!]"],
  ["'!a' b", "; [!a|b]"],
];

for (const [line, ...commands] of LINES) {
  Deno.test(`parseLine() reads ${JSON.stringify(line)}`, () => {
    assertEquals(shown(parseLine(line)), commands);
  });
}

const BAD: readonly [line: string, why: string][] = [
  ["get 'a", "there is a '"],
  ['get "a', 'there is a "'],
  ['get "a\\"', 'there is a "'],
  ["get 'a\nls", "there is a '"],
  ["get a'", "there is a '"],
  ["get \\", "backslash"],
  ["ls > 'a", "there is a '"],
  ["&& ls", "in front of &&"],
  ["|| ls", "in front of ||"],
  ["&", "in front of &"],
  ["ls; & ls", "in front of &"],
  ["ls && && ls", "in front of &&"],
  ["ls&||ls", "in front of ||"],
  ["ls&&&ls", "in front of &"],
  ["ls &&", "behind &&"],
  ["ls || # x", "behind ||"],
  ["ls && ; ls", "behind &&"],
  ["ls &&\nls", "behind &&"],
  ["ls >", "file is missing behind >"],
  ["ls >> ; ls", "file is missing behind >>"],
  ["ls > > a", "file is missing behind >"],
  ["> a", "in front of >"],
  ["ls > a > b", "one file only"],
  ["ls | more", "no pipes"],
  ["ls |more", "no pipes"],
  ["|x", "no pipes"],
];

for (const [line, why] of BAD) {
  Deno.test(`parseLine() refuses ${JSON.stringify(line)}`, () => {
    assertThrows(() => parseLine(line), UsageError, why);
  });
}

Deno.test("parseLine() keeps what was typed, for jobs and aliases", () => {
  const line = " cd 'a b' ;\tget *  -r > x &ls;!a b";
  const rows = parseLine(line).commands.map(({ text, rest }) => [text, rest]);
  assertEquals(rows, [
    ["cd 'a b'", "'a b'"],
    ["get *  -r > x", "*  -r > x"],
    ["ls", ""],
    ["!a b", ""],
  ]);
});

Deno.test("parseLine() remembers what was quoted", () => {
  const { commands } = parseLine(`put - '-' "~" \\~ ~ a'b'`);
  const quoted = commands[0]!.words.map(({ quoted }) => quoted);
  assertEquals(quoted, [false, false, true, true, true, false, true]);
});

Deno.test("parseLine() makes a glob in which the quoted stands for itself", () => {
  const glob = parseLine("'*['/\"?\"*\\*").commands[0]!.words[0]!.glob;
  assertEquals(glob, "[*][[]/[?]*[*]");
  assert(globMatcher(glob)("*[/?x*"));
  assertFalse(globMatcher(glob)("a[/?x*"));
  assertFalse(globMatcher(glob)("*[/?xx"));
});

const QUOTED: readonly [text: string, quoted: string][] = [
  ["", "''"],
  ["a", "a"],
  ["/pub/a-b_c.tar.gz", "/pub/a-b_c.tar.gz"],
  ["user@host:21", "user@host:21"],
  ["Übung/月", "Übung/月"],
  ["a b", "'a b'"],
  ["-rf", "-rf"],
  ["|touch x", "'|touch x'"],
  ["!ls", "'!ls'"],
  ["#a", "'#a'"],
  ["~", "'~'"],
  ["a*", "'a*'"],
  ["a\\b", "'a\\b'"],
  ['say "hi"', "'say \"hi\"'"],
  ['what\'s "it" \\', '"what\'s \\"it\\" \\\\"'],
];

for (const [text, quoted] of QUOTED) {
  Deno.test(`quoteWord() gives ${quoted}`, () => {
    assertEquals(quoteWord(text), quoted);
  });
}

const PIECES = [
  ..." \t\r\n'\"\\;&|><#!*?[]~-=a1ä月😀\u0301\u00a0\u2028\ud800\0\x1b",
  ...["&&", "||", ">>", "ls", "->", "$(", "`", "{a,b}"],
];

function randomText(random: Random, most: number): string {
  let text = "";
  for (let left = random.below(most); left > 0; left--) {
    text += random.pick(PIECES);
  }
  return text;
}

for (let seed = 1; seed <= 4; seed++) {
  Deno.test(`quoteWord() is read back as one plain word (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 4000; round++) {
      const texts = [0, 1, 2].map(() => randomText(random, 9));
      const line = texts.map(quoteWord).join(" ");
      const { commands } = parseLine(line);
      assertEquals(commands.length, 1);
      const [{ words, background, redirect, text, rest }] = commands as [
        typeof commands[0] & object,
      ];
      assertEquals(words.map(({ text }) => text), texts);
      assert(words.every(({ pattern }) => !pattern), line);
      assert(!background && redirect === null);
      assertEquals(text, line);
      assertEquals(`${quoteWord(texts[0]!)} ${rest}`, line);
    }
  });

  Deno.test(`parseLine() and wordAt() take whatever is typed (seed ${seed})`, () => {
    const random = randomOf(seed);
    for (let round = 0; round < 1500; round++) {
      const line = randomText(random, 20);
      const commands = parsed(line);
      for (let cursor = 0; cursor <= line.length; cursor++) {
        const word = wordAt(line, cursor);
        if (word === null) continue;
        assertEquals(word.start + word.typed.length, cursor);
        assertEquals(word.typed, line.slice(word.start, cursor));
        // Completing means replacing what was typed by the quoted word.
        const done = line.slice(0, word.start) + quoteWord(`${word.text}x`);
        const again = wordAt(done, done.length)!;
        assertEquals(again.text, `${word.text}x`, JSON.stringify(line));
        assertEquals(again.start, word.start);
        assertEquals(again.before, word.before);
        assertEquals(again.redirect, word.redirect);
        assertEquals(again.quote, null);
      }
      for (const { words, text } of commands) {
        assert(words.length > 0);
        assertEquals(parseLine(text).commands[0]!.words, words);
      }
    }
  });
}

/** The commands of a line; none when it is refused, as only a user's mistake may be. */
function parsed(line: string): ParsedLine["commands"] {
  try {
    return parseLine(line).commands;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    assertFalse(error.message === "" || /\p{Cc}/u.test(error.message));
    return [];
  }
}

/** The line up to the cursor; `before | typed = text @ start, quote`. */
const UNFINISHED: readonly [line: string, expected: string][] = [
  ["", " |  =  @ 0, null"],
  ["ge", " | ge = ge @ 0, null"],
  ["get ", "get |  =  @ 4, null"],
  ["get a", "get | a = a @ 4, null"],
  ["get a ", "get,a |  =  @ 6, null"],
  ["get 'a b", "get | 'a b = a b @ 4, '"],
  ['get "a b', 'get | "a b = a b @ 4, "'],
  ['get "a b" c"', 'get,a b | c" = c @ 10, "'],
  ["get 'a b'", "get | 'a b' = a b @ 4, null"],
  ["get a\\ b", "get | a\\ b = a b @ 4, null"],
  ["get a\\", "get | a\\ = a @ 4, \\"],
  ['get "a\\', 'get | "a\\ = a\\ @ 4, "'],
  ["cd a; get b", "get | b = b @ 10, null"],
  ["cd a;", " |  =  @ 5, null"],
  ["cd a&&", " |  =  @ 6, null"],
  ["cd a&", "cd | a& = a& @ 3, null"],
  ["cd a &", " |  =  @ 6, null"],
  ["cd a & l", " | l = l @ 7, null"],
  ["cd a\nls b", "ls | b = b @ 8, null"],
  ["ls > a", "ls | a = a @ 5, null (file)"],
  ["ls >", "ls |  =  @ 4, null (file)"],
  ["ls > a b", "ls | b = b @ 7, null"],
  ["ls # a", "null"],
  ["ls # a ", "null"],
  ["!ls a", "null"],
  ["cd a; !ls ", "null"],
  ["ls # a\nget b", "get | b = b @ 11, null"],
];

for (const [line, expected] of UNFINISHED) {
  Deno.test(`wordAt() finds the word in ${JSON.stringify(line)}`, () => {
    const word = wordAt(`${line}'rest;`, line.length);
    if (word === null) return assertEquals("null", expected);
    const before = word.before.map(({ text }) => text).join();
    const { typed, text, start, quote, redirect } = word;
    const file = redirect ? " (file)" : "";
    const found = `${before} | ${typed} = ${text} @ ${start}, ${quote}${file}`;
    assertEquals(found, expected);
  });
}

Deno.test("parseLine() ends on long lines", () => {
  for (const part of [...PIECES, "\\\\", "' ", "a ", "a;", "a&"]) {
    parsed(`get ${part.repeat(30_000)}`);
    parsed(`get "${part.repeat(30_000)}`);
    wordAt(part.repeat(30_000), 25_000);
  }
});
