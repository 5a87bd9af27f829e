/** Which records pass. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { parseCidr } from "../../lib/net/cidr.ts";
import {
  type FilterRules,
  recordFilter,
} from "../../server/services/bucket/filter.ts";
import { containing } from "../../server/services/bucket/pattern.ts";
import { bytes, recordOf } from "./bucket_records.ts";

/** Which of `texts` pass. */
function passing(rules: FilterRules, ...texts: string[]): string[] {
  const passes = recordFilter(rules);
  return texts.filter((text) => passes(recordOf(text)));
}

Deno.test("without rules every record passes", () => {
  assertEquals(passing({}, "", "a"), ["", "a"]);
});

Deno.test("a pattern is looked for in the text as it is shown", () => {
  const match = ["[app warn]", "\\xff", "a\\n"];
  assertEquals(
    passing({ match }, "[app warn] x", "b", "a\nb", "app warn"),
    ["[app warn] x", "a\nb"],
  );
  assert(recordFilter({ match })(recordOf(bytes(0x61, 0xff))));
});

Deno.test("one of the wanted patterns is enough, and none of the unwanted may be there", () => {
  const rules = { match: ["disk", "fan"], except: ["test", "ok"] };
  assertEquals(
    passing(rules, "disk full", "fan stuck", "disk ok", "cpu", "fan test"),
    ["disk full", "fan stuck"],
  );
  assertEquals(passing({ except: ["ok"] }, "ok", "bad"), ["bad"]);
});

Deno.test("patterns can ignore case", () => {
  assertEquals(passing({ match: ["ERR"] }, "error"), []);
  assertEquals(passing({ match: ["ERR"], ignoreCase: true }, "error"), [
    "error",
  ]);
});

Deno.test("containing() takes * for anything, and an escaped one for itself", () => {
  const cases: readonly [pattern: string, text: string, found: boolean][] = [
    ["disk*full", "the disk sda is full now", true],
    ["disk*full", "diskfull", true],
    ["disk*full", "full disk", false],
    ["*", "", true],
    ["**", "x", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["ab*ab", "abab", true],
    ["\\*", "2*3", true],
    ["\\*", "23", false],
    ["\\\\", "a\\b", true],
    ["\\n", "a\\nb", true],
    ["a.c", "abc", false],
    ["(a+)+$", "(a+)+$", true],
    ["😀*é", "x😀 é", true],
  ];
  for (const [pattern, text, found] of cases) {
    assertEquals(containing(pattern)(text), found, `${pattern} in ${text}`);
  }
});

Deno.test("a pattern takes no longer for a text that was made to be slow", () => {
  const text = "a".repeat(65_507);
  const start = performance.now();
  for (const pattern of ["a*".repeat(500) + "b", "aaaa*aaab", "*a*a*a*b"]) {
    assertEquals(containing(pattern)(text), false);
  }
  // Milliseconds are expected; a search that goes back would take hours.
  assertLess(performance.now() - start, 10_000);
});

Deno.test("a level lets itself and those above pass; without a label it is info", () => {
  const texts = ["[debug] d", "[info] i", "[app warn] w", "[error #1] e", "x"];
  assertEquals(passing({ level: "debug" }, ...texts), texts);
  assertEquals(passing({ level: "info" }, ...texts), texts.slice(1));
  assertEquals(passing({ level: "warn" }, ...texts), texts.slice(2, 4));
  assertEquals(passing({ level: "error" }, ...texts), ["[error #1] e"]);
});

Deno.test("a tag has to be one of the wanted ones", () => {
  assertEquals(
    passing({ tags: ["app", "db"] }, "[app] a", "[db #2] b", "[web] c", "app"),
    ["[app] a", "[db #2] b"],
  );
});

Deno.test("a sender has to be in one of the blocks", () => {
  const from = [parseCidr("192.0.2.0/24"), parseCidr("2001:db8::/32")];
  const passes = recordFilter({ from });
  const comesFrom = (hostname: string) =>
    passes(recordOf("x", { from: { hostname, port: 1 } }));
  assertEquals(
    ["192.0.2.7", "2001:db8::1", "192.0.3.7", "::1"].map(comesFrom),
    [true, true, false, false],
  );
});

Deno.test("a record has to pass every kind of rule", () => {
  const rules = { match: ["x"], level: "warn", tags: ["app"] } as const;
  assertEquals(
    passing(rules, "[app warn] x", "[app] x", "[db warn] x", "[app warn] y"),
    ["[app warn] x"],
  );
});
