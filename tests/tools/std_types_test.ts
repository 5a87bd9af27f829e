import * as assert from "@std/assert";
import * as parseArgs from "@std/cli/parse-args";
import * as closestString from "@std/text/closest-string";

const MODULES: Record<string, Record<string, unknown>> = {
  "@std/assert": assert,
  "@std/cli/parse-args": parseArgs,
  "@std/text/closest-string": closestString,
};

Deno.test("std.d.ts declares only what the modules have", async () => {
  const path = new URL("../../lib/std.d.ts", import.meta.url);
  const text = await Deno.readTextFile(path);
  const [, ...blocks] = text.split(/^declare module /m);
  assert.assertEquals(blocks.length, Object.keys(MODULES).length);
  for (const block of blocks) {
    const [, name = ""] = /^"(.+?)"/.exec(block) ?? [];
    for (
      const [, symbol] of block.matchAll(/export (?:function|class) (\w+)/g)
    ) {
      const found = typeof MODULES[name]?.[symbol ?? ""];
      assert.assertEquals(found, "function", `${name} has no ${symbol}`);
    }
  }
});
