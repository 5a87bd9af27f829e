import { assertMatch } from "@std/assert";
import { FTPD } from "../ftp/helpers.ts";
import { isInstalled, run } from "./program.ts";

/** How each program tells its version; tnftp and ncftp tell it oddly. */
const VERSIONS: readonly (readonly [program: string, ...words: string[]])[] = [
  ["curl", "--version"],
  ["lftp", "--version"],
  ["ncftp", "-h"],
  ["tnftp", "-?"],
  ["python3", "--version"],
  ["wget", "--version"],
];

Deno.test("the versions of the foreign programs are shown", async () => {
  const [ftpd = "", ...args] = FTPD;
  for (const words of [[ftpd, ...args, "--version"], ...VERSIONS]) {
    const [program = ""] = words;
    if (program !== ftpd && !isInstalled(program)) {
      console.log(`${program}: not installed, its tests are skipped`);
      continue;
    }
    const version = await firstVersion(words);
    assertMatch(version, /\d\.\d|\d{8}/, program);
    console.log(version);
  }
});

async function firstVersion(words: readonly string[]): Promise<string> {
  const { report } = await run(words, {
    cwd: Deno.cwd(),
    home: "/nonexistent",
  });
  const said = report.split("\n").slice(1);
  return said.find((line) => /\d\.\d|\d{8}/.test(line))?.trim() ?? report;
}
