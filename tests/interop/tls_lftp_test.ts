import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  assertSameFile,
  assertSameTree,
  makeFile,
  makeSparse,
  makeTree,
  SPECIAL_NAMES,
} from "./files.ts";
import { lftp, tryLftp } from "./tls_lftp.ts";
import { tlsTest, VERSIONS, WAYS } from "./tls_scene.ts";

const [, EXPLICIT] = WAYS as [unknown, typeof WAYS[0]];

for (const way of WAYS) {
  tlsTest(
    "lftp",
    `lftp mirrors a tree both ways: ${way.name}`,
    async (scene) => {
      const tree = join(scene.local, "tree");
      await makeTree(tree, SPECIAL_NAMES);
      await lftp(scene, way, "mirror -R tree up; mirror up down");
      await assertSameTree(join(scene.served, "up"), tree, { times: true });
      await assertSameTree(join(scene.local, "down"), tree, { times: true });
    },
  );
}

for (const way of VERSIONS) {
  tlsTest(
    "lftp",
    `lftp mirrors with four connections that resume: ${way.name}`,
    async (scene) => {
      const tree = join(scene.local, "tree");
      await makeTree(tree, SPECIAL_NAMES);
      await lftp(scene, way, "mirror -R -P 4 tree up; mirror -P 4 up down");
      await assertSameTree(join(scene.served, "up"), tree, { times: true });
      await assertSameTree(join(scene.local, "down"), tree, { times: true });
    },
    { ftpd: () => ["--write", "--tls-session-reuse", "require"] },
  );

  tlsTest(
    "lftp",
    `lftp stops a TLS transfer and goes on: ${way.name}`,
    async (scene) => {
      await makeSparse(join(scene.served, "big"), 300_000_000, "the end");
      await makeFile(join(scene.served, "file"));
      // The shell command ends early, so lftp ends the transfer, with ABOR.
      const { code, report } = await tryLftp(
        scene,
        way,
        "set cmd:fail-exit no; cat big | head -c 9 >head; get file; exit 0",
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
  );

  tlsTest(
    "lftp",
    `lftp goes back to clear commands (CCC): ${way.name}`,
    async (scene) => {
      const { served, local } = scene;
      await makeFile(join(local, "in"), 300_000);
      const { code, report } = await tryLftp(
        scene,
        way,
        "set ftp:ssl-use-ccc yes; put in -o file; get file -o out; cls -l",
      );
      assertEquals(code, 0, report);
      assertMatch(report, /---> CCC\n[^]*<--- 200 [^]*<--- 226 [^]*<--- 226 /);
      await assertSameFile(join(served, "file"), join(local, "in"));
      await assertSameFile(join(local, "out"), join(local, "in"));
    },
    { ftpd: () => ["--write", "--tls", "optional"] },
  );

  tlsTest(
    "lftp",
    `lftp mirrors in active mode: ${way.name}`,
    async (scene) => {
      const tree = join(scene.local, "tree");
      await makeTree(tree, SPECIAL_NAMES);
      const script =
        "set ftp:passive-mode off; mirror -R tree up; mirror up down";
      await lftp(scene, way, script);
      await assertSameTree(join(scene.served, "up"), tree, { times: true });
      await assertSameTree(join(scene.local, "down"), tree, { times: true });
    },
  );
}

tlsTest("lftp", "lftp continues transfers over TLS", async (scene) => {
  const { served, local } = scene;
  await makeFile(join(local, "whole"), 100_000);
  await Deno.copyFile(join(local, "whole"), join(served, "whole"));
  const bytes = await Deno.readFile(join(local, "whole"));
  for (const folder of [local, served]) {
    await Deno.writeFile(join(folder, "part"), bytes.subarray(0, 33_333));
  }
  const script = "get -c whole -o part; put -c whole -o part";
  await lftp(scene, EXPLICIT, script);
  await assertSameFile(join(local, "part"), join(local, "whole"));
  await assertSameFile(join(served, "part"), join(local, "whole"));
});

tlsTest(
  "lftp",
  "lftp fetches one file over four TLS connections",
  async (scene) => {
    await makeFile(join(scene.served, "file"), 3_000_000);
    await lftp(scene, EXPLICIT, "pget -n 4 -c file");
    await assertSameFile(join(scene.local, "file"), join(scene.served, "file"));
  },
);

tlsTest("lftp", "lftp trusts the authority and no other", async (scene) => {
  const ca = `set ssl:ca-file ${join(scene.keys, "selfSigned.pem")}`;
  for (const way of WAYS) {
    const { code, report } = await tryLftp(scene, way, `${ca}; ls`);
    assertEquals(code, 1, report);
    assertStringIncludes(report, "Certificate verification: ");
  }
});

tlsTest(
  "lftp",
  "lftp shows a client certificate, and is refused without a good one",
  async (scene) => {
    await makeFile(join(scene.served, "file"));
    const cert = (name: string) =>
      `set ssl:cert-file ${join(scene.keys, `${name}.pem`)}; ` +
      `set ssl:key-file ${join(scene.keys, `${name}.key`)}; ` +
      "set net:max-retries 1";
    for (const way of WAYS) {
      await lftp(scene, way, `${cert("client")}; get file`);
      await assertSameFile(
        join(scene.local, "file"),
        join(scene.served, "file"),
      );
      const bad = await tryLftp(scene, way, `${cert("strangerClient")}; ls`);
      assertEquals(bad.code, 1, bad.report);
    }
  },
  { ftpd: (keys) => ["--tls-client-ca", join(keys, "ca.pem")] },
);

tlsTest(
  "lftp",
  "lftp moves clear data where TLS is optional",
  async (scene) => {
    const { served, local } = scene;
    await makeFile(join(local, "in"), 300_000);
    await lftp(
      scene,
      EXPLICIT,
      "set ftp:ssl-protect-data no; put in -o file; get file -o out",
    );
    await assertSameFile(join(served, "file"), join(local, "in"));
    await assertSameFile(join(local, "out"), join(local, "in"));
  },
  { ftpd: () => ["--write", "--tls", "optional"] },
);

tlsTest(
  "lftp",
  "lftp that demands TLS is told when there is none",
  async (scene) => {
    const { code, report } = await tryLftp(scene, EXPLICIT, "ls");
    assertEquals(code, 1, report);
    assertStringIncludes(report, "ftp:ssl-force is set");
  },
  { ftpd: () => ["--tls", "off"], certificate: false },
);
