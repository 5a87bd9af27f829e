import { assert, assertEquals, assertRejects } from "@std/assert";
import { FtpError } from "../../client/ftp/errors.ts";
import { failureOf, ShellError } from "../../client/ftp/shell/failure.ts";
import { INSPECT_VERBS } from "../../client/ftp/shell/verbs/inspect.ts";
import { SERVER_VERBS } from "../../client/ftp/shell/verbs/server.ts";
import { UsageError } from "../../lib/cli.ts";
import { Peer } from "./client_peer.ts";
import { type ShellStage, withShell } from "./shell_harness.ts";

const VERBS = [...INSPECT_VERBS, ...SERVER_VERBS];
const REMOTE = { "/a.txt": "hello", "/d/b": "b" };

const run = (stage: ShellStage, name: string, ...args: string[]) =>
  stage.run(VERBS, name, args);

Deno.test("stat tells all facts, line by line", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    await run(stage, "stat", "a.txt", "d");
    const [file = "", folder = ""] = stage.said.out.split("\n\n");
    const lines = file.split("\n");
    for (
      const line of [
        "path: a.txt",
        "type: file",
        "size: 5",
        "modified: 2026-06-15T12:00:00.000Z",
        "mode: 0644 (-rw-r--r--)",
      ]
    ) assert(lines.includes(line), `${line} in ${file}`);
    assert(folder.includes("type: directory"));
  }));

Deno.test("stat tells programs the entry, or why there is none", () =>
  withShell({ remote: REMOTE, json: true }, async (stage) => {
    const told = () => run(stage, "stat", "nope", "a.txt");
    const error = await assertRejects(told, ShellError, "1 of 2 failed");
    assertEquals(error.kind, "missing");
    const [failed, entry] = stage.records();
    assertEquals((failed?.error as { kind: string }).kind, "missing");
    assertEquals([entry?.name, entry?.size], ["a.txt", 5]);
  }));

Deno.test("stat knows the folder that a URL without a path means", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    const call = { isOneShot: true, args: [""] };
    await stage.run(VERBS, "stat", ["x"], call);
    assert(stage.said.out.includes("type: directory"), stage.said.out);
  }));

Deno.test("stat asks for size and time where the listing does not tell", async () => {
  const peer = new Peer({
    MLST: "250-Here\r\n type=file; /a\r\n250 End",
    SIZE: "213 42",
    MDTM: "550 No.",
  });
  await withShell({ peer }, async (stage) => {
    await run(stage, "stat", "a");
    assertEquals(stage.said.out, "path: a\ntype: file\nsize: 42\n");
  });
});

Deno.test("size and modtime tell which file when there are several", () =>
  withShell({ remote: REMOTE }, async (stage) => {
    await run(stage, "size", "a.txt");
    await run(stage, "size", "-h", "a.txt", "d/b");
    await run(stage, "modtime", "a.txt");
    const time = "2026-06-15T12:00:00.000Z";
    assertEquals(stage.said.out, `5\n5 B  a.txt\n1 B  d/b\n${time}\n`);
    const error = await assertRejects(() => run(stage, "size", "nope"));
    assertEquals(failureOf(error).kind, "missing");
  }));

Deno.test("size and modtime tell programs", () =>
  withShell({ remote: REMOTE, json: true }, async (stage) => {
    await run(stage, "size", "a.txt");
    await run(stage, "modtime", "a.txt");
    assertEquals(stage.records(), [
      { path: "a.txt", size: 5 },
      { path: "a.txt", modified: "2026-06-15T12:00:00.000Z" },
    ]);
  }));

const FEAT = "211-Features:\r\n SIZE\r\n XMD5\r\n211 End";

Deno.test("hash has the server hash, and prints it as md5sum does", async () => {
  const digest = "5d41402abc4b2a76b9719d911017c592";
  const peer = new Peer({ FEAT, XMD5: `250 ${digest}` });
  await withShell({ peer }, async (stage) => {
    await run(stage, "hash", "a.txt");
    assertEquals(stage.said.out, `${digest}  a.txt\n`);
    const asked = () => run(stage, "checksum", "--algorithm", "sha256", "a");
    await assertRejects(asked, ShellError, "offers no sha256 hashes");
  });
});

