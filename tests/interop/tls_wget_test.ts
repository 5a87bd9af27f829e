import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { assertSameTree, makeTree } from "./files.ts";
import { run } from "./program.ts";
import { type TlsScene, tlsTest, type Way, WAYS } from "./tls_scene.ts";

/** Wget has its own ideas of other names. */
const NAMES = ["plain.bin", "two words", "Grüße – 漢字"];

for (const way of WAYS) {
  tlsTest(
    "wget",
    `wget mirrors a tree over sessions that resume: ${way.name}`,
    async (scene) => {
      await makeTree(scene.served, NAMES);
      const { code, report } = await wget(scene, way);
      assertEquals(code, 0, report);
      const but = [".listing"];
      await assertSameTree(scene.local, scene.served, { but });
    },
    { ftpd: () => ["--tls-session-reuse", "require"] },
  );
}

tlsTest("wget", "wget trusts the authority and no other", async (scene) => {
  for (const way of WAYS) {
    const { code, report } = await wget(scene, way, "selfSigned.pem");
    assertEquals(code, 5, report);
  }
});

function wget(
  { local, home, ftpd, implicitPort, keys }: TlsScene,
  { implicit, version }: Way,
  ca = "ca.pem",
) {
  const words = ["wget", "--no-verbose", "--tries=1", "--timeout=20"];
  words.push("--no-proxy", "--restrict-file-names=nocontrol");
  words.push("-r", "-nH", "-l", "inf", "--no-remove-listing");
  words.push(`--ca-certificate=${join(keys, ca)}`);
  words.push(`--secure-protocol=TLSv1_${version.at(-1)}`);
  if (implicit) words.push("--ftps-implicit");
  const port = implicit ? implicitPort : ftpd.ports[0];
  words.push(`ftps://127.0.0.1:${port}/`);
  return run(words, { cwd: local, home });
}
