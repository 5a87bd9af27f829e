import { assert, assertEquals } from "@std/assert";
import { parseFacts } from "../../lib/ftp/facts_parser.ts";
import {
  createListParser,
  type RemoteEntry,
} from "../../lib/ftp/list_parser.ts";
import fixture from "../fixtures/list-lines.json" with { type: "json" };
import { type Random, randomOf } from "./random.ts";

const LINES: readonly string[] = [...fixture.lines, ...fixture.negatives]
  .flatMap(({ line }) => line.split("\r\n"));

const SEEDS = 10;
const INPUTS = 6000;

const STRANGE = "\0\t\r\n\x1b ;:=,.-+/[]<>(){}*?%$@#'\"09aAzZÿ月\u0301\ud800";

/** One small change: a letter, a lost end, another line's end, a repetition. */
function mutate(random: Random, line: string): string {
  const at = random.below(line.length + 1);
  const [head, tail] = [line.slice(0, at), line.slice(at)];
  const letter = STRANGE[random.below(STRANGE.length)]!;
  switch (random.below(7)) {
    case 0:
      return head + letter + tail.slice(1);
    case 1:
      return head + flip(random, tail);
    case 2:
      return head;
    case 3:
      return head + letter.repeat(1 + random.below(40)) + tail;
    case 4:
      return head + tail.slice(random.below(5));
    case 5:
      return `${head} ${tail}`;
    default: {
      const other = random.pick(LINES);
      return head + other.slice(random.below(other.length));
    }
  }
}

/** With one bit of the first letter turned. */
function flip(random: Random, text: string): string {
  if (text === "") return text;
  const code = text.charCodeAt(0) ^ 1 << random.below(8);
  return String.fromCharCode(code) + text.slice(1);
}

function randomLine(random: Random): string {
  let line = random.pick(LINES);
  for (let times = random.below(4); times >= 0; times--) {
    line = mutate(random, line);
  }
  return line;
}

const TYPES = ["file", "directory", "link", "other"];
const TEXTS = ["target", "owner", "group", "unique", "unparsed"] as const;

/** Fails unless every field has a value that its type and comment allow. */
function assertWellFormed(entry: RemoteEntry, from: string): void {
  const { name, type, size, modified, mode, unparsed } = entry;
  const isSize = size === null || Number.isSafeInteger(size) && size >= 0;
  const isDate = modified === null || Number.isFinite(modified.getTime());
  const isMode = mode === undefined || mode >= 0 && mode <= 0o7777;
  assert(
    typeof name === "string" && (name === "") === (unparsed !== undefined),
  );
  assert(TYPES.includes(type) && isSize && isDate && isMode, from);
  for (const key of TEXTS) {
    assert(!(key in entry) || typeof entry[key] === "string", from);
  }
}

for (let seed = 1; seed <= SEEDS; seed++) {
  Deno.test(`list parser gives null or an entry (seed ${seed})`, () => {
    const random = randomOf(seed);
    let parser = createListParser();
    for (let at = 0; at < INPUTS; at++) {
      if (random.below(20) === 0) parser = createListParser();
      const line = randomLine(random);
      const entry = random.below(50) === 0
        ? parser.flush()
        : parser.parse(line);
      if (entry !== null) assertWellFormed(entry, line);
      const facts = parseFacts(line);
      if (facts !== null) assertWellFormed(facts, line);
    }
  });
}

const LONG = 8192;

/** What makes a careless regular expression try everything. */
const FILLERS: readonly string[] = [
  ..." \t0a-:;/.,=[(<+?Jé月\u0301",
  ...["1 ", "a ", "0:", "1/", "1-", "a;1 ", "; ", "=;", ";1", " -> ", "[ ]"],
  ...["Jan 1 ", "1 Jan ", "1 1 ", "1, ", "9,999", "<DIR> ", "2004-01-01 "],
  ...["a=b;", "type=os.unix=slink:", "\t \t", "月1", "1月", " [", "] ", "..."],
];

const STARTS: readonly string[] = [
  ...["", "-rw-r--r-- ", "drwxr-xr-x 1 a b 9 ", "d [RWCEAFMS] ", "+i1,"],
  ...["lrwxrwxrwx 1 a b 9 Jan  1  2000 ", "01-02-03 04:05PM ", "A.B;1 "],
  ...["type=os.unix=slink:/", "type=file;", "1 2 3 ", "A 01.01 2004/06/22 "],
  ...["-C--E-----FTP ", "01-02-03 04:05PM <JUNCTION> ", "0100644 1 2 3 4 "],
];

for (const start of STARTS) {
  const name = JSON.stringify(start);
  Deno.test(`list parser ends on 8 KiB of anything behind ${name}`, () => {
    for (const filler of FILLERS) {
      const line = (start + filler.repeat(LONG)).slice(0, LONG);
      for (const text of [line, `${line} x`, `${line}\u0000`, `${line};`]) {
        const parser = createListParser();
        const entry = parser.parse(text) ?? parser.flush();
        if (entry !== null) assertWellFormed(entry, filler);
        parseFacts(text);
      }
    }
  });
}

Deno.test("list parser remembers no more than one line", () => {
  const parser = createListParser();
  const counts = Array.from(
    { length: 1000 },
    (_, at) => parser.parse(`LONG-NAME-${at}.TXT;1`) === null ? 0 : 1,
  );
  assertEquals(counts.reduce<number>((sum, count) => sum + count, 0), 999);
  assertEquals(parser.flush()?.name, "LONG-NAME-999.TXT");
  assertEquals(parser.flush(), null);
});
