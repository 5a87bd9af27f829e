import { assert, assertEquals, assertThrows } from "@std/assert";
import { benches, choicesOf } from "./benches.ts";
import { casesFor } from "./server_case.ts";

/** What `words` choose, as `benchmark: case` for the first of each. */
function chosen(...words: string[]): string[] {
  return choicesOf(words).flatMap(({ name, isWanted }) => {
    const { cases, onDemand = [] } = benches[name]!;
    return [...cases, ...onDemand].filter(isWanted)
      .map((one) => `${name}: ${one.name}`);
  });
}

Deno.test("casesFor() takes whole names, beginnings and further words", () => {
  const cases = [
    { name: "retr-1", words: ["cpu"] },
    { name: "retr-16" },
    { name: "retrace" },
  ];
  const names = (word: string) =>
    casesFor(cases, [word]).map((one) => one.name);
  assertEquals(names("retr"), ["retr-1", "retr-16"]);
  assertEquals(names("retr-1"), ["retr-1"]);
  assertEquals(names("cpu"), ["retr-1"]);
  assertEquals(names("1"), []);
});

Deno.test("choicesOf() takes every benchmark when nothing is named", () => {
  assertEquals(
    choicesOf([]).map(({ name }) => name),
    ["server", "client", "tls", "echo"],
  );
});

Deno.test("choicesOf() takes a case of the benchmarks that are named", () => {
  assertEquals(chosen("tls", "retr-4"), ["tls: retr-4"]);
});

Deno.test("choicesOf() looks for a case everywhere when none is named", () => {
  assertEquals(chosen("retr-4"), ["server: retr-4", "tls: retr-4"]);
});

Deno.test("choicesOf() leaves out what runs on demand unless it is named", () => {
  assert(!chosen("tls").includes("tls: get"));
  assertEquals(chosen("tls", "get"), ["tls: get"]);
});

Deno.test("choicesOf() names the word that fits nothing", () => {
  assertThrows(() => choicesOf(["server", "gopher"]), Error, '"gopher"');
  assertThrows(() => choicesOf(["toString"]), Error, '"toString"');
});

for (const [name, { cases, onDemand = [] }] of Object.entries(benches)) {
  Deno.test(`every case of the benchmark ${name} has a name of its own`, () => {
    const names = [...cases, ...onDemand].map((one) => one.name);
    assertEquals(names.length, new Set(names).size);
    for (const each of names) assertEquals(Object.hasOwn(benches, each), false);
  });
}
