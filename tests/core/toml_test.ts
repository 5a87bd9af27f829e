import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  isList,
  isTable,
  parseToml,
  TomlError,
  TomlTime,
  type TomlValue,
} from "../../lib/toml.ts";

/** Plain values: times as `{time}`. */
function plain(value: TomlValue): unknown {
  if (value instanceof TomlTime) return { time: value.text };
  if (isList(value)) return value.map((item) => plain(item.value));
  if (!isTable(value)) return value;
  return Object.fromEntries(
    [...value.entries].map(([key, entry]) => [key, plain(entry.value)]),
  );
}

const VALUES: readonly (readonly [text: string, value: unknown])[] = [
  ["a = 1", { a: 1 }],
  ["\ufeffa = 1 # c\r\n", { a: 1 }],
  ["a = [0xDEAD_beef, 0o17, 0b101, -0, +5]", { a: [3735928559, 15, 5, -0, 5] }],
  ["a = [1.5, -2e3, 6.25E-1, 1_0.0_1]", { a: [1.5, -2000, 0.625, 10.01] }],
  ["a = [inf, -inf, nan, +nan]", { a: [Infinity, -Infinity, NaN, NaN] }],
  ["a = [true, false]", { a: [true, false] }],
  ['a = "x\\t\\"\\\\\\u00e9\\U0001F600"', { a: 'x\t"\\é😀' }],
  ["a = 'C:\\x'", { a: "C:\\x" }],
  ['a = """\nx\\\n   y "" z"""', { a: 'xy "" z' }],
  ['a = """x\r\ny"""', { a: "x\ny" }],
  ['a = """""x"""""', { a: '""x""' }],
  ["a = '''\n'x''\n'''", { a: "'x''\n" }],
  ["a = ''", { a: "" }],
  ["a = 1979-05-27T07:32:00Z", { a: { time: "1979-05-27T07:32:00Z" } }],
  ["a = 1979-05-27 07:32:00.5-07:00", {
    a: { time: "1979-05-27 07:32:00.5-07:00" },
  }],
  ["a = [1979-05-27, 07:32:00]", {
    a: [{ time: "1979-05-27" }, { time: "07:32:00" }],
  }],
  ["a = [ # c\n 1,\n [2, 'x'],\n]", { a: [1, [2, "x"]] }],
  ["a = { b = 1, c.d = 2, 'e f' = {} }", {
    a: { b: 1, c: { d: 2 }, "e f": {} },
  }],
  ["a.b.c = 1\na.b.d = 2\n'x y'.z = 3", {
    a: { b: { c: 1, d: 2 } },
    "x y": { z: 3 },
  }],
  ["[a.b]\nc = 1\n[a]\nd = 2\n[a.b.e]", { a: { b: { c: 1, e: {} }, d: 2 } }],
  ["[[a]]\nb = 1\n[[a]]\n[a.c]\nd = 2\n[[a.e]]", {
    a: [{ b: 1 }, { c: { d: 2 }, e: [{}] }],
  }],
  ["[a]\nb.c = 1\n[a.b.d]\ne = 2", { a: { b: { c: 1, d: { e: 2 } } } }],
  ["1 = 1\n-_ = 2\n3.4 = 5", { "1": 1, "-_": 2, "3": { "4": 5 } }],
  ["__proto__ = 1\nconstructor = 2\ntoString.x = 3", {
    ["__proto__"]: 1,
    constructor: 2,
    toString: { x: 3 },
  }],
  ["", {}],
  ["\n \t# only a comment", {}],
];

for (const [text, value] of VALUES) {
  Deno.test(`parseToml() reads ${JSON.stringify(text)}`, () => {
    assertEquals(plain(parseToml(text)), value);
  });
}

