/**
 * Class S19 of docs/security.md: no regular expression that sees text of
 * others takes time out of proportion.
 */
import { assert, assertEquals } from "@std/assert";
import { judge } from "./regexp_steps.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * Files whose patterns may take time by the square of a text, and why the text
 * is short: it is typed or configured here, or bounded before.
 */
const SHORT_TEXTS: Readonly<Record<string, string>> = {
  "lib/cli/run.ts": "a line of a stack",
  "lib/cli/values.ts": "an option",
  "lib/terminal/input.ts": "a line that is typed",
  "server/ftp/operations/web_target.ts": "the runtime's words on an option",
  "server/ftp/warden/folders.ts": "an option",
  "server/warden/ground.ts": "a served folder",
  "client/drop/verbs.ts": "an option",
  "client/echo/options.ts": "an option",
  "client/ftp/shell/bookmarks.ts": "a line of one's own file",
  "client/ftp/shell/history_file.ts": "a line that is typed",
  "client/ftp/shell/make_local_folder.ts": "an option",
  "client/ftp/shell/missing_flag.ts": "the runtime's own words",
  "client/ftp/shell/settings.ts": "a value that is typed",
  "client/ftp/shell/shell.ts": "a path that is typed",
  "client/ftp/shell/target.ts": "a line that is typed",
  "client/time/daytime.ts": "512 bytes",
};

/** Files that make patterns at run time, of words of their own. */
const MAKERS: readonly string[] = [
  "lib/ftp/list/date_forms.ts",
  "lib/net/ip.ts",
  "lib/net/proxy_protocol.ts",
  "lib/net/tls/words.ts",
  "lib/time/daytime_forms.ts",
];

interface Found {
  file: string;
  /** `null`: made at run time. */
  pattern: { source: string; flags: string } | null;
}

/** A literal's, as the parser has it. */
interface Pattern {
  pattern: string;
  flags: string;
}

/** Tells of each regular expression of a file by a message. */
const FINDER: Deno.lint.Plugin = {
  name: "patterns",
  rules: {
    all: {
      create: (context) => ({
        Literal(node) {
          const { regex } = node as { regex?: Pattern };
          if (regex === undefined) return;
          const { pattern: source, flags } = regex;
          context.report({ node, message: JSON.stringify({ source, flags }) });
        },
        NewExpression(node) {
          if (node.callee.type !== "Identifier") return;
          if (node.callee.name !== "RegExp") return;
          context.report({ node, message: "null" });
        },
      }),
    },
  },
};

function* patternsIn(folder: string): Generator<Found> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, ROOT))) {
    const file = `${folder}${name}`;
    if (isDirectory) yield* patternsIn(`${file}/`);
    else if (name.endsWith(".ts")) yield* patternsOf(file);
  }
}

function* patternsOf(file: string): Generator<Found> {
  const text = Deno.readTextFileSync(new URL(file, ROOT));
  for (const { message } of Deno.lint.runPlugin(FINDER, file, text)) {
    yield { file, pattern: JSON.parse(message) };
  }
}

function allPatterns(): Found[] {
  return ["lib/", "server/", "client/"].flatMap((folder) => [
    ...patternsIn(folder),
  ]);
}

Deno.test("judge() tells patterns that are slow from those that are not", () => {
  for (
    const [source, growth] of [
      ["^a+$", "linear"],
      ["^[^ ]+ (.*)$", "linear"],
      ['^"(?:[^"\\\\]|\\\\.)*"', "linear"],
      ["a+b", "quadratic"],
      ["\\s+$", "quadratic"],
      ["^(.*?),(.*)$", "quadratic"],
      ["^.*,.*;$", "quadratic"],
      ["a*a*a*$", "worse"],
      ["^(a+)+$", "worse"],
      ["^(a|a)*$", "worse"],
      ["^([a-z]+\\.?)*@", "worse"],
      ["^(?=(a|aa)+$)b", "worse"],
    ] as const
  ) assertEquals(judge(source, "").growth, growth, source);
});

Deno.test("Attack S19 regular expressions: none takes more than time in proportion to text of others", () => {
  const slow = new Set<string>();
  let texts = 0;
  for (const { file, pattern } of allPatterns()) {
    if (pattern === null) continue;
    const verdict = judge(pattern.source, pattern.flags);
    texts += verdict.texts;
    assert(verdict.growth !== "worse", `${file}: ${pattern.source}`);
    if (verdict.growth === "quadratic") slow.add(file);
  }
  // What is allowed to be slow is still there, and nothing beside it.
  assertEquals([...slow].sort(), Object.keys(SHORT_TEXTS).sort());
  assert(texts > 10_000, `${texts} texts were tried`);
});

Deno.test("Attack S19 regular expressions: those made at run time are no slower", async () => {
  const makers = allPatterns().filter(({ pattern }) => pattern === null);
  assertEquals(makers.map(({ file }) => file).sort(), MAKERS);
  for (const { source, flags } of await madeAtRunTime()) {
    assertEquals(judge(source, flags).growth, "linear", source);
  }
});

/** What modules make of their words when they are put to use. */
async function madeAtRunTime(): Promise<RegExp[]> {
  const made: RegExp[] = [];
  const { RegExp: Original } = globalThis;
  globalThis.RegExp = new Proxy(Original, {
    construct(target, [source, flags]) {
      const one = new target(source, flags);
      made.push(one);
      return one;
    },
  });
  try {
    await import("../../lib/net/proxy_protocol.ts");
    const { createListParser } = await import("../../lib/ftp/list_parser.ts");
    createListParser().parse("-rw-r--r-- 1 a b 1 30 2月 2020 name");
    const { parseDaytime } = await import("../../lib/time/parse_daytime.ts");
    parseDaytime("no form has this");
    const { explained } = await import("../../lib/net/tls/words.ts");
    explained(new Error("none of them"));
  } finally {
    globalThis.RegExp = Original;
  }
  assert(made.length > 20, `${made.length} patterns were made`);
  return made;
}
