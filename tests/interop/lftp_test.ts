import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  assertSameFile,
  assertSameTree,
  makeFile,
  makeSparse,
  makeTree,
  namesBut,
  SPECIAL_NAMES,
} from "./files.ts";
import { interopTest, MODES } from "./interop.ts";
import { lftp, tryLftp } from "./lftp.ts";
import { runWell } from "./program.ts";

// Active over IPv6 lftp asks for a connection to `::`, which is nowhere; it is
// refused, and lftp goes over to passive mode by itself.
for (const mode of MODES) {
  interopTest(
    "lftp",
    `lftp mirrors a tree up and down: ${mode.name}`,
    async (scene) => {
      const tree = join(scene.local, "tree");
      await makeTree(tree, SPECIAL_NAMES);
      await lftp(scene, "mirror -R tree up; mirror up down", { mode });
      await assertSameTree(join(scene.served, "up"), tree, { times: true });
      await assertSameTree(join(scene.local, "down"), tree, { times: true });
    },
    { missing: mode.missing },
  );
}

interopTest(
  "lftp",
  "lftp mirrors with four connections, and only changes",
  async (scene) => {
    const tree = join(scene.local, "tree");
    await makeTree(tree, SPECIAL_NAMES);
    await lftp(scene, "mirror -R -P 4 tree up; mirror -P 4 up down");
    await assertSameTree(join(scene.served, "up"), tree, { times: true });
    await assertSameTree(join(scene.local, "down"), tree, { times: true });
    const again = await lftp(scene, "mirror -R -v tree up; mirror -v up down");
    assertEquals(again, "", "nothing has changed");
    await makeFile(join(tree, "new file"));
    await Deno.remove(join(tree, "plain.bin"));
    await lftp(scene, "mirror -R -e tree up; mirror -e up down");
    await assertSameTree(join(scene.served, "up"), tree);
    await assertSameTree(join(scene.local, "down"), tree);
  },
);

for (
  const [what, settings] of [
    ["pipelined commands", "set ftp:sync-mode off"],
    ["LIST for its listings", "set ftp:use-mlsd off; set ftp:list-options -a"],
    ["EPSV over IPv4", "set ftp:prefer-epsv yes"],
    ["STAT for its listings", "set ftp:use-stat-for-list yes"],
    ["no FEAT", "set ftp:use-feat no"],
  ] as const
) {
  interopTest("lftp", `lftp mirrors with ${what}`, async (scene) => {
    const tree = join(scene.local, "tree");
    // LIST does not tell where the blanks before a name begin.
    await makeTree(tree, namesBut(/^ /));
    await lftp(scene, `${settings}; mirror -R tree up; mirror up down`);
    await assertSameTree(join(scene.served, "up"), tree);
    await assertSameTree(join(scene.local, "down"), tree);
  });
}

interopTest(
  "lftp",
  "lftp lists, renames, deletes, makes and removes folders",
  async (scene) => {
    await makeFile(join(scene.served, "file"), 1234);
    const text = await lftp(
      scene,
      `mkdir -p one/two/three; mv file "one/two/it's file"; ls one/two;
     cls -1 one/two; nlist one/two; find; du -b one;
     chmod 600 "one/two/it's file"; cls -l one/two; cd one/two; pwd`,
    );
    assertMatch(text, /^-rw-r--r-- .* 1234 .* it's file$/m);
    assertStringIncludes(text, "three/\n");
    assertStringIncludes(text, "./one/two/it's file\n");
    assertMatch(text, /^-rw------- .* 1234 .* one\/two\/it's file$/m);
    assertMatch(text, /^ftp:.*\/one\/two$/m);
    await lftp(scene, `rm "one/two/it's file"; rmdir one/two/three; rm -r one`);
    assertEquals(await Array.fromAsync(Deno.readDir(scene.served)), []);
  },
);

interopTest(
  "lftp",
  "lftp continues a download and an upload",
  async (scene) => {
    const { served, local } = scene;
    await makeFile(join(local, "whole"), 100_000);
    await Deno.copyFile(join(local, "whole"), join(served, "whole"));
    const start = (await Deno.readFile(join(local, "whole"))).subarray(
      0,
      33_333,
    );
    await Deno.writeFile(join(local, "part"), start);
    await Deno.writeFile(join(served, "part"), start);
    await lftp(scene, "get -c whole -o part; put -c whole -o part");
    await assertSameFile(join(local, "part"), join(local, "whole"));
    await assertSameFile(join(served, "part"), join(local, "whole"));
  },
);

interopTest(
  "lftp",
  "lftp fetches one file over four connections",
  async (scene) => {
    await makeFile(join(scene.served, "file"), 3_000_000);
    await lftp(scene, "pget -n 4 -c file");
    await assertSameFile(join(scene.local, "file"), join(scene.served, "file"));
  },
);

for (const mode of MODES) {
  interopTest(
    "lftp",
    `lftp stops a transfer and goes on: ${mode.name}`,
    async (scene) => {
      await makeSparse(join(scene.served, "big"), 300_000_000, "the end");
      await makeFile(join(scene.served, "file"));
      // The shell command ends early, so lftp ends the transfer, with ABOR.
      const { code, report } = await tryLftp(
        scene,
        "set cmd:fail-exit no; cat big | head -c 9 >head; get file; exit 0",
        { mode },
      );
      assertEquals(code, 0, report);
      assertStringIncludes(report, "---> ABOR");
      assertEquals(report.match(/^<--- 220 /gm)?.length, 1, report);
      assertEquals((await Deno.stat(join(scene.local, "head"))).size, 9);
      await assertSameFile(
        join(scene.local, "file"),
        join(scene.served, "file"),
      );
    },
    { missing: mode.missing },
  );
}

interopTest("lftp", "lftp converts line ends in ASCII mode", async (scene) => {
  await Deno.writeTextFile(join(scene.local, "text"), "one\ntwo\n");
  await lftp(scene, "put -a text -o stored; get -a stored -o back");
  for (
    const path of [join(scene.served, "stored"), join(scene.local, "back")]
  ) {
    assertEquals(await Deno.readTextFile(path), "one\ntwo\n", path);
  }
});

interopTest(
  "lftp",
  "lftp moves 300 MB and continues at 5 GiB",
  async (scene) => {
    const { served, local } = scene;
    const size = 5 * 2 ** 30;
    await makeSparse(join(local, "in"), 300_000_000, "the end");
    await makeSparse(join(served, "huge"), size, "the very end");
    await makeSparse(join(local, "huge"), size - 12, "x");
    await lftp(scene, "put in -o big; get big -o out; get -c huge");
    await runWell(["cmp", "in", join(served, "big")], { cwd: local });
    await runWell(["cmp", "in", "out"], { cwd: local });
    const end = await runWell(["tail", "-c", "13", "huge"], { cwd: local });
    assertEquals(end, "xthe very end");
  },
);

interopTest("lftp", "lftp is told what a user must not do", async (scene) => {
  await makeFile(join(scene.local, "in"));
  const wrong = await tryLftp(scene, "ls", { user: "bob,wrong" });
  assertEquals(wrong.code, 1, wrong.report);
  assertStringIncludes(wrong.report, "530 Authentication failed.");
  const upload = await tryLftp(scene, "put in", { user: "bob,secret" });
  assertEquals(upload.code, 1, upload.report);
  assertStringIncludes(upload.report, "<--- 550 ");
  assertEquals(await Array.fromAsync(Deno.readDir(scene.served)), []);
}, { ftpd: ["--user", "bob:secret:ro", "--login-delay", "0.01"] });
