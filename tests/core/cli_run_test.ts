import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  defineTool,
  EXIT,
  helpText,
  runTool,
  ToolError,
  UsageError,
} from "../../lib/cli.ts";
import { versionLine } from "../../lib/version.ts";

const TOOL = defineTool({
  name: "echod",
  summary: "send back what comes",
  usage: "echod [options]",
  examples: [["echod", "on the usual port"]],
  options: {
    grace: { type: "seconds", default: 5, help: "for the last ones" },
  },
});

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  args: readonly string[],
  main: () => Promise<number> | number = unexpected,
): Promise<Run> {
  const words = { out: "", err: "" };
  const code = await runTool(TOOL, args, main, {
    out: (text) => words.out += text,
    err: (text) => words.err += text,
  });
  return { code, ...words };
}

function unexpected(): never {
  throw new Error("main was called");
}

function throwing(error: unknown): () => never {
  return () => {
    throw error;
  };
}

Deno.test("runTool() hands the options to main and returns its exit code", async () => {
  let grace = 0;
  const code = await runTool(TOOL, ["--grace=1"], async ({ options }) => {
    await Promise.resolve();
    grace = options.grace;
    return EXIT.network;
  });
  assertEquals([code, grace], [3, 1000]);
});

for (const args of [["--help"], ["-h"], ["--bogus", "--help"]]) {
  Deno.test(`runTool() prints the help for ${args.join(" ")}`, async () => {
    const expected = { code: 0, out: helpText(TOOL), err: "" };
    assertEquals(await run(args), expected);
  });
}

Deno.test("runTool() prints the version for --version", async () => {
  const expected = { code: 0, out: `${versionLine("echod")}\n`, err: "" };
  assertEquals(await run(["--version"]), expected);
});

Deno.test("runTool() takes no --help behind -- for its own", async () => {
  const { code, err } = await run(["--", "--help"]);
  assertEquals(code, 2);
  assertStringIncludes(err, 'unexpected argument "--help"');
});

Deno.test("runTool() ends in 2 and one line when the usage is wrong", async () => {
  assertEquals(await run(["--graze", "1"]), {
    code: 2,
    out: "",
    err:
      "echod: unknown option --graze; did you mean --grace? (--help lists them)\n",
  });
});

Deno.test("runTool() ends in 2 when main finds the usage wrong", async () => {
  const error = new UsageError("--listen: expected HOST:PORT");
  const expected = `echod: ${error.message}\n`;
  assertEquals(await run([], throwing(error)), {
    code: 2,
    out: "",
    err: expected,
  });
});

Deno.test("runTool() ends in the code and line of a ToolError", async () => {
  const error = new ToolError("cannot reach host:\x1b[2J", EXIT.network);
  assertEquals(await run([], throwing(error)), {
    code: 3,
    out: "",
    err: "echod: cannot reach host:\\x1b[2J\n",
  });
  assertEquals((await run([], throwing(new ToolError("no")))).code, 1);
});

Deno.test("runTool() shows an error of the system in one line and ends in 1", async () => {
  const error = new Deno.errors.NotFound("No such file\nor directory");
  assertEquals(await run([], throwing(error)), {
    code: 1,
    out: "",
    err: "echod: No such file\\nor directory\n",
  });
});

Deno.test("runTool() says where a mistake of its own happened", async () => {
  const { code, err } = await run([], throwing(new TypeError("no such thing")));
  assertEquals(code, 1);
  assertMatch(
    err,
    /^echod: unexpected TypeError: no such thing at \S*cli_run_test\.ts:\d+:\d+\n$/,
  );
});

Deno.test("runTool() survives a thrown value that is no error", async () => {
  assertEquals(
    (await run([], throwing("oops"))).err,
    "echod: unexpected: oops\n",
  );
});
