import { assert, assertEquals } from "@std/assert";
import { FOUND, nameOf, shown, targetOf } from "./found.ts";
import { main } from "./fuzz.ts";
import { failureOf } from "./hunt.ts";
import { TARGETS } from "./targets.ts";

for (const { name } of Deno.readDirSync(FOUND)) {
  Deno.test(`fuzz: what ${name} found stays mended`, async () => {
    const target = TARGETS.find((each) => each.name === targetOf(name));
    assert(target !== undefined, `no target for ${name}`);
    const input = await Deno.readFile(new URL(name, FOUND));
    assertEquals(name, await nameOf(target.name, input));
    assertEquals(await failureOf(target, input), null, shown(input));
  });
}

/** What the tool prints, and its exit code. */
async function run(...args: string[]): Promise<[code: number, text: string]> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(line);
  try {
    return [await main(args), lines.join("\n")];
  } finally {
    console.log = log;
  }
}

Deno.test("fuzz --list names every target", async () => {
  const [code, text] = await run("--list");
  assertEquals(code, 0);
  assertEquals(text.split("\n").length, TARGETS.length);
});

Deno.test("fuzz tries so many inputs of a target in a thread without permission", async () => {
  const [code, text] = await run("glob", "--runs", "200", "--seed", "1");
  assertEquals(code, 0, text);
  assert(/^glob +200 inputs in /.test(text), text);
  assert(
    /fuzz: 200 inputs of 1 targets in \d+ s, seed 1: 0 findings/.test(text),
  );
});

Deno.test("fuzz --replay tries a file again", async () => {
  const [first] = [...Deno.readDirSync(FOUND)];
  const path = new URL(first!.name, FOUND).pathname;
  const [code, text] = await run("--replay", path);
  assertEquals([code, text], [0, `${path}: holds`]);
});
