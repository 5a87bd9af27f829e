/** What the documents say is what the tables in the code say. */
import { assert, assertEquals } from "@std/assert";
import { type OptionTable, STANDARD_OPTIONS } from "../../lib/cli.ts";
import { EXIT_CODES } from "../../client/ftp/shell/failure.ts";
import { FTP } from "../../client/ftp/shell/options.ts";
import {
  defaultSettings,
  type SettingName,
  SETTINGS,
  shownSetting,
} from "../../client/ftp/shell/settings.ts";
import type { Verb } from "../../client/ftp/shell/verb.ts";
import { VERBS } from "../../client/ftp/shell/verbs.ts";
import { FTPD } from "../../server/ftp/options.ts";
import { COMMANDS } from "../../server/ftp/commands.ts";
import {
  codes,
  optionNames,
  read,
  ROOT,
  rowsOf,
  section,
  tableRows,
} from "./documents.ts";

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
  const explained = optionNames(tableRows(text));
  const standard = ["log", "quiet"];
  assertEquals(
    explained.sort(),
    [...Object.keys(FTPD.options), ...standard].sort(),
  );
});

Deno.test("docs/ftpd.md tells the defaults that the table has", () => {
  const told = tableRows(read("docs/ftpd.md")).flatMap(([option, says]) => {
    const [name] = optionNames([[option!]]);
    return name === undefined ? [] : [[name, says!] as const];
  });
  const wrong = told.flatMap(([name, says]) => {
    const spec = (FTPD.options as OptionTable)[name];
    const value = spec && "default" in spec ? spec.default : undefined;
    if (typeof value !== "number" && typeof value !== "string") return [];
    const [first = says] = codes(says);
    return first === `${value}` ? [] : [`--${name}: ${says}, not ${value}`];
  });
  assert(told.length > 50);
  assertEquals(wrong, []);
});

Deno.test("docs/ftp.md explains every option of ftp, and no other", () => {
  assertEquals(
    optionNames(rowsOf("docs/ftp.md", "## Options")).sort(),
    Object.keys({ ...FTP.options, ...STANDARD_OPTIONS }).sort(),
  );
});

Deno.test("docs/ftp.md gives every option its short form, and no other", () => {
  const table = { ...FTP.options, ...STANDARD_OPTIONS };
  for (const [first = ""] of rowsOf("docs/ftp.md", "## Options")) {
    const [name = ""] = optionNames([[first]]);
    const told = codes(first).find((code) => /^-[^-]/.test(code));
    const { short } = table[name] ?? {};
    assertEquals(told, short === undefined ? undefined : `-${short}`, name);
  }
});

Deno.test("docs/ftp.md explains every option of mirror, and no other", () => {
  const verb = VERBS.find(({ names: [name] }) => name === "mirror");
  assertEquals(
    optionNames(rowsOf("docs/ftp.md", "## Mirror")).sort(),
    Object.keys(verb?.options ?? {}).sort(),
  );
});

Deno.test("docs/ftp.md explains every setting with its default, and no other", () => {
  const usual = defaultSettings();
  const names = Object.keys(SETTINGS) as SettingName[];
  assertEquals(
    rowsOf("docs/ftp.md", "## Settings")
      .map(([name, value]) => [...codes(name), ...codes(value)]),
    names.map((name) => [name, shownSetting(usual, name)]),
  );
});

