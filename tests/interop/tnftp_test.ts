import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  assertSameFile,
  makeFile,
  makeSparse,
  namesBut,
  OLD,
} from "./files.ts";
import {
  interopTest,
  type Mode,
  MODES,
  placeOf,
  type Scene,
} from "./interop.ts";
import { run, runWell, start } from "./program.ts";

/** It cuts words as a shell does: these need more quoting than it knows. */
const NAMES = namesBut(/["\\]/);

const LOGIN = "user anonymous x";

function words({ ftpd }: Scene, mode?: Mode): string[] {
  const { host, port } = placeOf(ftpd, mode);
  const flags = ["-n", "-v", "-i", mode?.active ? "-A" : "-p"];
  return ["tnftp", ...flags, host.replaceAll(/[[\]]/g, ""), `${port}`];
}

/** Runs tnftp's commands, one a line; returns the whole dialogue. */
async function tnftp(
  scene: Scene,
  lines: readonly string[],
  options: { mode?: Mode; login?: string } = {},
): Promise<string> {
  const { mode, login = LOGIN } = options;
  const { code, report } = await run(words(scene, mode), {
    cwd: scene.local,
    home: scene.home,
    stdin: [login, "binary", ...lines, "quit", ""].join("\n"),
  });
  assertEquals(code, 0, report);
  return report;
}

for (const mode of MODES) {
  interopTest(
    "tnftp",
    `tnftp stores, lists and fetches files: ${mode.name}`,
    async (scene) => {
      const { served, local } = scene;
      await makeFile(join(local, "in"), 300_000);
      const report = await tnftp(scene, [
        ...[`put in "a b"`, "ls", "nlist", "mlsd", `get "a b" out`],
      ], { mode });
      assertMatch(report, /^-rw-r--r-- .* 300000 .* a b\r?$/m);
      assertMatch(report, /^a b\r?$/m);
      assertMatch(report, /^type=file;size=300000;.*; a b\r?$/m);
      await assertSameFile(join(served, "a b"), join(local, "in"));
      await assertSameFile(join(local, "out"), join(local, "in"));
    },
    { missing: mode.missing },
  );
}

interopTest("tnftp", "tnftp moves files with special names", async (scene) => {
  const { served, local } = scene;
  await makeFile(join(local, "in"));
  const report = await tnftp(scene, [
    ...NAMES.flatMap((name, at) => [
      `put in "${name}"`,
      `get "${name}" out${at}`,
    ]),
  ]);
  for (const [at, name] of NAMES.entries()) {
    await assertSameFile(join(served, name), join(local, "in"));
    await assertSameFile(join(local, `out${at}`), join(local, "in"));
  }
  const names = await Array.fromAsync(Deno.readDir(served));
  assertEquals(names.length, NAMES.length, report);
});

interopTest(
  "tnftp",
  "tnftp continues a download and an upload",
  async (scene) => {
    const { served, local } = scene;
    await makeFile(join(local, "whole"), 100_000);
    await Deno.copyFile(join(local, "whole"), join(served, "down"));
    const bytes = await Deno.readFile(join(local, "whole"));
    await Deno.writeFile(join(local, "down"), bytes.subarray(0, 33_333));
    await Deno.writeFile(join(served, "up"), bytes.subarray(0, 33_333));
    await Deno.writeFile(join(served, "again"), bytes.subarray(0, 40_000));
    await Deno.writeFile(join(local, "rest"), bytes.subarray(33_333));
    const report = await tnftp(scene, [
      ...["reget down", "append rest up", "restart 33333", "put whole again"],
    ]);
    await assertSameFile(join(local, "down"), join(local, "whole"));
    await assertSameFile(join(served, "up"), join(local, "whole"));
    await assertSameFile(join(served, "again"), join(local, "whole"));
    assertEquals(report.match(/^350 /gm)?.length, 2, report);
  },
);

interopTest(
  "tnftp",
  "tnftp fetches and stores what patterns match",
  async (scene) => {
    for (const name of ["a.txt", "b.txt", "c.bin"]) {
      await makeFile(join(scene.served, name));
      await makeFile(join(scene.local, `up-${name}`));
    }
    const report = await tnftp(scene, [
      ...["mget *.txt", "mput up-*.txt", "mdelete *.txt"],
    ]);
    await Deno.stat(join(scene.local, "a.txt"));
    await Deno.stat(join(scene.local, "b.txt"));
    const left = await Array.fromAsync(Deno.readDir(scene.served));
    assertEquals(left.map(({ name }) => name), ["c.bin"], report);
  },
);

interopTest(
  "tnftp",
  "tnftp renames, deletes, makes and removes folders",
  async (scene) => {
    const path = join(scene.served, "old");
    await makeFile(path, 4321);
    await Deno.utime(path, OLD, OLD);
    const report = await tnftp(scene, [
      `mkdir "a folder"`,
      `rename old "a folder/it's new"`,
      `cd "a folder"`,
      "pwd",
      `chmod 600 "it's new"`,
      `modtime "it's new"`,
      `size "it's new"`,
      `mlst "it's new"`,
      `delete "it's new"`,
      "cdup",
      `rmdir "a folder"`,
    ]);
    assertStringIncludes(report, "Remote directory: /a folder");
    assertStringIncludes(report, "Thu, 04 Mar 2021 05:06:07");
    assertStringIncludes(report, "it's new\t4321");
    assertMatch(report, /modify=20210304050607;.*UNIX.mode=0600;.* \/a folder/);
    assertEquals(await Array.fromAsync(Deno.readDir(scene.served)), []);
  },
);

interopTest(
  "tnftp",
  "tnftp keeps the time of what it fetches",
  async (scene) => {
    await Deno.writeTextFile(join(scene.served, "file"), "");
    await Deno.utime(join(scene.served, "file"), OLD, OLD);
    await tnftp(scene, ["preserve on", "get file"]);
    const { mtime, size } = await Deno.stat(join(scene.local, "file"));
    assertEquals({ mtime, size }, { mtime: OLD, size: 0 });
  },
);

interopTest(
  "tnftp",
  "tnftp converts line ends in ASCII mode",
  async (scene) => {
    await Deno.writeTextFile(join(scene.local, "text"), "one\ntwo\n");
    await tnftp(scene, ["ascii", "put text stored", "get stored back"]);
    for (
      const path of [join(scene.served, "stored"), join(scene.local, "back")]
    ) {
      assertEquals(await Deno.readTextFile(path), "one\ntwo\n", path);
    }
  },
);

for (const mode of MODES) {
  interopTest(
    "tnftp",
    `tnftp stops a transfer and goes on: ${mode.name}`,
    async (scene) => {
      await makeSparse(join(scene.served, "big"), 2 ** 40, "the end");
      await makeFile(join(scene.served, "file"));
      const child = start(words(scene, mode), {
        cwd: scene.local,
        home: scene.home,
      });
      const errors = new Response(child.stderr).text();
      const writer = child.stdin.getWriter();
      const say = (...lines: string[]) =>
        writer.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
      await say(LOGIN, "binary", "get big /dev/null");
      let text = "";
      for await (
        const part of child.stdout.pipeThrough(new TextDecoderStream())
      ) {
        const running = text.includes("\n150 ");
        text += part;
        if (running || !text.includes("\n150 ")) continue;
        child.kill("SIGINT");
        await say("get file", "quit");
      }
      await writer.close();
      const { code } = await child.status;
      const { log } = scene.ftpd;
      const said = [text, await errors, log].join("\n--\n");
      assertEquals(code, 0, said);
      assertMatch(text, /\n426 [^]*\n226 [^]*\n226 [^]*\n221 /, said);
      const [got, wanted] = [scene.local, scene.served].map((folder) =>
        join(folder, "file")
      );
      await assertSameFile(got!, wanted!, said);
    },
    { missing: mode.missing },
  );
}

interopTest(
  "tnftp",
  "tnftp moves 300 MB and continues at 5 GiB",
  async (scene) => {
    const { served, local } = scene;
    const size = 5 * 2 ** 30;
    await makeSparse(join(local, "in"), 300_000_000, "the end");
    await makeSparse(join(served, "huge"), size, "the very end");
    await makeSparse(join(local, "huge"), size - 12, "x");
    await tnftp(scene, ["put in big", "get big out", "reget huge"]);
    await runWell(["cmp", "in", join(served, "big")], { cwd: local });
    await runWell(["cmp", "in", "out"], { cwd: local });
    const end = await runWell(["tail", "-c", "13", "huge"], { cwd: local });
    assertEquals(end, "xthe very end");
  },
);

interopTest("tnftp", "tnftp is told what a user must not do", async (scene) => {
  await makeFile(join(scene.local, "in"));
  const put = (password: string) =>
    tnftp(scene, ["put in"], { login: `user bob ${password}` });
  assertStringIncludes(await put("wrong"), "530 Authentication failed.");
  assertMatch(await put("secret"), /^550 /m);
  assertEquals(await Array.fromAsync(Deno.readDir(scene.served)), []);
}, { ftpd: ["--user", "bob:secret:ro", "--login-delay", "0.01"] });
