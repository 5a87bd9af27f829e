/** What `dropd`'s worker may do: serve its folder, and nothing else. */
import { assertEquals } from "@std/assert";
import { chooseBaseRuntime } from "../../tools/base_runtime.ts";
import { run } from "./program.ts";
import { IS_COMPILED, toolWords } from "./service_tool.ts";

/** How Deno says no. A binary has only the modules that it brought along. */
const REFUSAL =
  /^NotCapable: |^TypeError: (?:Requires (?:import|read) access|Module not found)/;

const ROOT = new URL("../../", import.meta.url).pathname;
const PROBE = `${ROOT}tests/interop/drop_probe.ts`;
const WORKER = `${ROOT}tests/ftp/probe_worker.ts`;

const SERVING = ["read inside", "list inside", "listen"];

Deno.test({
  name: "dropd's worker may use its folder and its port, run from the sources",
  ignore: IS_COMPILED,
  fn: async () => {
    await assertConfined([...toolWords("dropd").slice(0, -1), PROBE]);
  },
});

Deno.test({
  name: "dropd's worker may use its folder and its port, compiled",
  ignore: !IS_COMPILED,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "wharf-probe-" });
    try {
      await compileProbe(`${folder}/probe`);
      // On some versions of Deno a binary's worker may load a module of JSON
      // or JavaScript from anywhere, whatever it may read. Tools load none.
      await assertConfined([`${folder}/probe`], ["import from outside"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** As the tools are compiled, with the same permissions baked in. */
async function compileProbe(output: string): Promise<void> {
  const { deno, env } = await chooseBaseRuntime(Deno.build.target, () => {});
  const { success, stderr } = await new Deno.Command(deno, {
    args: [
      ...["compile", "--quiet", "--no-check", "--no-prompt", "-P=dropd"],
      ...["--no-code-cache", "--output", output, "--include", WORKER, PROBE],
    ],
    cwd: ROOT,
    env,
    stdout: "null",
    stderr: "piped",
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
}

async function assertConfined(
  program: readonly string[],
  unknown: readonly string[] = [],
): Promise<void> {
  for (const args of [[], ["--read-only"], ["--upload-only"]]) {
    const results = await probe(program, args);
    for (const name of unknown) delete results[name];
    const writes = args.includes("--read-only") ? [] : ["write inside"];
    assertAllowed(results, [...SERVING, ...writes]);
  }
}

/** Every attempt that is not allowed must have ended in a refusal. */
function assertAllowed(
  results: Readonly<Record<string, string>>,
  allowed: readonly string[],
): void {
  for (const [name, result] of Object.entries(results)) {
    const wanted = allowed.includes(name) ? "done" : "refused";
    const seen = REFUSAL.test(result) ? "refused" : result;
    assertEquals(seen, wanted, `${name}: ${result}`);
  }
}

async function probe(
  program: readonly string[],
  args: readonly string[],
): Promise<Record<string, string>> {
  const base = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "wharf-probe-" }),
  );
  const root = `${base}/in`;
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    for (const folder of [root, `${base}/outside`, `${root}ber`]) {
      await Deno.mkdir(folder);
      await Deno.writeTextFile(`${folder}/secret`, "secret");
    }
    await Deno.writeTextFile(`${root}/inside`, "inside");
    const listen = ["--listen", "127.0.0.1:0", root];
    const rest = [`${base}/outside`, String(other.addr.port)];
    const words = [...program, ...args, ...listen, ...rest];
    const { code, stdout, report } = await run(words, { cwd: base });
    assertEquals(code, 0, report);
    return JSON.parse(stdout);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

Deno.test({
  name: "dropc gives up what its verb does not need",
  ignore: IS_COMPILED,
  fn: async () => {
    const probe = `${ROOT}tests/interop/dropc_probe.ts`;
    const words = [...toolWords("dropc").slice(0, -1), probe];
    const left = async (...args: string[]) =>
      (await run([...words, ...args], { cwd: "/" })).stdout;
    const nowhere = ["-s", "127.0.0.1:1"];
    assertEquals(await left(...nowhere, "dir"), "nothing\n");
    assertEquals(await left(...nowhere, "put", ROOT), "read\n");
    assertEquals(await left(...nowhere, "get", "a"), "read and write\n");
    // A socket is a file.
    const socket = ["--unix", "/nonexistent/sock"];
    for (const verb of [["dir"], ["put", ROOT]]) {
      assertEquals(await left(...socket, ...verb), "read and write\n");
    }
  },
});
