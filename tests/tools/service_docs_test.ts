/** The pages of the small tools say what their option tables say. */
import { assert, assertEquals } from "@std/assert";
import { ECHOC } from "../../client/echoc.ts";
import { DROPC } from "../../client/dropc.ts";
import { LOOKUP } from "../../client/lookup.ts";
import { CLIENT_OPTIONS } from "../../client/service/options.ts";
import { SPEW } from "../../client/spew.ts";
import { TIMEC } from "../../client/time/options.ts";
import { UPPERC } from "../../client/upperc.ts";
import { STANDARD_OPTIONS, type Tool } from "../../lib/cli.ts";
import { helpText } from "../../lib/cli/help.ts";
import { BUCKET } from "../../server/bucket.ts";
import { DROPD } from "../../server/dropd.ts";
import { ECHOD } from "../../server/echod.ts";
import {
  DATAGRAM_OPTIONS,
  SERVICE_OPTIONS,
  STREAM_OPTIONS,
} from "../../server/service/options.ts";
import { STAMPD } from "../../server/stampd.ts";
import { TIMED } from "../../server/timed.ts";
import { UPPERD } from "../../server/upperd.ts";
import { optionNames, read, rowsOf } from "./documents.ts";

const SERVER_OPTIONS = {
  ...SERVICE_OPTIONS,
  ...STREAM_OPTIONS,
  ...DATAGRAM_OPTIONS,
};

/** Where each tool is explained, and the options that it shares with others. */
const PAGES: readonly (readonly [Tool, string, Record<string, unknown>])[] = [
  [ECHOD.tool, "echo", SERVER_OPTIONS],
  [TIMED.tool, "time", SERVER_OPTIONS],
  [UPPERD.tool, "upper", SERVER_OPTIONS],
  [STAMPD.tool, "stamp", SERVER_OPTIONS],
  [DROPD.tool, "drop", SERVER_OPTIONS],
  [BUCKET.tool, "debug", SERVER_OPTIONS],
  [ECHOC, "echo", CLIENT_OPTIONS],
  [TIMEC, "time", CLIENT_OPTIONS],
  [UPPERC, "upper", CLIENT_OPTIONS],
  [DROPC, "drop", CLIENT_OPTIONS],
  [SPEW, "debug", {}],
  [LOOKUP, "lookup", {}],
];

/** The options that rows begin with, whatever letter stands in front. */
function optionsOf(rows: string[][]): string[] {
  return rows.flatMap(([first = ""]) =>
    /^`(?:-\w\W+)?--([a-z][a-z\d-]*)/.exec(first)?.[1] ?? []
  );
}

for (const [{ name, options }, page, shared] of PAGES) {
  Deno.test(`docs/${page}.md explains every option of ${name}, and no other`, () => {
    const rows = rowsOf(`docs/${page}.md`, `## ${name}`);
    const explained = [...new Set(optionsOf(rows))];
    const own = Object.keys(options).filter((option) => !(option in shared));
    const both = explained.filter((option) => option in shared);
    // A page may say more about a shared option than the table of all does.
    assertEquals(explained.sort(), [...own, ...both].sort());
  });

  Deno.test(`the help of ${name} fits 80 columns, and has examples`, () => {
    const text = helpText(PAGES.find(([tool]) => tool.name === name)![0]);
    const wide = text.split("\n").filter((line) => line.length > 80);
    assertEquals(wide, []);
    assert(text.includes("\nExamples:\n"), text);
  });
}

Deno.test("docs/services.md explains the options that servers share, with defaults", () => {
  const rows = rowsOf("docs/services.md", "## Options of every server");
  assertEquals(
    optionNames(rows).sort(),
    [...Object.keys(SERVER_OPTIONS), "log", "quiet"].sort(),
  );
  for (const [first = "", told = ""] of rows) {
    const [name = ""] = optionNames([[first]]);
    const spec = { ...SERVER_OPTIONS, ...STANDARD_OPTIONS }[name];
    if (spec === undefined || !("default" in spec)) continue;
    assertEquals(told.replaceAll("`", ""), `${spec.default}`, name);
  }
});

Deno.test("docs/services.md explains the options that clients share", () => {
  const rows = rowsOf("docs/services.md", "## Clients");
  const names = rows.flatMap(([first]) =>
    /--([a-z-]+)/.exec(first!)?.[1] ?? []
  );
  assertEquals(names.sort(), Object.keys(CLIENT_OPTIONS).sort());
});

Deno.test("the links of the pages of small tools lead somewhere", () => {
  const pages = new Set(["services", ...PAGES.map(([, page]) => page)]);
  for (const page of pages) {
    const text = read(`docs/${page}.md`);
    for (const [, path] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      Deno.statSync(new URL(path!, new URL(`../../docs/`, import.meta.url)));
    }
  }
});
