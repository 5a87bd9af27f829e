import { assertEquals, assertRejects } from "@std/assert";
import { ToolError } from "../../lib/cli.ts";
import { isFile, run } from "../../tools/run.ts";

const DENO = Deno.execPath();

Deno.test("run() gives what was printed, on both streams", async () => {
  const code = `console.log("out"); console.error("err");`;
  const printed = await run(DENO, ["eval", code], { timeout: 30_000 });
  assertEquals(printed, { stdout: "out\n", stderr: "err\n" });
});

Deno.test("run() adds to the environment when told to", async () => {
  const code = `console.log(Deno.env.get("WHARF_TEST"));`;
  const { stdout } = await run(DENO, ["eval", code], {
    timeout: 30_000,
    env: { WHARF_TEST: "yes" },
  });
  assertEquals(stdout, "yes\n");
});

Deno.test("run() throws when the program fails", async () => {
  await assertRejects(
    () => run(DENO, ["eval", "Deno.exit(3)"], { timeout: 30_000 }),
    ToolError,
    "failed",
  );
});

Deno.test("run() kills the program when it takes too long", async () => {
  const code = "setInterval(() => {}, 1000)";
  await assertRejects(
    () => run(DENO, ["eval", code], { timeout: 300 }),
    ToolError,
    "took over 0.3 seconds",
  );
});

Deno.test("run() says so when there is no such program", async () => {
  await assertRejects(
    () => run("wharf-no-such-program", [], { timeout: 30_000 }),
    ToolError,
    "cannot find wharf-no-such-program",
  );
});

Deno.test("isFile() is false when a path is a folder or nothing", async () => {
  assertEquals(await isFile(import.meta.filename ?? ""), true);
  assertEquals(await isFile(import.meta.dirname ?? ""), false);
  assertEquals(await isFile("no/such/file"), false);
});
