import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { makeFile } from "./files.ts";
import { withFtpd } from "./interop.ts";
import { curl, curlFlags, curlUrl, tryCurl } from "./tls_curl.ts";
import { lftp, tryLftp } from "./tls_lftp.ts";
import { python, secureCall } from "./tls_python.ts";
import { type TlsScene, tlsTest, tlsWords, WAYS } from "./tls_scene.ts";

/** Transfers in a row, each way. */
const TIMES = 50;
const REQUIRE = {
  ftpd: () => ["--write", "--tls-session-reuse", "require"],
};

// In TLS 1.2 curl wants no tickets, and the runtime knows no other way.
for (const way of WAYS.filter(({ version }) => version === "1.3")) {
  tlsTest(
    "curl",
    `curl makes ${TIMES} downloads and uploads that resume: ${way.name}`,
    async (scene) => {
      await makeFiles(scene);
      // SIZE makes this curl wait 200 ms each time, whatever the server.
      const flags = [...curlFlags(way), "--ignore-content-length"];
      const range = `[1-${TIMES}]`;
      const from = curlUrl(scene, `down${range}`, way);
      await curl(scene, ...flags, "-o", "down#1", from);
      const to = curlUrl(scene, "", way);
      await curl(scene, ...flags, "-T", `up${range}`, to);
      await assertMoved(scene, way.version);
    },
    REQUIRE,
  );
}

/** What somebody gets who is refused. */
const NOTHING = { stdout: "", failed: true };

for (const way of WAYS) {
  tlsTest(
    "lftp",
    `lftp makes ${TIMES} downloads and uploads that resume: ${way.name}`,
    async (scene) => {
      await makeFiles(scene);
      await lftp(scene, way, "mget down*; mput up*");
      await assertMoved(scene, way.version);
    },
    REQUIRE,
  );

  tlsTest(
    "python3",
    `ftplib makes ${TIMES} downloads and uploads that resume: ${way.name}`,
    async (scene) => {
      await makeFiles(scene);
      await python(
        scene,
        `
ftp = ${secureCall(way)}
for number in range(1, ${TIMES + 1}):
    with open('down%d' % number, 'wb') as file:
        ftp.retrbinary('RETR down%d' % number, file.write)
    assert ftp.reused
    with open('up%d' % number, 'rb') as file:
        ftp.storbinary('STOR up%d' % number, file)
    assert ftp.reused
assert len(ftp.nlst()) == ${2 * TIMES}
print(ftp.quit())
`,
      );
      await assertMoved(scene, way.version);
    },
    REQUIRE,
  );

  tlsTest(
    "python3",
    `ftplib without its session gets 522 and not a byte: ${way.name}`,
    async (scene) => {
      await makeFile(join(scene.served, "file"));
      const said = await python(
        scene,
        `
ftp = ${secureCall(way)}
got = []
ftp.ntransfercmd = lambda cmd, rest=None: ftplib.FTP_TLS.ntransfercmd(ftp, cmd, rest)
print(refused(ftp, ftplib.FTP.retrbinary, 'RETR file', got.append))
print(refused(ftp, ftplib.FTP.retrlines, 'LIST', got.append))
print(refused(ftp, store, 'new', b'x' * 100000))
print(refused(ftp, store, 'file', b'x' * 100000))
print(refused(ftp, ftplib.FTP.storbinary, 'APPE file', io.BytesIO(b'x' * 100000)))
assert got == [], got
del ftp.ntransfercmd
assert len(fetch(ftp, 'file')) == 20000
assert ftp.nlst() == ['file']
ftp.quit()
`,
      );
      for (const line of said.trim().split("\n")) assertMatch(line, / 522 /);
    },
    REQUIRE,
  );
}

tlsTest(
  "curl",
  "curl and lftp without their session get 522 and not a byte",
  async (scene) => {
    await makeFile(join(scene.served, "file"));
    await makeFile(join(scene.local, "in"));
    for (const way of WAYS) {
      const flags = [...curlFlags(way), "--no-sessionid"];
      const url = (name: string) => curlUrl(scene, name, way);
      const down = await tryCurl(scene, ...flags, url("file"));
      const up = await tryCurl(scene, ...flags, "-T", "in", url("curl"));
      // It goes away from a download that ends early, before it is told why.
      assertStringIncludes(up.report, "< 522 ");
      for (const { code, stdout, report } of [down, up]) {
        assertEquals({ stdout, failed: code !== 0 }, NOTHING, report);
      }
      for (const script of ["get file", "put in -o lftp", "ls"]) {
        const words = `set ftp:ssl-copy-sid no; ${script}`;
        const { code, report } = await tryLftp(scene, way, words);
        assertStringIncludes(report, "<--- 522 ");
        assertEquals(code, 1, report);
      }
    }
    const names = await Array.fromAsync(Deno.readDir(scene.served));
    assertEquals(names.map(({ name }) => name), ["file"]);
    assertEquals(scene.ftpd.log.match(/result=complete/), null);
  },
  REQUIRE,
);

tlsTest(
  "python3",
  "a data connection may not resume a session of another server",
  async (scene) => {
    await makeFile(join(scene.served, "file"));
    const words = [...tlsWords(scene.keys), scene.served];
    await withFtpd(words, async ({ ports }) => {
      const said = await python(
        scene,
        `
class Wrong(Reusing):
    def ntransfercmd(self, cmd, rest=None):
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        return self.context.wrap_socket(
            conn, server_hostname=HOST, session=other.sock.session), size

for version in '1.2', '1.3':
    ftp = secure(version, cls=Wrong)
    other = Reusing(context=ftp.context, timeout=20)
    other.connect(HOST, ${ports[0]})
    other.login()
    print(refused(ftp, fetch, 'file'))
    ftp.__class__ = Reusing
    assert len(fetch(ftp, 'file')) == 20000
    ftp.quit()
    other.quit()
`,
      );
      assertEquals(said.match(/ 522 /g)?.length, 2, said);
    });
  },
  REQUIRE,
);

for (const how of ["prefer", "off"]) {
  tlsTest(
    "python3",
    `--tls-session-reuse ${how} serves data with and without a session`,
    async (scene) => {
      await python(
        scene,
        `
for version in '1.2', '1.3':
    for cls in Reusing, ftplib.FTP_TLS:
        ftp = secure(version, cls=cls)
        store(ftp, 'file', b'text')
        assert fetch(ftp, 'file') == b'text'
        ftp.quit()
`,
      );
    },
    { ftpd: () => ["--write", "--tls-session-reuse", how] },
  );
}

async function makeFiles({ served, local }: TlsScene): Promise<void> {
  for (let number = 1; number <= TIMES; number++) {
    const size = number * 997;
    await makeFile(join(served, `down${number}`), size);
    await makeFile(join(local, `up${number}`), size);
  }
}

/** Everything arrived as it was, and the log says how. */
async function assertMoved(
  { served, local, ftpd }: TlsScene,
  version: string,
): Promise<void> {
  for (let number = 1; number <= TIMES; number++) {
    for (const name of [`down${number}`, `up${number}`]) {
      const [here, there] = await Promise.all([
        Deno.readFile(join(local, name)),
        Deno.readFile(join(served, name)),
      ]);
      assertEquals(here, there, name);
    }
  }
  const lines = ftpd.log.match(new RegExp(`^.* tls=${version}.*$`, "gm")) ?? [];
  assertEquals(lines.length >= 2 * TIMES, true, ftpd.log);
}
