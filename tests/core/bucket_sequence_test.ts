/** What is missing, what came twice, what came late. */
import { assertEquals } from "@std/assert";
import { SequenceWatch } from "../../server/services/bucket/sequence.ts";
import { randomOf } from "./random.ts";

/** What is said of each number: `next`, `late`, `duplicate`, or how many are lost. */
function said(numbers: readonly number[], watch = new SequenceWatch()) {
  return numbers.map((seq) => {
    const { lost, order } = watch.see("a", seq);
    return lost > 0 ? lost : order;
  });
}

Deno.test("numbers in order are as they should be", () => {
  assertEquals(said([1, 2, 3]), ["next", "next", "next"]);
});

Deno.test("the first number is as it should be, whatever it is", () => {
  assertEquals(said([17, 18]), ["next", "next"]);
  assertEquals(said([0, 1, 2]), ["next", "next", "next"]);
});

Deno.test("a gap tells how many are missing, and those that come are late", () => {
  const watch = new SequenceWatch();
  assertEquals(said([1, 5, 3, 6, 3, 4], watch), [
    ...["next", 3, "late", "next", "duplicate", "late"],
  ]);
  assertEquals(watch.counters, { lost: 1, late: 2, duplicates: 1 });
});

Deno.test("a number that comes again is a duplicate", () => {
  assertEquals(said([1, 2, 2, 3]), ["next", "next", "duplicate", "next"]);
});

Deno.test("a 1 begins anew, unless it is missing", () => {
  assertEquals(said([1, 2, 3, 1, 2]), ["next", "next", "next", "next", "next"]);
  assertEquals(said([0, 2, 1, 3]), ["next", 1, "late", "next"]);
});

Deno.test("each sender has numbers of its own", () => {
  const watch = new SequenceWatch();
  watch.see("a", 1);
  watch.see("b", 7);
  assertEquals(watch.see("a", 2), { lost: 0, order: "next" });
  assertEquals(watch.see("b", 8), { lost: 0, order: "next" });
});

Deno.test("an immense gap costs no memory, only the last missing ones are known", () => {
  const watch = new SequenceWatch();
  const far = 999_999_999_999_999;
  assertEquals(said([1, far, far - 1, far - 300, 2], watch), [
    ...["next", far - 2, "late", "duplicate", "duplicate"],
  ]);
});

Deno.test("of many gaps only the last missing numbers are known", () => {
  assertEquals(said([1, 300, 600, 100, 200, 500]), [
    ...["next", 298, 299, "duplicate", "duplicate", "late"],
  ]);
});

Deno.test("the sender that was quiet for the longest is forgotten first", () => {
  const watch = new SequenceWatch();
  watch.see("first", 1);
  watch.see("second", 1);
  for (let i = 0; i < 1022; i++) watch.see(`other ${i}`, 1);
  watch.see("first", 2);
  watch.see("new", 1);
  assertEquals(watch.see("first", 2).order, "duplicate");
  assertEquals(watch.see("second", 9).lost, 0);
});

Deno.test("counts are exact for numbers that were lost, doubled and shuffled", () => {
  const random = randomOf(42);
  const sent = Array.from({ length: 5000 }, (_, at) => at + 1);
  const kept = sent.filter((seq) => seq === 1 || random.below(10) > 0);
  const doubled = kept.filter((seq) => seq > 1 && random.below(20) === 0);
  const arriving = [...kept, ...doubled]
    .map((seq) => ({ seq, at: seq === 1 ? 0 : seq + random.below(8) }))
    .sort((a, b) => a.at - b.at);
  const watch = new SequenceWatch();
  for (const { seq } of arriving) watch.see("a", seq);
  const highest = Math.max(...kept);
  const { lost, duplicates } = watch.counters;
  assertEquals([lost, duplicates], [highest - kept.length, doubled.length]);
});
