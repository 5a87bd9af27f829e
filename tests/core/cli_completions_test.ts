import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { defineTool, runTool, type Tool, UsageError } from "../../lib/cli.ts";
import { completions } from "../../lib/cli/completions.ts";
import { optionWords } from "../../lib/cli/completions/words.ts";
import { helpText } from "../../lib/cli/help.ts";
import { manual } from "../../lib/cli/manual.ts";

const OPTIONS = {
  color: {
    type: "choice",
    choices: ["auto", "it's"],
    default: "auto",
    help: "whether [to] paint: it's",
    group: "Looks",
  },
  file: { type: "text", placeholder: "FILE", short: "f", help: "a file" },
  in: { type: "texts", names: "folder", placeholder: "DIR", help: "a folder" },
  name: { type: "text", alone: "me", help: "a name" },
  all: { type: "flag", short: "a", help: ".all of it", rare: true },
} as const;

const JOB: Tool = defineTool({
  name: "paint undo",
  summary: "take back",
  usage: "paint undo [options]",
  examples: [["paint undo", "the last one"]],
  options: {
    file: OPTIONS.file,
    times: { type: "integer", default: 1, help: "how often" },
  },
});

const PAINT: Tool = defineTool({
  name: "paint",
  summary: "color things - or not",
  usage: "paint [options] FILE",
  examples: [["paint --color auto x", "as it is"]],
  options: OPTIONS,
  positionals: { max: 1 },
  jobs: () => Promise.resolve([JOB]),
});

/** What `paint` prints on this command line. */
async function said(...args: string[]) {
  let out = "";
  let err = "";
  const code = await runTool(PAINT, args, () => 0, {
    out: (text) => out += text,
    err: (text) => err += text,
  });
  return { code, out, err };
}

for (const shell of ["bash", "zsh", "fish"]) {
  Deno.test(`completions() for ${shell} has every option, job and choice`, () => {
    const text = completions(PAINT, [JOB], shell);
    const words = ["color", "file", "in", "name", "all", "times", "undo"];
    for (const word of [...words, "help", "version", "quiet", "log"]) {
      assertStringIncludes(text, word);
    }
    assert(text.includes("auto it's") || text.includes("auto it"), text);
  });

  Deno.test(`runTool() prints completions for ${shell}, and nothing else`, async () => {
    const expected = completions(PAINT, [JOB], shell);
    assertEquals(await said("--completions", shell), {
      code: 0,
      out: expected,
      err: "",
    });
  });
}

Deno.test("runTool() refuses completions for other shells", async () => {
  const expected = {
    code: 2,
    out: "",
    err: "paint: --completions takes bash, zsh or fish\n",
  };
  assertEquals(await said("--completions", "tcsh"), expected);
  assertEquals(await said("--completions"), expected);
  assertEquals(await said("--completions", "constructor"), expected);
  assertThrows(() => completions(PAINT, [], ""), UsageError);
});

Deno.test("runTool() takes --completions and --man for options only where they stand first", async () => {
  assertStringIncludes((await said("x", "--man")).err, "unknown option --man");
  assertStringIncludes((await said("--man", "x")).err, "unknown option --man");
  assertStringIncludes(
    (await said("--completions", "bash", "x")).err,
    "unknown option --completions",
  );
});

Deno.test("optionWords() knows what values name, and what may stand alone", () => {
  const words = optionWords(PAINT);
  const shown = words.map(({ name, names, mayStandAlone, isRepeatable }) => [
    ...[name, names ?? "", mayStandAlone, isRepeatable],
  ]);
  assertEquals(shown.slice(0, 5), [
    ["color", "", false, false],
    ["file", "file", false, false],
    ["in", "folder", false, true],
    ["name", "", true, false],
    ["all", "", false, false],
  ]);
  assertEquals(words.map(({ short }) => short).filter(Boolean), [
    "f",
    "a",
    "h",
  ]);
});

Deno.test("manual() is a page with every option, job and example", async () => {
  const page = manual(PAINT, [JOB]);
  const lines = page.split("\n");
  assertEquals(lines[2], ".SH NAME");
  assertEquals(lines[3], "paint \\- color things \\- or not");
  for (
    const line of [
      '.SS "Looks"',
      "\\fB\\-\\-color\\fR \\fIauto|it's\\fR",
      "\\fB\\-\\-file\\fR, \\fB\\-f\\fR \\fIFILE\\fR",
      "\\fB\\-\\-name\\fR[=\\fITEXT\\fR]",
      "\\&.all of it.",
      '.SS "paint undo"',
      "\\fB\\-\\-times\\fR \\fIN\\fR",
      ".B paint \\-\\-color auto x",
    ]
  ) assert(lines.includes(line), line);
  // Options that a job shares with its tool are explained once.
  const files = lines.filter((line) => line.startsWith("\\fB\\-\\-file"));
  assertEquals(files.length, 1);
  assertEquals((await said("--man")).out, page);
});

Deno.test("helpText() leaves rare options to --help=all, and says so", async () => {
  const short = helpText(PAINT);
  assert(!short.includes("--all"), short);
  assert(short.endsWith("\npaint --help=all lists all 9 options.\n"), short);
  const { out } = await said("--help=all");
  assertStringIncludes(out, "--all, -a");
  assert(!out.includes("--help=all"), out);
  assertEquals((await said("--help")).out, short);
});
