/** The same sources give the same binary, wherever they lie. */
import { assertEquals } from "@std/assert";
import { sha256OfFile } from "../../tools/checksums.ts";
import { lockedPackages } from "../../tools/packages.ts";
import { SBOM } from "../../tools/sbom.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const DIST = Deno.env.get("WHARF_DIST");
/** What is copied: the sources, and what compiles them. */
const PARTS = ["deno.json", "deno.lock", "lib", "server", "client", "tools"];

Deno.test({
  name: "compile makes the same binary again from a copy of the sources" +
    (DIST ? "" : " (skipped: WHARF_DIST names no binaries)"),
  ignore: !DIST,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await program("cp", ["-R", ...PARTS, folder], ROOT);
      await program(
        Deno.execPath(),
        [
          "run",
          "--quiet",
          "--no-prompt",
          "-P=tools",
          "tools/compile.ts",
          "spew",
        ],
        folder,
      );
      assertEquals(
        await sha256OfFile(`${folder}/dist/spew`),
        await sha256OfFile(`${ROOT}${DIST}/spew`),
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "compile lists in SBOM.cdx.json what deno.lock pins, with its licence" +
    (DIST ? "" : " (skipped: WHARF_DIST names no binaries)"),
  ignore: !DIST,
  async fn() {
    const lock = JSON.parse(await Deno.readTextFile(`${ROOT}deno.lock`));
    const sbom = JSON.parse(await Deno.readTextFile(`${ROOT}${DIST}/${SBOM}`));
    const [runtime, ...packages] = sbom.components;
    assertEquals(runtime.name, "deno");
    assertEquals(
      packages.map(({ name, version }: Named) => ({ name, version })),
      lockedPackages(lock).map(({ name, version }) => ({ name, version })),
    );
    for (const { licenses } of packages) {
      assertEquals(typeof licenses[0].license.id, "string");
    }
  },
});

interface Named {
  name: string;
  version: string;
}

async function program(name: string, args: string[], cwd: string) {
  const command = new Deno.Command(name, { args, cwd, stdout: "null" });
  const { code } = await command.output();
  assertEquals(code, 0, `${name} ${args.join(" ")}`);
}