Deno.test("hash alone switches progress", () =>
  withShell({}, async (stage) => {
    const { settings } = stage.shell.state;
    await run(stage, "hash");
    assertEquals(settings.progress, "off");
    await run(stage, "hash");
    assertEquals(settings.progress, "on");
    assertEquals(stage.said.err, "Progress is off.\nProgress is on.\n");
  }));

const PEER = {
  SYST: "215 UNIX \x1b[31m",
  STAT: (path: string) =>
    path === "" ? "211 Fine" : `213-Of:\r\n ${path}\r\n213 End`,
  HELP: "214-Commands:\r\n NOOP\r\n214 End",
  SITE: "500 Unknown SITE command",
};

Deno.test("system, rstatus and rhelp show what the server says", () =>
  withShell({ peer: new Peer(PEER) }, async (stage) => {
    await run(stage, "system");
    await run(stage, "rstatus");
    await run(stage, "rstatus", "a b");
    await run(stage, "rhelp", "NOOP");
    assertEquals(
      stage.said.out,
      "215 UNIX \\x1b[31m\n211 Fine\n" +
        "213 Of:\n213  a b\n213 End\n" +
        "214 Commands:\n214  NOOP\n214 End\n",
    );
  }));

Deno.test("system tells programs code and lines", () =>
  withShell(
    { peer: new Peer({ SYST: "215 X" }), json: true },
    async (stage) => {
      await run(stage, "system");
      assertEquals(stage.records(), [{ code: 215, lines: ["X"] }]);
    },
  ));

Deno.test("quote and site send the line as it is", () => {
  const peer = new Peer({ ...PEER, NOOP: "200 Done" });
  return withShell({ peer }, async (stage) => {
    await run(stage, "quote", "noop  a b");
    assertEquals(peer.commands.at(-1), "NOOP  a b");
    assertEquals(stage.said.out, "200 Done\n");
    const sent = () => run(stage, "site", "chmod 1 a");
    const error = await assertRejects(sent, FtpError, "SITE chmod 1 a");
    assertEquals(error.code, 500);
    for (const name of ["quote", "site"]) {
      const call = { args: [] };
      await assertRejects(() => stage.run(VERBS, name, [], call), UsageError);
    }
  });
});

Deno.test("quote refuses what would confuse the connection, and says what to use", () => {
  const peer = new Peer(PEER);
  return withShell({ peer }, async (stage) => {
    const before = peer.commands.length;
    for (
      const [line, instead] of [
        ["RETR a", "use get"],
        ["stor a", "use put"],
        ["List", "use ls"],
        ["MLSD /", "use ls"],
        ["PASV", "data connections"],
        ["cwd /", "use cd"],
        ["PASS secret", "use open"],
        ["AUTH TLS", "TLS"],
        ["REST 1", "get --continue"],
      ] as const
    ) {
      const quoted = () => run(stage, "quote", line);
      const error = await assertRejects(quoted, UsageError, instead);
      assert(!error.message.includes("secret"));
    }
    assertEquals(peer.commands.length, before);
  });
});

Deno.test("quote sends no line end", () =>
  withShell({ peer: new Peer(PEER) }, async (stage) => {
    const error = await assertRejects(() =>
      run(stage, "quote", "NOOP\r\nDELE a")
    );
    assertEquals(failureOf(error).kind, "usage");
  }));

Deno.test("features shows what FEAT said", () =>
  withShell({ peer: new Peer({ FEAT }) }, async (stage) => {
    await run(stage, "features");
    assertEquals(stage.said.out, "SIZE\nXMD5\n");
  }));

Deno.test("verbs for the server need one", () =>
  withShell({ connected: false }, async (stage) => {
    for (const [name, ...args] of [["system"], ["features"], ["stat", "a"]]) {
      const asked = () => run(stage, name!, ...args);
      await assertRejects(asked, ShellError, "not connected");
    }
  }));