Deno.test("docs/ftp.md says of every verb what the help says, and has no other", () => {
  const groups = Map.groupBy(VERBS, ({ group }) => group);
  const headings = section(read("docs/ftp.md"), "## Verbs")
    .matchAll(/^### (.*)$/gm);
  assertEquals([...headings].map(([, name]) => name), [...groups.keys()]);
  for (const [group, verbs] of groups) {
    assertEquals(rowsOf("docs/ftp.md", `### ${group}`), verbs.map(verbRow));
  }
});

/** What the table of verbs says of one. */
function verbRow({ names, usage = "", urls, summary }: Verb): string[] {
  const typed = usage.replaceAll("  |  ", " | ");
  return [
    names.map((name) => `\`${name}\``).join(", "),
    typed && `\`${typed}\``,
    urls === undefined ? "" : "yes",
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
  ];
}

Deno.test("docs/ftp.md explains every exit code, and no other", () => {
  assertEquals(
    rowsOf("docs/ftp.md", "## Exit codes")
      .map(([code, kind]) => [code, ...codes(kind)]),
    Object.entries(EXIT_CODES).map(([kind, { code }]) => [`${code}`, kind]),
  );
});

Deno.test("docs/ftp.md and docs/security.md name the variables that ftp may read", () => {
  const { permissions } = JSON.parse(read("deno.json"));
  for (
    const [path, heading] of [
      ["docs/ftp.md", "## Permissions"],
      ["docs/security.md", "### The client"],
    ] as const
  ) {
    const row = rowsOf(path, heading).find(([name]) => name === "env");
    assertEquals(codes(row?.[1]), permissions.ftp.env, path);
  }
});

Deno.test("the examples of records in docs/ftp.md are JSON, one object a line", () => {
  const blocks = [...read("docs/ftp.md").matchAll(/^```json\n(.*?)^```/gms)];
  const lines = blocks.flatMap(([, text]) => text!.trimEnd().split("\n"));
  assert(lines.length > 10);
  for (const line of lines) assertEquals(typeof JSON.parse(line), "object");
});

Deno.test("docs/rfc.md has a row for every command that the client sends", async () => {
  const words = await clientWords();
  const known = clientRows().flatMap(([commands]) => commands!.split(", "));
  assertEquals(known.filter((command) => !words.has(command)), []);
  const sent = [...COMMANDS.keys()].filter((command) => words.has(command));
  assertEquals(sent.filter((command) => !known.includes(command)), []);
});

Deno.test("docs/rfc.md names a test for every command of the client", async () => {
  const tests = await testNames();
  for (const [command, , , test] of clientRows()) {
    assert(tests.includes(test!), `${command}: there is no test "${test}"`);
  }
});

function clientRows(): string[][] {
  return rowsOf("docs/rfc.md", "## What the client sends")
    .filter((row) => row.length === 4);
}

/** Words in capitals that are a string of their own in the client's code. */
async function clientWords(): Promise<Set<string>> {
  const words = new Set<string>();
  for await (const text of sources("client/")) {
    for (const [, word] of text.matchAll(/"([A-Z][A-Z\d]{2,6})"/g)) {
      words.add(word!);
    }
  }
  return words;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))
  ) {
    if (isDirectory) yield* sources(`${folder}${name}/`);
    else yield read(`${folder}${name}`);
  }
}

Deno.test("docs/security.md names tests that there are, for every threat", async () => {
  const tests = (await Array.fromAsync(sources("tests/"))).join("\n");
  const rows = threatRows();
  assert(rows.length > 200, `${rows.length} rows`);
  for (const { test } of rows) {
    assert(isTestIn(tests, test), `there is no test "${test}"`);
  }
});

Deno.test("docs/security.md has every class of attacks, and every test of one", async () => {
  const rows = threatRows();
  const classes = [["S", 22], ["C", 12], ["U", 7]] as const;
  assertEquals(
    [...new Set(rows.map((row) => row.class))],
    classes.flatMap(([letter, count]) =>
      Array.from(
        { length: count },
        (_, at) => `${letter}${`${at + 1}`.padStart(2, "0")}`,
      )
    ),
  );
  const named = rows.map(({ test }) => test);
  for await (const text of sources("tests/attacks/")) {
    for (const [, name] of text.matchAll(/["`](Attack [SCU]\d\d [^"`]+)/g)) {
      const isNamed = named.some((test) => isTestIn(`"${name}"`, test)) ||
        named.includes(name!.replaceAll(/\$\{.*?\}/g, "…"));
      assert(isNamed, `docs/security.md does not name "${name}"`);
    }
  }
});

/** The threats, with the class of the row and the name of its test. */
function threatRows(): { class: string; test: string }[] {
  return rowsOf("docs/security.md", "## Threats")
    .map(([name = "", , , test = ""]) => ({ class: name, test }));
}

/** Whether a text has a test of this name; `…` stands for what varies in it. */
function isTestIn(text: string, name: string): boolean {
  const [first = "", ...more] = name.split("…");
  if (more.length === 0) return text.includes(`"${first}"`);
  const pattern = [first, ...more].map(escaped).join("[^\n]*?");
  return new RegExp(`["\`]${pattern}`).test(text);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

Deno.test("docs/tls.md quotes messages that are in the sources", async () => {
  const texts: string[] = [];
  for (const folder of ["lib/net/tls/", "client/ftp/", "server/ftp/"]) {
    for await (const text of sources(folder)) texts.push(unbroken(text));
  }
  for (const [message] of rowsOf("docs/tls.md", "## Reading errors")) {
    for (const part of codes(message).join().split("…")) {
      assert(texts.some((text) => text.includes(part)), part);
    }
  }
});

/** Source text with long strings in one piece. */
function unbroken(text: string): string {
  return text.replaceAll(/["`] \+\s+["`]/g, "");
}

/** The rows about commands, without their heading. */
function commandRows(): string[][] {
  return rowsOf("docs/rfc.md", "## What the server does")
    .filter((row) => row.length === 4);
}

function isRefusal(status?: string): boolean {
  return /^no\b/.test(status!);
}

async function testNames(): Promise<string[]> {
  const names: string[] = [];
  for (const folder of ["core", "client", "ftp", "interop", "net", "fs"]) {
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
