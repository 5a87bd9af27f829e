/** docs/accounts.md shows configurations that can be read, and limits that hold. */

import { assert, assertEquals } from "@std/assert";
import { hashProblem } from "../../lib/password/hash.ts";
import { completeRequest } from "../../server/ftp/options.ts";

const PAGE = await Deno.readTextFile(
  new URL("../../docs/accounts.md", import.meta.url),
);

/** The blocks of the page in a language. */
function blocks(language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms");
  return Array.from(PAGE.matchAll(pattern), ([, text]) => text!);
}

Deno.test("docs/accounts.md shows configurations that can be read", async () => {
  const files = blocks("toml");
  assertEquals(files.length, 7);
  for (const text of files) {
    const readText = () => Promise.resolve({ text, isShared: false });
    const args = ["--config", "/etc/ftpd.toml"];
    const { settings, warnings } = await completeRequest(args, {
      readText,
      lack: null,
    });
    assert(settings.accounts.length + Number(settings.auth !== undefined) > 0);
    assertEquals(warnings, []);
  }
});

Deno.test("docs/accounts.md names kinds of hashes that are read, and refuses the others", () => {
  for (const begin of ["$y$", "$5$", "$1$"]) {
    assert(PAGE.includes(`\`${begin}\``), begin);
    assert(hashProblem(`${begin}x$y`)?.includes("not supported"), begin);
  }
  const cheap = "$2b$04$OgYlXibrsKYr6I94EcNfcOKlj/FKfEMkHB7Gl/hkdjTO0WdyBNXuy";
  assertEquals(hashProblem(cheap), null);
  assertEquals(hashProblem(cheap.replace("04", "14")), null);
  assert(hashProblem(cheap.replace("04", "15")) !== null);
});
