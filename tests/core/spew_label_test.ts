/** The label in front of a debug message. */
import { assertEquals } from "@std/assert";
import {
  formatLabel,
  isTag,
  type Label,
  readLabel,
} from "../../lib/spew/label.ts";
import { randomOf } from "./random.ts";

const encoder = new TextEncoder();

function read(text: string) {
  return readLabel(encoder.encode(text));
}

const LABELS: readonly Label[] = [
  { tag: "app" },
  { level: "debug" },
  { seq: 1 },
  { part: 1, parts: 1 },
  { tag: "pump-2.a_b", level: "warn", seq: 17, part: 2, parts: 3 },
  { tag: "A", seq: 999_999_999_999_999 },
  { level: "error", part: 999_999, parts: 999_999 },
];

for (const label of LABELS) {
  const text = formatLabel(label);
  Deno.test(`readLabel() reads what formatLabel() writes: ${text}`, () => {
    assertEquals(read(`${text}message`), { label, length: text.length });
    assertEquals(read(text), { label, length: text.length });
    assertEquals(read(text.trimEnd()), { label, length: text.length - 1 });
  });
}

Deno.test("formatLabel() writes nothing when there is nothing to say", () => {
  assertEquals(formatLabel({}), "");
});

Deno.test("readLabel() takes the levels of other programs", () => {
  for (
    const [text, level] of [
      ["[INFO] up", "info"],
      ["[WARNING] hot", "warn"],
      ["[Error] down", "error"],
      ["[main DEBUG] x", "debug"],
    ] as const
  ) assertEquals(read(text)?.label.level, level, text);
});

Deno.test("readLabel() takes nothing else for a label", () => {
  const others = [
    ...["", "[", "[]", "[] x", "[ ] x", "[app", "app] x", "x [app] y"],
    ...["[app]x", "[[app]] x", "[17] x", "[1/2/3] x", "[0/3] x", "[4/3] x"],
    ...["[app  warn] x", "[warn app] x", "[#1 warn] x", "[2/3 #1] x"],
    ...["[app nonsense] x", "[app warn #1 2/3 more] x", "[#] x", "[#x] x"],
    ...["[constructor toString] x", "[\x1b[2J] x", "[é] x", "[#-1] x"],
    `[${"a".repeat(33)}] x`,
    `[app ${" ".repeat(200)}] x`,
    `[#${"9".repeat(16)}] x`,
    "[".repeat(1000),
  ];
  for (const text of others) assertEquals(read(text), null, text);
});

Deno.test("isTag() knows what can stand for a name", () => {
  for (const tag of ["a", "Pump-2", "x.y_z", "a".repeat(32)]) {
    assertEquals(isTag(tag), true, tag);
  }
  for (
    const text of ["", "2", "-a", "a b", "warn", "WARNING", "é", "a".repeat(33)]
  ) assertEquals(isTag(text), false, text);
});

Deno.test("readLabel() finds no label beyond the bytes it may look at", () => {
  const random = randomOf(7);
  const pieces = [..."[]#/ 19azAZ.-_\0\xff", "warn", "#7", "2/3", "app"];
  for (let round = 0; round < 5000; round++) {
    let text = "[";
    for (let left = random.below(12); left > 0; left--) {
      text += random.pick(pieces);
    }
    const found = read(text);
    if (found === null) continue;
    assertEquals(found.length <= text.length, true, text);
    const written = formatLabel(found.label).trimEnd().toLowerCase();
    const shown = text.slice(0, found.length).trimEnd().toLowerCase();
    assertEquals(shown.length >= written.length, true, text);
    assertEquals(shown.startsWith("[") && shown.endsWith("]"), true, text);
  }
});
