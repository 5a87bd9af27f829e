import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import plugin from "../../tools/lint_plugin.ts";

/** The rules that `source` breaks when it stands in the file `path`. */
function broken(path: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, path, source).map(({ id }) =>
    id.replace("wharf/", "")
  );
}

const IMPORTS: readonly [path: string, specifier: string, ok: boolean][] = [
  ["lib/ftp/reply.ts", "../bytes.ts", true],
  ["lib/ftp/reply.ts", "./path.ts", true],
  ["lib/ftp/reply.ts", "../net/tcp.ts", false],
  ["lib/ftp/reply.ts", "../../server/ftp/session.ts", false],
  ["lib/log.ts", "./net/tcp.ts", false],
  ["lib/log.ts", "./clock.ts", true],
  ["lib/version.ts", "../deno.json", true],
  ["lib/net/tcp.ts", "../log.ts", true],
  ["lib/net/tcp.ts", "../../client/ftp/client.ts", false],
  ["server/fs/local.ts", "./file_system.ts", true],
  ["server/fs/local.ts", "../ftp/session.ts", false],
  ["server/ftp/session.ts", "../fs/file_system.ts", true],
  ["server/ftp/session.ts", "../../lib/clock.ts", true],
  ["server/ftpd.ts", "../client/ftp.ts", false],
  ["client/ftp.ts", "../server/ftpd.ts", false],
  ["client/ftp.ts", "../lib/net/tcp.ts", true],
  ["client/ftp.ts", "../tests/helpers.ts", false],
  ["mod.ts", "./server/ftpd.ts", true],
  ["mod.ts", "./tools/compile.ts", false],
  ["tools/table.ts", "../server/ftp/commands.ts", true],
  ["server/ftpd.ts", "@std/assert", false],
  ["lib/cli.ts", "@std/cli/parse-args", true],
  ["lib/bytes.ts", "node:crypto", true],
  ["tests/core/reply_test.ts", "@std/assert", true],
  ["tests/core/reply_test.ts", "../../server/ftpd.ts", true],
];

for (const [path, specifier, ok] of IMPORTS) {
  const verb = ok ? "allows" : "refuses";
  Deno.test(`inward-imports ${verb} ${specifier} in ${path}`, () => {
    const expected = ok ? [] : ["inward-imports"];
    assertEquals(broken(path, `import "${specifier}";`), expected);
  });
}

Deno.test("inward-imports sees every way to import", () => {
  for (
    const source of [
      `import { a } from "../../server/a.ts";`,
      `import type { A } from "../../server/a.ts";`,
      `export { a } from "../../server/a.ts";`,
      `export * from "../../server/a.ts";`,
      `await import("../../server/a.ts");`,
    ]
  ) {
    assertEquals(broken("lib/ftp/a.ts", source), ["inward-imports"], source);
  }
});

Deno.test("inward-imports says which file must not import which", () => {
  const [fault] = Deno.lint.runPlugin(
    plugin,
    "lib/log.ts",
    `import "./net/tcp.ts";`,
  );
  assert(fault);
  assertStringIncludes(
    fault.message,
    "lib/log.ts must not import lib/net/tcp.ts",
  );
});

Deno.test("rules take the full path of a file in the repository", () => {
  const path = new URL("../../lib/log.ts", import.meta.url).pathname;
  assertEquals(broken(path, `import "./net/tcp.ts";`), ["inward-imports"]);
});

Deno.test("pure-core refuses Deno in the core, types included", () => {
  for (
    const path of [
      "lib/ftp/reply.ts",
      "server/ftp/commands.ts",
      "server/ftp/commands/login.ts",
      "server/ftp/connection.ts",
      "client/ftp/client.ts",
      "client/ftp/mirror/plan.ts",
      "client/ftp/shell/verbs/get.ts",
      "lib/terminal/editor.ts",
    ]
  ) {
    assertEquals(broken(path, "Deno.cwd();"), ["pure-core"]);
    assertEquals(broken(path, "let a: Deno.Conn;"), ["pure-core"]);
    assertEquals(broken(path, "globalThis.Deno;"), ["pure-core"]);
  }
});

Deno.test("pure-core allows Deno at the edge and outside the core", () => {
  for (
    const path of [
      "server/ftp/worker.ts",
      "server/ftp/data/listen.ts",
      "server/warden/permissions.ts",
      "server/service/run.ts",
      "client/service/connect.ts",
      "server/fs/local.ts",
      "client/ftp.ts",
      "client/ftp/local_files.ts",
      "client/ftp/shell/system_machine.ts",
      "lib/net/tcp.ts",
      "lib/terminal/device.ts",
      "tests/core/reply_test.ts",
    ]
  ) {
    assertEquals(broken(path, "Deno.cwd();"), []);
  }
});

Deno.test("exit-at-main allows exit and args directly at main", () => {
  const source = "if (import.meta.main) Deno.exit(await main(Deno.args));";
  assertEquals(broken("server/ftpd.ts", source), []);
});

Deno.test("exit-at-main refuses exit and args anywhere else", () => {
  for (
    const source of [
      "Deno.exit(1);",
      "if (tired) Deno.args;",
      "function main() { Deno.exit(1); }",
      "if (import.meta.main) { onEnd(() => Deno.exit(1)); }",
    ]
  ) {
    assertEquals(broken("server/ftpd.ts", source), ["exit-at-main"], source);
  }
});

Deno.test("quiet lets only the two files for it write", () => {
  const source = `console.log("hello");`;
  assertEquals(broken("server/ftpd.ts", source), ["quiet"]);
  assertEquals(broken("lib/net/tcp.ts", source), ["quiet"]);
  assertEquals(broken("lib/cli.ts", source), []);
  assertEquals(broken("lib/log.ts", source), []);
  assertEquals(broken("tests/net/tcp_test.ts", source), []);
});
