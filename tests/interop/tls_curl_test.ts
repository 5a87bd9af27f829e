import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { assertSameFile, makeFile, makeSparse } from "./files.ts";
import { run } from "./program.ts";
import { curl, curlFails, curlFlags, curlUrl, tryCurl } from "./tls_curl.ts";
import { tlsTest, VERSIONS, WAYS } from "./tls_scene.ts";

/** Its codes for handshakes and connections that end early. */
const REFUSED = /^(8|35|55|56|98)$/;

for (const way of WAYS) {
  const flags = curlFlags(way);
  tlsTest(
    "curl",
    `curl stores, lists, fetches and continues: ${way.name}`,
    async (scene) => {
      const { served, local } = scene;
      const url = (path: string) => curlUrl(scene, path, way);
      await makeFile(join(local, "in"), 300_000);
      await curl(scene, ...flags, "-T", "in", url("a%20b"));
      await assertSameFile(join(served, "a b"), join(local, "in"));
      const listing = await curl(scene, ...flags, url(""));
      assertMatch(listing, /^-rw-r--r-- .* 300000 .* a b\r?\n$/);
      await Deno.truncate(join(served, "a b"), 100_000);
      await curl(scene, ...flags, "-C", "-", "-T", "in", url("a%20b"));
      await assertSameFile(join(served, "a b"), join(local, "in"));
      await curl(scene, ...flags, "-r", "0-99999", "-o", "out", url("a%20b"));
      await curl(scene, ...flags, "-C", "-", "-o", "out", url("a%20b"));
      await assertSameFile(join(local, "out"), join(local, "in"));
    },
  );
}

for (const { name, version } of VERSIONS) {
  tlsTest(
    "curl",
    `curl goes on in the same session after a range: ${name}`,
    async (scene) => {
      await makeSparse(join(scene.served, "big"), 100_000_000, "the end");
      await Deno.writeTextFile(join(scene.served, "small"), "small");
      const flags = curlFlags({ name, version, implicit: false });
      const { code, report } = await tryCurl(
        scene,
        ...[...flags, "-r", "0-3", "-o", "range", curlUrl(scene, "big")],
        ...["--next", "-sS", "--cacert", join(scene.keys, "ca.pem")],
        ...["--noproxy", "*", ...flags, "-o", "small"],
        curlUrl(scene, "small"),
      );
      assertEquals(code, 0, report);
      const text = await Deno.readTextFile(join(scene.local, "small"));
      assertEquals(text, "small", report);
      assertEquals((await Deno.stat(join(scene.local, "range"))).size, 4);
    },
  );
}

for (const mode of ["active", "passive"]) {
  tlsTest(
    "curl",
    `curl goes back to clear commands (CCC, ${mode}), data stays protected`,
    async (scene) => {
      await makeFile(join(scene.served, "file"), 300_000);
      for (const name of ["--tls-max=1.2", "--tlsv1.3"]) {
        const { code, report } = await tryCurl(
          scene,
          ...[...name.split("="), "--ssl-reqd", "--ftp-ssl-ccc"],
          ...["--ftp-ssl-ccc-mode", mode],
          ...["-o", "out", curlUrl(scene, "file")],
        );
        assertEquals(code, 0, report);
        assertMatch(report, /> CCC\r?\n[^]*< 200 [^]*< 226 /);
        await assertSameFile(
          join(scene.local, "out"),
          join(scene.served, "file"),
        );
      }
    },
    { ftpd: () => ["--tls", "optional"] },
  );
}

tlsTest(
  "curl",
  "curl moves clear data beside protected commands where TLS is optional",
  async (scene) => {
    const { served, local } = scene;
    await makeFile(join(local, "in"), 300_000);
    const flags = ["--ftp-ssl-control"];
    await curl(scene, ...flags, "-T", "in", curlUrl(scene, "file"));
    await curl(scene, ...flags, "-o", "out", curlUrl(scene, "file"));
    await assertSameFile(join(served, "file"), join(local, "in"));
    await assertSameFile(join(local, "out"), join(local, "in"));
  },
  { ftpd: () => ["--write", "--tls", "optional"] },
);

tlsTest(
  "curl",
  "curl without TLS is refused where TLS is required",
  async (scene) => {
    await makeFile(join(scene.served, "file"));
    const { report } = await curlFails(scene, 67, curlUrl(scene, "file"));
    assertMatch(report, /< 5\d\d .*TLS required on the control channel/);
  },
);

tlsTest("curl", "curl trusts the authority and no other", async (scene) => {
  await Deno.writeTextFile(join(scene.served, "file"), "text");
  const url = curlUrl(scene, "file");
  const own = join(scene.keys, "selfSigned.pem");
  await curlFails(scene, 60, "--ssl-reqd", "--cacert", own, url);
  assertEquals(await curl(scene, "--ssl-reqd", url), "text");
  const implicit = curlUrl(scene, "file", WAYS[3]);
  await curlFails(scene, 60, "--cacert", own, implicit);
});

tlsTest("curl", "curl pins the public key", async (scene) => {
  await Deno.writeTextFile(join(scene.served, "file"), "text");
  const pinned = (name: string) => [
    ...["--insecure", "--ssl-reqd", "--pinnedpubkey"],
    ...[join(scene.keys, `${name}.pub`), curlUrl(scene, "file")],
  ];
  for (const name of ["server", "other"]) {
    const words = ["openssl", "x509", "-pubkey", "-noout"];
    words.push("-in", join(scene.keys, `${name}.pem`));
    const { stdout } = await run(words, { cwd: scene.local });
    await Deno.writeTextFile(join(scene.keys, `${name}.pub`), stdout);
  }
  assertEquals(await curl(scene, ...pinned("server")), "text");
  await curlFails(scene, 90, ...pinned("other"));
});

tlsTest(
  "curl",
  "curl shows a client certificate, and is refused without a good one",
  async (scene) => {
    await Deno.writeTextFile(join(scene.served, "file"), "text");
    const cert = (name: string) => [
      ...["--cert", join(scene.keys, `${name}.pem`)],
      ...["--key", join(scene.keys, `${name}.key`)],
    ];
    for (const way of WAYS) {
      const flags = [...curlFlags(way), curlUrl(scene, "file", way)];
      const text = await curl(scene, ...cert("client"), ...flags);
      assertEquals(text, "text", way.name);
      for (const bad of ["strangerClient", "expiredClient"]) {
        const ended = await tryCurl(scene, ...cert(bad), ...flags);
        assertEquals(ended.stdout, "", ended.report);
        assertMatch(`${ended.code}`, REFUSED, ended.report);
      }
      const none = await tryCurl(scene, ...flags);
      assertMatch(`${none.code}`, REFUSED, none.report);
    }
  },
  { ftpd: (keys) => ["--tls-client-ca", join(keys, "ca.pem")] },
);

tlsTest(
  "curl",
  "20 curls at the same time get their files over TLS",
  async (scene) => {
    await makeFile(join(scene.served, "file"), 1_000_000);
    const flags = ["--ssl-reqd"];
    const numbers = Array.from({ length: 20 }, (_, at) => `${at}`);
    await Promise.all(
      numbers.map((at) =>
        curl(scene, ...flags, "-o", at, curlUrl(scene, "file"))
      ),
    );
    await Promise.all(
      numbers.map((at) =>
        curl(scene, ...flags, "-T", at, curlUrl(scene, `up${at}`))
      ),
    );
    for (const at of numbers) {
      await assertSameFile(
        join(scene.served, `up${at}`),
        join(scene.served, "file"),
      );
    }
    assertStringIncludes(scene.ftpd.log, "tls=1.3");
  },
);