const REFUSED:
  readonly (readonly [text: string, line: number, says: string])[] = [
    ["a", 1, 'expected "=" behind a key'],
    ["a =", 1, "expected a value, got the line's end"],
    ["a = 1\nb = tru", 2, "expected a value (texts need quotes)"],
    ["a = /srv", 1, "expected a value (texts need quotes)"],
    ["a = 1 2", 1, "expected the line's end"],
    ["a = 1\n\na = 2", 3, "a is already in line 1"],
    ["a = 1\na = [\n1\n]\n", 2, "a is already in line 1"],
    ["a = 1\na.b = 2", 2, "a is already in line 1"],
    ["[a]\n[a]", 2, "a is already in line 1"],
    ["[a.b]\nc = 1\n[a]\nb.d = 2", 4, "b is already in line 1"],
    ["a.b = 1\n[a]", 2, "a is already in line 1"],
    ["a = {}\n[a.b]", 2, "a is already in line 1"],
    ["a = {}\na.b = 1", 2, "a is already in line 1"],
    ["a = [{}]\n[[a]]", 2, "a is already in line 1"],
    ["[[a]]\n[a]", 2, "a is already in line 1"],
    ["[a]\n[[a]]", 2, "a is already in line 1"],
    ["a = [1", 1, 'expected "," or "]" in the list of line 1'],
    ["a = [\n1\n2]", 3, 'expected "," or "]" in the list of line 1'],
    ["a = { b = 1,\n c = 2 }", 1, "expected a key"],
    ["a = { b = 1, }", 1, "expected a key"],
    ["a = {b = 1, b = 2}", 1, "b is already in line 1"],
    ['a = "x', 1, "a string that does not end"],
    ['a = "x\ny"', 1, "a string that does not end"],
    ['\na = """x\n\n', 2, "a string that does not end"],
    ["a = 'x", 1, "a string that does not end"],
    ['a = "\\x"', 1, "unknown escape \\x in a string"],
    ['a = "\\ud800"', 1, "unknown escape \\ud800"],
    ['a = """\\ x"""', 1, "unknown escape"],
    ["a = 01", 1, "expected a value"],
    ["a = 1__0", 1, "expected a value"],
    ["a = 1.", 1, "expected a value"],
    ["a = .5", 1, "expected a value"],
    ["a = 0x", 1, "expected a value"],
    ["a = 9007199254740993", 1, "a number that is too large"],
    ["a = 2027-02-30", 1, "there is no such date"],
    ["a = 25:00:00", 1, "there is no such date or time"],
    ["[a", 1, 'expected "]" behind a table\'s name'],
    ["[[a]", 1, 'expected "]]" behind a table\'s name'],
    ["[]", 1, "expected a key"],
    ["[a]]", 1, "expected the line's end"],
    ["= 1", 1, "expected a key"],
    ["a. = 1", 1, "expected a key"],
    ['"""a""" = 1', 1, "a key cannot be a string of several lines"],
    ["a = 1\nb = \0", 2, "a character that may not be here (U+0000)"],
    ["# \u007f", 1, "U+007f"],
    ["a = 1\rb = 2", 1, "U+000d"],
  ];

for (const [text, line, says] of REFUSED) {
  Deno.test(`parseToml() refuses ${JSON.stringify(text)} in line ${line}`, () => {
    const error = assertThrows(() => parseToml(text), TomlError, says);
    assertEquals(error.line, line);
  });
}

Deno.test("parseToml() says no value, which may be a password without quotes", () => {
  for (const secret of ["90071992547409930", "2027-02-30", "hunter2", "1x2"]) {
    const error = assertThrows(() => parseToml(`password = ${secret}`));
    assert(error instanceof TomlError);
    assert(!error.message.includes(secret), error.message);
  }
});

Deno.test("parseToml() knows the line of every value", () => {
  const text = '\n\na = """\n\n"""\n[t]\nb = [\n 1,\n 2]\n[[u]]\n[[u]]\n';
  const { entries } = parseToml(text);
  const { value } = entries.get("t")!;
  const list = isTable(value) ? value.entries.get("b") : undefined;
  assertEquals(entries.get("a")?.line, 3);
  assertEquals(entries.get("t")?.line, 6);
  assertEquals(list?.line, 7);
  assertEquals(isList(list?.value) && list.value.map(({ line }) => line), [
    8,
    9,
  ]);
  const items = entries.get("u")!.value;
  assertEquals(isList(items) && items.map(({ line }) => line), [10, 11]);
});

Deno.test("parseToml() refuses what is too deep, and reads what is long", () => {
  assertThrows(
    () => parseToml(`a = ${"[".repeat(1000)}`),
    TomlError,
    "too deep",
  );
  assertThrows(() => parseToml(`${"a.".repeat(1000)}b = 1`), TomlError, "dots");
  const long = `a = "${"x".repeat(1 << 20)}"`;
  assertEquals(parseToml(long).entries.size, 1);
  const notes = "# note\n\n".repeat(2_000_000);
  assertEquals(parseToml(`${notes}a = 1`).entries.size, 1);
  const many = Array.from({ length: 20_000 }, (_, at) => `k${at} = "v"\n`);
  assertEquals(parseToml(many.join("")).entries.size, 20_000);
});
