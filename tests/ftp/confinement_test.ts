import { assertEquals } from "@std/assert";
import { chooseBaseRuntime } from "../../tools/base_runtime.ts";
import { FTPD, type Run, runFtpd, tempFolders } from "./helpers.ts";
import { configFolders } from "./reload_tool.ts";

/** How Deno says no. A binary has only the modules that it brought along. */
const REFUSAL =
  /^NotCapable: |^TypeError: (?:Requires (?:import|read) access|Module not found)/;

const PROBE = "tests/ftp/probe.ts";
const WORKER = "tests/ftp/probe_worker.ts";
const RUN = [Deno.execPath(), "run", "--quiet", "--no-prompt", "-P=ftpd"];

const SERVING = ["read inside", "list inside", "listen"];

Deno.test("a worker's permissions are the served folder and its ports, run from the sources", async () => {
  await assertConfined([...RUN, PROBE]);
});

Deno.test({
  name: "a worker's permissions are the served folder and its ports, compiled",
  ignore: FTPD.length > 1, // Compiling is for runs with WHARF_DIST.
  fn: async () => {
    await using folders = await tempFolders();
    const probe = `${folders.base}/probe`;
    await compileProbe(probe);
    // On some versions of Deno a binary's worker may load a module of JSON or
    // JavaScript from anywhere, whatever it may read. The tools load none.
    await assertConfined([probe], ["import from outside"]);
  },
});

Deno.test("a worker's permissions are a configuration's folders, and nothing else of it", async () => {
  await assertConfigConfined([...RUN, PROBE]);
});

/** A root to read, a mount to read and one to change; files of the warden. */
async function assertConfigConfined(
  program: readonly string[],
): Promise<void> {
  await using folders = await configFolders({ inside: "inside" });
  const { base, pub, config, socket } = folders;
  for (const name of ["reads", "writes", "outside"]) {
    await Deno.writeTextFile(`${await folders.folder(name)}/inside`, "inside");
  }
  await Deno.writeTextFile(`${base}/outside/secret`, "secret");
  await Deno.writeTextFile(`${base}/secret`, "secret");
  await folders.write(`
    control = ${JSON.stringify(socket)}
    log-file = ${JSON.stringify(`${base}/log`)}
    xferlog = ${JSON.stringify(`${base}/xferlog`)}
    active = "off"
    [account.ann]
    password = "x"
    root = ${JSON.stringify(pub)}
    [account.ann.mount."/reads"]
    root = ${JSON.stringify(`${base}/reads`)}
    [account.ann.mount."/writes"]
    root = ${JSON.stringify(`${base}/writes`)}
    write = "on"
  `);
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const args = ["--config", config, "--listen", "127.0.0.1:0"];
  const rest = [`${base}/outside`, String(other.addr.port)];
  const run: Run = await runFtpd([...args, ...rest], { program });
  assertEquals(run.code, 0, run.stderr);
  const results: Record<string, string> = JSON.parse(run.stdout);
  const mounts = ["read a mount", "read the other mount", "write a mount"];
  assertAllowed(results, [...SERVING, ...mounts]);
  for (const path of [config, socket, `${base}/log`, `${base}/xferlog`]) {
    assertEquals(typeof results[`write ${path}`], "string", path);
  }
}

/** As the tools are compiled, with the same permissions baked in. */
async function compileProbe(output: string): Promise<void> {
  const { deno, env } = await chooseBaseRuntime(Deno.build.target, () => {});
  const { success, stderr } = await new Deno.Command(deno, {
    args: [
      ...["compile", "--quiet", "--no-check", "--no-prompt", "-P=ftpd"],
      ...["--no-code-cache", "--output", output, "--include", WORKER, PROBE],
    ],
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
  const data = ["--active", "lan", "--write"];
  const readWrite = await probe(program, data);
  const clients = ["connect to a client"];
  for (const name of unknown) delete readWrite[name];
  assertAllowed(readWrite, [...SERVING, "write inside", ...clients]);
  const readOnly = await probe(program, ["--active", "off"]);
  for (const name of unknown) delete readOnly[name];
  assertAllowed(readOnly, SERVING);
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
  await using folders = await tempFolders({ inside: "inside" });
  for (const outside of [`${folders.base}/outside`, `${folders.pub}ber`]) {
    await Deno.mkdir(outside);
    await Deno.writeTextFile(`${outside}/secret`, "secret");
  }
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const listen = ["--listen", "127.0.0.1:0", folders.pub];
  const rest = [`${folders.base}/outside`, String(other.addr.port)];
  const run: Run = await runFtpd([...args, ...listen, ...rest], { program });
  assertEquals(run.code, 0, run.stderr);
  return JSON.parse(run.stdout);
}
