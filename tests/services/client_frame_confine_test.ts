/** A client that needs no file cannot touch one. */
import { assertEquals } from "@std/assert";

const FRAME = new URL("../../client/service/confine.ts", import.meta.url).href;

/** What a program may still do once it has given up what it can. */
async function stateAfter(transport: string): Promise<string> {
  const program = `import { confineTo } from ${JSON.stringify(FRAME)};
    confineTo({ transport: ${JSON.stringify(transport)} });
    const tried = (act) => { try { act(); return "works"; } catch (e) { return e.name; } };
    console.log(
      tried(() => Deno.statSync("/")),
      tried(() => Deno.utimeSync("/nosuch/file", 0, 0)),
      (await import("node:dns/promises")).lookup ? "resolver" : "",
    );`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-config", "--allow-net"],
      ...["--allow-read=/", "--allow-write=/", "-"],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("confineTo() gives up all files for servers on the network", async () => {
  for (const transport of ["tcp", "udp"]) {
    assertEquals(await stateAfter(transport), "NotCapable NotCapable resolver");
  }
});

Deno.test("confineTo() keeps what the path of a Unix socket needs", async () => {
  assertEquals((await stateAfter("unix")).split(" ")[0], "works");
});
