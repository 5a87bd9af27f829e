/** What the documents say is what the tables in the code say. */
import { assert, assertEquals } from "@std/assert";
import { FTPD } from "../../server/ftp/options.ts";
import { COMMANDS } from "../../server/ftp/commands.ts";

const ROOT = new URL("../../", import.meta.url);

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** The rows of every table in a Markdown text, as cells. */
function tableRows(text: string): string[][] {
  return text.split("\n").filter((line) => /^\|(?! *-)/.test(line))
    .map((line) =>
      line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim())
    );
}

Deno.test("docs/rfc.md has a row for every command, with the name of a test", async () => {
  const tests = await testNames();
  const offered = commandRows().filter(([, , status]) => !isRefusal(status));
  assertEquals(
    offered.map(([verb]) => verb!).sort(),
    [...COMMANDS.keys()].sort(),
  );
  for (const [verb, , , test] of offered) {
    assert(tests.includes(test!), `${verb}: there is no test "${test}"`);
  }
});

Deno.test("docs/rfc.md calls refused only what the server does not know", () => {
  const refused = commandRows().filter(([, , status]) => isRefusal(status))
    .flatMap(([verbs]) => verbs!.split(", "));
  assert(refused.length > 0);
  assertEquals(refused.filter((verb) => COMMANDS.has(verb)), []);
});

Deno.test("docs/ftpd.md explains every option of ftpd, and no other", () => {
  const text = read("docs/ftpd.md");
  const explained = tableRows(text)
    .flatMap(([first]) => /^`--([a-z-]+)/.exec(first!)?.[1] ?? []);
  const standard = ["log", "quiet"];
  assertEquals(
    explained.sort(),
    [...Object.keys(FTPD.options), ...standard].sort(),
  );
});

Deno.test("the README's links lead somewhere", () => {
  const links = [...read("README.md").matchAll(/\]\(([^)#:]+)\)/g)];
  assert(links.length > 3);
  for (const [, path] of links) Deno.statSync(new URL(path!, ROOT));
});

/** The rows about commands, without their heading. */
function commandRows(): string[][] {
  return tableRows(read("docs/rfc.md")).filter((row) => row.length === 4)
    .slice(1);
}

function isRefusal(status?: string): boolean {
  return /^no\b/.test(status!);
}

async function testNames(): Promise<string[]> {
  const names: string[] = [];
  for (const folder of ["core", "ftp", "interop", "net", "fs"]) {
    const place = new URL(`tests/${folder}/`, ROOT);
    for await (const { name } of Deno.readDir(place)) {
      if (!name.endsWith("_test.ts")) continue;
      const text = Deno.readTextFileSync(new URL(name, place));
      const found = text.matchAll(
        /(?:Deno\.test\(|name: )\s*(["'`])(.+?)\1,?\s/g,
      );
      names.push(...[...found].map(([, , test]) => test!));
    }
  }
  return names;
}
