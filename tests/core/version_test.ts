import { assertEquals, assertMatch } from "@std/assert";
import { VERSION, versionLine } from "../../lib/version.ts";

Deno.test("VERSION is a version number", () => {
  assertMatch(VERSION, /^\d+\.\d+\.\d+(-[\w.]+)?$/);
});

Deno.test("versionLine() names the tool, its version and the runtime", () => {
  const { deno, v8 } = Deno.version;
  assertEquals(
    versionLine("ftpd"),
    `ftpd ${VERSION} (deno ${deno}, v8 ${v8})`,
  );
});
