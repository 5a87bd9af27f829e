/** The table of verbs as a whole. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli.ts";
import { findVerb, oneShotVerb } from "../../client/ftp/shell/dispatch.ts";
import { verbHelp, verbList } from "../../client/ftp/shell/verb_help.ts";
import { VERBS } from "../../client/ftp/shell/verbs.ts";
import { targetOf } from "../../client/ftp/shell/verbs/connection.ts";
import { withShell } from "./shell_harness.ts";

/** What somebody who knows BSD's ftp or lftp types. */
const EXPECTED =
  "open connect user close bye exit quit cd pwd lcd lpwd ls dir nlist mls " +
  "cat more get put reget reput mget mput append newer delete mdelete rename " +
  "mkdir rmdir chmod size modtime site quote rstatus rhelp system status " +
  "ascii binary type passive active epsv verbose hash progress prompt glob " +
  "umask find du mirror queue jobs wait bookmark history set alias ! ? help " +
  "rm mv cdup recv send mdir disconnect literal image";

Deno.test("findVerb() knows the verbs of BSD's ftp and lftp", () => {
  const unknown = EXPECTED.split(" ").filter((name) => {
    try {
      return !findVerb(VERBS, name).names.includes(name);
    } catch {
      return true;
    }
  });
  assertEquals(unknown, []);
});

Deno.test("VERBS has every name once", () => {
  const names = VERBS.flatMap(({ names }) => names);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  assertEquals(twice, []);
});

Deno.test("findVerb() takes the beginning of a name that only one verb has", () => {
  assertEquals(findVerb(VERBS, "bookm").names[0], "bookmark");
  assertThrows(() => findVerb(VERBS, "m"), UsageError, "can mean");
  assertThrows(
    () => findVerb(VERBS, "mkdri"),
    UsageError,
    "did you mean mkdir?",
  );
  assertThrows(() => findVerb(VERBS, "zzz"), UsageError, "there is no command");
  assertThrows(() => findVerb(VERBS, ""), UsageError);
});

Deno.test("oneShotVerb() finds the verb behind the options", () => {
  const found = oneShotVerb(VERBS, [
    "--json",
    "-P",
    "4",
    "get",
    "ftp://h/a",
    "-o",
    "b",
  ]);
  assertEquals(found?.verb.names[0], "get");
  assertEquals(found?.args, ["--json", "-P", "4", "ftp://h/a", "-o", "b"]);
  assertEquals(oneShotVerb(VERBS, ["get"])?.args, []);
  assertEquals(oneShotVerb(VERBS, ["--netrc", "ls", "x"])?.args, [
    "--netrc",
    "x",
  ]);
});

Deno.test("oneShotVerb() leaves hosts, scripts and verbs of the shell alone", () => {
  assertEquals(oneShotVerb(VERBS, ["host"]), null);
  assertEquals(oneShotVerb(VERBS, ["-c", "get", "host"]), null);
  assertEquals(oneShotVerb(VERBS, ["lcd"]), null);
  assertEquals(oneShotVerb(VERBS, ["--", "get"]), null);
  assertEquals(oneShotVerb(VERBS, []), null);
});

Deno.test("verbHelp() and verbList() fit into 80 columns", () => {
  for (const text of [verbList(VERBS), ...VERBS.map(verbHelp)]) {
    const long = text.split("\n").filter((line) => line.length > 80);
    assertEquals(long, []);
    assert(text.endsWith("\n"));
  }
});

for (
  const [name, says] of [
    ["gte", "did you mean get?"],
    ["pwd", "ftp -c 'pwd ...' URL runs the shell's"],
    ["xyzzy", "--help lists them"],
  ] as const
) {
  Deno.test(`targetOf() tells what to do about ${name} in front of a URL`, () =>
    withShell({ connected: false }, async ({ shell }) => {
      const meant = targetOf(shell, name, "ftp://h/a");
      await assertRejects(() => meant, UsageError, says);
    }));
}
