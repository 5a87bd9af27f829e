import {
  assertEquals,
  assertExists,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import configuration from "../../deno.json" with { type: "json" };
import { UsageError } from "../../lib/cli.ts";
import {
  binaryName,
  chooseTools,
  compileArguments,
} from "../../tools/compile.ts";
import { type ToolRow, toolTable } from "../../tools/tool_table.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const FTPD: ToolRow = {
  name: "ftpd",
  entry: "server/ftpd.ts",
  workers: ["server/ftp/worker.ts"],
};
const ECHOC: ToolRow = { name: "echoc", entry: "client/echoc.ts", workers: [] };

/** Runs the task's program, as a person would. */
async function compile(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P=tools", "tools/compile.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

Deno.test("toolTable() lists permission sets that have a main file", () => {
  const files = ["server/ftpd.ts", "server/ftp/worker.ts", "client/echoc.ts"];
  const permissions = { none: {}, ftpd: {}, tests: {}, echoc: {} };
  assertEquals(
    toolTable({ permissions }, (path) => files.includes(path)),
    [FTPD, ECHOC],
  );
});

Deno.test("toolTable() gives every tool of the repository a task", () => {
  const isFile = (path: string) => {
    try {
      return Deno.statSync(ROOT + path).isFile;
    } catch {
      return false;
    }
  };
  const tasks: Record<string, { description: string }> = configuration.tasks;
  for (const { name } of toolTable(configuration, isFile)) {
    assertExists(tasks[name]?.description, `deno.json has no task ${name}`);
  }
});

Deno.test("chooseTools() takes all when none is named", () => {
  assertEquals(chooseTools([FTPD, ECHOC], []), [FTPD, ECHOC]);
  assertEquals(chooseTools([FTPD, ECHOC], ["echoc"]), [ECHOC]);
});

Deno.test("chooseTools() throws when a name is unknown", () => {
  assertThrows(
    () => chooseTools([FTPD, ECHOC], ["ftp"]),
    UsageError,
    `no tool is called "ftp": there is ftpd, echoc`,
  );
});

Deno.test("binaryName() names the target when it is another machine", () => {
  assertEquals(
    binaryName("ftpd", "riscv64-elsewhere"),
    "ftpd-riscv64-elsewhere",
  );
  assertEquals(
    binaryName("ftpd", "arm-pc-windows-none"),
    "ftpd-arm-pc-windows-none.exe",
  );
});

Deno.test("compileArguments() bakes in one permission set, and workers", () => {
  const args = compileArguments(FTPD, "T", "dist/ftpd");
  assertEquals(args.filter((arg) => arg.startsWith("-P")), ["-P=ftpd"]);
  assertEquals(args.some((arg) => arg.startsWith("--allow")), false);
  assertStringIncludes(args.join(" "), "--include server/ftp/worker.ts");
  assertStringIncludes(args.join(" "), "--target T --output dist/ftpd");
  assertEquals(args.at(-1), "server/ftpd.ts");
  assertEquals(args.includes("--no-prompt"), true);
});

Deno.test("compile exits with 2 when no tool has this name", async () => {
  const { code, stderr } = await compile("nosuchtool");
  assertEquals(code, 2);
  assertStringIncludes(stderr, `compile: no tool is called "nosuchtool"`);
});

Deno.test("compile exits with 2 when an option is unknown", async () => {
  const { code, stderr } = await compile("--targt=x");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "did you mean --target?");
});

Deno.test("compile --help shows examples and succeeds", async () => {
  const { code, stdout } = await compile("--help");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "deno task compile ftpd");
});
