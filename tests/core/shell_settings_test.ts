import { assert, assertEquals, assertRejects } from "@std/assert";
import { ShellError } from "../../client/ftp/shell/failure.ts";
import { runLine } from "../../client/ftp/shell/run_line.ts";
import { defaultSettings } from "../../client/ftp/shell/settings.ts";
import { UsageError } from "../../lib/cli.ts";
import { HOME, type ShellStage, withShell } from "./shell_harness.ts";

const GOING = new AbortController().signal;
const BOOKMARKS = `${HOME}/.config/wharf/ftp_bookmarks`;

async function run({ shell }: ShellStage, ...lines: string[]): Promise<void> {
  for (const line of lines) await runLine(shell, line, GOING);
}

Deno.test("set shows all settings, or one", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "set mode");
    assertEquals(
      stage.said.out,
      "mode          passive    who makes data connections: client or server\n",
    );
    await run(stage, "set");
    const shown = Object.keys(defaultSettings()).length;
    assertEquals(stage.said.out.split("\n").length, 1 + shown + 1);
    assert(stage.said.out.split("\n").every((line) => line.length <= 80));
  });
});

Deno.test("set gives records with --json", async () => {
  await withShell({ json: true }, async (stage) => {
    await run(stage, "set timeout 0.5", "set timeout", "set limit-rate");
    assertEquals(stage.records(), [
      { name: "timeout", value: "0.5" },
      { name: "limit-rate", value: null },
    ]);
  });
});

Deno.test("set refuses what is no setting and no value", async () => {
  await withShell({}, async (stage) => {
    for (const line of ["set nothing", "set nothing on", "set mode maybe"]) {
      await assertRejects(() => run(stage, line), UsageError);
    }
    assertEquals(stage.shell.state.settings, defaultSettings());
  });
});

Deno.test("set NAME default undoes a change", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "set port-range 5000-5010", "set port-range default");
    assertEquals(stage.shell.state.settings, defaultSettings());
    await assertRejects(() => run(stage, "set nothing default"), UsageError);
  });
});

Deno.test("set limit-rate makes a limit for all transfers, and takes it away", async () => {
  await withShell({}, async (stage) => {
    const { state } = stage.shell;
    await run(stage, "set limit-rate 8000");
    assertEquals(state.rateLimit?.burst, 1000);
    await run(stage, "set limit-rate off");
    assertEquals(state.rateLimit, null);
  });
});

Deno.test("set mode counts for the server that is open", async () => {
  await withShell({ remote: { "/a": "x" } }, async (stage) => {
    const { pool } = stage.shell.state.site!;
    const list = () => pool.run((client) => Array.fromAsync(client.list("/")));
    await list();
    await run(stage, "active");
    await list();
    await run(stage, "passive on");
    await list();
    const used = stage.server.commands.map((line) => line.split(" ")[0]!)
      .filter((verb) => ["EPSV", "PASV", "PORT", "EPRT"].includes(verb));
    assertEquals(used.length, 3);
    assert(["PORT", "EPRT"].includes(used[1]!), used.join());
    assertEquals(used[2], used[0]);
  });
});

Deno.test("set parallel says when it counts", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "set parallel 4");
    assertEquals(stage.said.err, "parallel counts from the next open on\n");
  });
});

Deno.test("verbs of settings set what they are called", async () => {
  const cases = [
    ["ascii", "type", "ascii"],
    ["image", "type", "binary"],
    ["type ascii", "type", "ascii"],
    ["type image", "type", "binary"],
    ["active", "mode", "active"],
    ["passive", "mode", "passive"],
    ["passive", "mode", "active"],
    ["passive on", "mode", "passive"],
    ["trace", "trace", "on"],
    ["verbose off", "trace", "off"],
    ["prompt", "prompt", "on"],
    ["glob", "glob", "off"],
    ["progress off", "progress", "off"],
  ] as const;
  await withShell({}, async (stage) => {
    for (const [line, name, value] of cases) {
      await run(stage, line);
      assertEquals(stage.shell.state.settings[name], value, line);
    }
    await assertRejects(() => run(stage, "passive maybe"), UsageError);
    await assertRejects(() => run(stage, "type maybe"), UsageError);
  });
});

Deno.test("umask shows and sets permission bits", async () => {
  await withShell({}, async (stage) => {
    const asked: (number | undefined)[] = [];
    stage.machine.umask = (mask) => (asked.push(mask), 0o22);
    await run(stage, "umask", "umask 077", "umask 0007");
    assertEquals(stage.said.out, "0022\n");
    assertEquals(asked, [undefined, 0o77, 0o7]);
    for (const text of ["9", "7777", "rwx"]) {
      await assertRejects(() => run(stage, `umask ${text}`), UsageError);
    }
    stage.machine.umask = () => null;
    await assertRejects(() => run(stage, "umask"), ShellError, "umask");
  });
});

Deno.test("alias makes, shows and runs short names", async () => {
  await withShell({}, async (stage) => {
    await run(stage, "alias hi echo 'a  b'", 'alias both "echo c; echo d"');
    await run(stage, "alias hi", "hi e", "both");
    assertEquals(stage.said.out, "hi  echo 'a  b'\na  b e\nc\nd\n");
    await run(stage, "unalias hi");
    assertEquals([...stage.shell.state.aliases.keys()], ["both"]);
    await assertRejects(() => run(stage, "unalias hi"), UsageError);
    await assertRejects(() => run(stage, "alias 'a b' ls"), UsageError);
  });
});

Deno.test("bookmark keeps where one is, and URLs without their passwords", async () => {
  await withShell(
    { remote: { "/pub/x": "" }, env: { HOME } },
    async (stage) => {
      const { url, pool } = stage.shell.state.site!;
      await pool.changeDirectory("/pub");
      await run(
        stage,
        "bookmark add here",
        "bookmark add nas ftp://bob:hush@nas/a",
      );
      const where = `ftp://anonymous@${url.hostname}`;
      const text = stage.machine.texts.get(BOOKMARKS)!;
      assert(text.includes("nas ftp://bob@nas/a\n"), text);
      assert(
        text.startsWith(`here ${where}`) && text.includes("/%2Fpub\n"),
        text,
      );
      assertEquals(stage.said.err, "ftp: warning: the password is not kept\n");
      await run(stage, "bookmark del here", "bookmark");
      assertEquals(stage.said.out, "nas  ftp://bob@nas/a\n");
    },
  );
});

Deno.test("bookmark refuses what cannot be one", async () => {
  await withShell({ connected: false, env: { HOME } }, async (stage) => {
    const lines = [
      "bookmark add",
      "bookmark add a/b ftp://nas/",
      "bookmark add nas http://nas/",
      "bookmark add nas",
      "bookmark del nas",
      "bookmark edit",
    ];
    for (const line of lines) await assertRejects(() => run(stage, line));
    assertEquals(stage.machine.texts.get(BOOKMARKS), undefined);
  });
});

Deno.test("bookmark says that it has no place without a home", async () => {
  await withShell({ connected: false }, async (stage) => {
    await run(stage, "bookmark");
    await assertRejects(
      () => run(stage, "bookmark add nas ftp://nas/"),
      ShellError,
      "no place for bookmarks",
    );
  });
});
