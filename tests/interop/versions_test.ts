/**
 * Shows which programs were tested: their versions are the names of tests,
 * because nothing else is printed when tests run in parallel.
 *
 * @module
 */

import { assertMatch } from "@std/assert";
import { FTPD } from "../ftp/helpers.ts";
import { isInstalled } from "./program.ts";

/** How each program tells its version. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  curl: ["curl", "--version"],
  lftp: ["lftp", "--version"],
  ncftp: ["ncftpls", "-h"],
  tnftp: ["dpkg-query", "--show", "tnftp"], // It does not tell itself.
  python3: ["/usr/bin/env", "PATH=/usr/bin:/bin", "python3", "--version"],
  wget: ["wget", "--version"],
  bash: ["bash", "--version"],
  fish: ["fish", "--version"],
  zsh: ["zsh", "--version"],
  mandoc: ["dpkg-query", "--show", "mandoc"], // It does not tell itself.
};

for (const [program, words] of Object.entries(VERSIONS)) {
  showVersion(program, words, isInstalled(program));
}
showVersion("ftpd", [...FTPD, "--version"], true);

function showVersion(
  program: string,
  words: readonly string[],
  installed: boolean,
): void {
  const version = installed ? versionOf(words) : "(skipped: not installed)";
  Deno.test({
    name: `${program} is here: ${version}`,
    ignore: !installed,
    fn: () => assertMatch(version, /\d\.\d|\d{8}/),
  });
}

/** The first line with something like a version. */
function versionOf([program = "", ...args]: readonly string[]): string {
  const command = new Deno.Command(program, {
    args,
    cwd: new URL("../../", import.meta.url).pathname,
    stdin: "null",
  });
  const { stdout, stderr } = command.outputSync();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const lines = text.join("\n").split("\n");
  return lines.find((line) => /\d\.\d|\d{8}/.test(line))?.trim() ?? "unknown";
}
