import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { makeFile } from "./files.ts";
import { Python } from "./tls_python.ts";
import {
  gnutls,
  login,
  openssl,
  passivePort,
  reply,
  say,
  sClient,
} from "./tls_s_client.ts";
import { type TlsScene, tlsTest, VERSIONS, WAYS } from "./tls_scene.ts";

const FLAGS = { "1.2": "-tls1_2", "1.3": "-tls1_3" };

for (const way of VERSIONS) {
  const flag = FLAGS[way.version];
  tlsTest(
    "openssl",
    `s_client lists over a session that it saved, and only so: ${way.name}`,
    async (scene) => {
      await makeFile(join(scene.served, "file"));
      await using control = openssl(scene, flag, "-sess_out", "session");
      await login(control);
      await using data = sClient(scene, await passivePort(control), [
        ...[flag, "-sess_in", "session"],
      ]);
      await say(control, "NLST", 150);
      assertEquals((await data.ended()).rest, "file\r\n");
      await reply(control, 226);
      await using other = sClient(scene, await passivePort(control), [flag]);
      await control.write("NLST\r\n");
      await control.until(/^522 [^\n]*\n/m);
      assertEquals((await other.ended()).rest, "");
      await say(control, "NOOP", 200);
      await say(control, "QUIT", 221);
    },
    { ftpd: () => ["--tls-session-reuse", "require"] },
  );
}

tlsTest(
  "openssl",
  "s_client can't renegotiate in TLS 1.2, but change keys in TLS 1.3",
  async (scene) => {
    await using old = openssl(scene, "-tls1_2", "-no_ign_eof");
    await say(old, "USER anonymous", 331);
    await old.write("R\n");
    await old.complains(/no renegotiation|alert/);
    await using control = openssl(scene, "-tls1_3", "-no_ign_eof");
    for (let times = 1; times <= 3; times++) {
      await control.write("K\n");
      await control.complains(new RegExp(`(KEYUPDATE[^]*){${times}}`));
      await say(control, "USER anonymous", 331);
    }
  },
);

tlsTest(
  "openssl",
  "s_client gets the certificate of the name it asks for",
  async (scene) => {
    const names = [
      [["-servername", "localhost"], "localhost"],
      [["-servername", "other.example"], "other.example"],
      [["-servername", "nobody.example"], "localhost"],
      [["-noservername"], "localhost"],
    ] as const;
    for (const [args, wanted] of names) {
      for (const version of ["-tls1_2", "-tls1_3"]) {
        await using control = openssl(scene, version, ...args);
        await say(control, "QUIT", 221);
        const { report } = await control.ended();
        assertStringIncludes(report, `depth=0 CN = ${wanted}\n`);
      }
    }
  },
  {
    ftpd: (keys) => [
      ...["--tls-cert", join(keys, "other.pem")],
      ...["--tls-key", join(keys, "other.key")],
    ],
  },
);

tlsTest(
  "openssl",
  "s_client is refused versions and protocols that are not ours",
  async (scene) => {
    for (const old of ["-tls1", "-tls1_1"]) {
      await refused(scene, [old, "-cipher", "ALL@SECLEVEL=0"]);
    }
    for (const protocol of ["http/1.1", "h2", "smtp"]) {
      await refused(scene, ["-alpn", protocol]);
    }
    await using control = openssl(scene, "-alpn", "ftp");
    await say(control, "QUIT", 221);
  },
);

tlsTest(
  "openssl",
  "s_client is refused TLS 1.2 by --tls-min 1.3",
  async (scene) => {
    await refused(scene, ["-tls1_2"]);
    await using control = openssl(scene, "-tls1_3");
    await say(control, "QUIT", 221);
  },
  { ftpd: () => ["--tls-min", "1.3"] },
);

tlsTest(
  "python3",
  "ALPN chooses ftp, and a client that names none is served",
  async (scene) => {
    await using python = new Python(scene);
    const protocol = (alpn: string) =>
      python.do(`
ftp = secure(alpn=${alpn})
print(ftp.sock.selected_alpn_protocol())
ftp.quit()
`);
    assertEquals(await protocol("'ftp'"), "ftp");
    assertEquals(await protocol("None"), "None");
  },
);

for (const way of WAYS) {
  tlsTest(
    "openssl",
    `s_client shows a client certificate, or is refused: ${way.name}`,
    async (scene) => {
      const connect = (...args: string[]) => {
        const all = [FLAGS[way.version], ...args];
        return way.implicit
          ? sClient(scene, scene.implicitPort, all)
          : openssl(scene, ...all);
      };
      const cert = (name: string) => [
        ...["-cert", join(scene.keys, `${name}.pem`)],
        ...["-key", join(scene.keys, `${name}.key`)],
      ];
      await using good = connect(...cert("client"));
      if (way.implicit) await reply(good, 220);
      await say(good, "USER anonymous", 331);
      await say(good, "QUIT", 221);
      const bad = ["strangerClient", "expiredClient", "selfSigned"];
      for (const args of [[], ...bad.map(cert)]) {
        await using control = connect(...args);
        await control.write("USER anonymous\r\n").catch(() => {}); // Over.
        const { report, rest } = await control.ended();
        assertEquals(rest.includes("331"), false, report);
      }
    },
    { ftpd: (keys) => ["--tls-client-ca", join(keys, "ca.pem")] },
  );
}

for (const version of ["1.2", "1.3"]) {
  const priority = `--priority=NORMAL:-VERS-ALL:+VERS-TLS${version}`;
  tlsTest("gnutls-cli", `gnutls-cli logs in: TLS ${version}`, async (scene) => {
    const port = ["-p", `${scene.ftpd.ports[0]}`];
    await using control = gnutls(
      scene,
      ...["--starttls-proto=ftp", ...port, priority],
    );
    await control.until(/Simple Client Mode/);
    await login(control);
    await say(control, "PWD", 257);
    await say(control, "QUIT", 221);
    assertEquals((await control.ended()).code, 0);
  });

  tlsTest(
    "gnutls-cli",
    `gnutls-cli greets an implicit server: TLS ${version}`,
    async (scene) => {
      const port = ["-p", `${scene.implicitPort}`];
      await using control = gnutls(scene, ...port, "--alpn=ftp", priority);
      await control.until(/Application protocol: ftp/);
      await reply(control, 220);
      await login(control);
      await say(control, "QUIT", 221);
      assertEquals((await control.ended()).code, 0);
    },
  );
}

/** It hears why, or just that it is over. */
async function refused(scene: TlsScene, args: string[]): Promise<void> {
  await using control = openssl(scene, ...args);
  await control.complains(/alert|unexpected eof/);
  await control.ended();
}
