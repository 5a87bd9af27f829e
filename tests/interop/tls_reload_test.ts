import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { makeSparse } from "./files.ts";
import { Python } from "./tls_python.ts";
import { type TlsScene, tlsTest } from "./tls_scene.ts";

const REQUIRE = { ftpd: () => ["--write", "--tls-session-reuse", "require"] };

for (const how of ["SIGHUP", "replaced files"]) {
  tlsTest(
    "python3",
    `a new certificate by ${how} leaves sessions and transfers alone`,
    async (scene) => {
      await makeSparse(join(scene.served, "big"), 50_000_000, "the end");
      await using python = new Python(scene);
      await python.do(`
sessions = [secure('1.2'), secure('1.3')]
for ftp in sessions: ftp.voidcmd('TYPE I')
halves = [ftp.transfercmd('RETR big') for ftp in sessions]
for data in halves: assert len(data.recv(1000)) > 0
store_side = secure('1.3')
store_side.voidcmd('TYPE I')
upload = store_side.transfercmd('STOR up')
upload.sendall(b'x' * 100000)
`);
      assertEquals(await shown(scene, python), await fingerprint(scene));
      await replace(scene, "next");
      if (how === "SIGHUP") scene.ftpd.kill("SIGHUP");
      await scene.ftpd.said("certificate");
      assertEquals(await shown(scene, python), await fingerprint(scene));
      await python.do(`
for ftp, data in zip(sessions, halves):
    count = 0
    while block := data.recv(1 << 16): count += len(block)
    data.unwrap()
    data.close()
    assert ftp.voidresp().startswith('226')
    assert 49_000_000 < count < 50_000_000, count
    store(ftp, 'after', b'text')
    assert ftp.reused and fetch(ftp, 'after') == b'text'
    ftp.quit()
upload.sendall(b'x' * 100000)
upload.unwrap()
upload.close()
assert store_side.voidresp().startswith('226')
store_side.quit()
`);
      const { size } = await Deno.stat(join(scene.served, "up"));
      assertEquals(size, 200_000);
    },
    REQUIRE,
  );
}

tlsTest(
  "python3",
  "a new certificate leaves sessions alone that showed a client's certificate",
  async (scene) => {
    await using python = new Python(scene);
    await python.do(`
sessions = [secure(version, cert='client') for version in ('1.2', '1.3')]
for ftp in sessions: store(ftp, 'before', b'text')
`);
    await replace(scene, "next");
    scene.ftpd.kill("SIGHUP");
    await scene.ftpd.said("certificates");
    await python.do(`
for ftp in sessions:
    assert fetch(ftp, 'before') == b'text'
    assert ftp.reused
    ftp.quit()
`);
  },
  { ftpd: (keys) => [...REQUIRE.ftpd(), "--tls-client-ca", `${keys}/ca.pem`] },
);

tlsTest(
  "python3",
  "a bad certificate changes nothing, and the log says why",
  async (scene) => {
    await using python = new Python(scene);
    const before = await shown(scene, python);
    await Deno.writeTextFile(join(scene.keys, "server.pem"), "nonsense");
    scene.ftpd.kill("SIGHUP");
    await scene.ftpd.said("server.pem");
    assertEquals(await shown(scene, python), before);
    await Deno.copyFile(
      join(scene.keys, "other.key"),
      join(scene.keys, "server.key"),
    );
    await Deno.copyFile(
      join(scene.keys, "next.pem"),
      join(scene.keys, "server.pem"),
    );
    scene.ftpd.kill("SIGHUP");
    await scene.ftpd.said("server.key");
    assertEquals(await shown(scene, python), before);
    await replace(scene, "next");
    scene.ftpd.kill("SIGHUP");
    const wanted = await fingerprint(scene);
    assertNotEquals(wanted, before);
    // The log tells of bad ones before; only a handshake tells of this one.
    for (let times = 0; times < 400; times++) {
      if (await shown(scene, python) === wanted) return;
    }
    throw new Error(`the new certificate never came: ${scene.ftpd.log}`);
  },
);

/** Another certificate under the names of the first, the key first. */
async function replace({ keys }: TlsScene, name: string): Promise<void> {
  for (const kind of ["key", "pem"]) {
    const fresh = join(keys, `fresh.${kind}`);
    await Deno.copyFile(join(keys, `${name}.${kind}`), fresh);
    await Deno.rename(fresh, join(keys, `server.${kind}`));
  }
}

/** SHA-256 of the certificate that a new connection is shown. */
function shown(_scene: TlsScene, python: Python): Promise<string> {
  return python.do(`
ftp = secure()
print(hashlib.sha256(ftp.sock.getpeercert(True)).hexdigest())
ftp.quit()
`);
}

/** SHA-256 of the certificate that is in the file. */
async function fingerprint({ keys }: TlsScene): Promise<string> {
  const pem = await Deno.readTextFile(join(keys, "server.pem"));
  const base64 = pem.replaceAll(/-----.*-----|\s/g, "");
  const digest = await crypto.subtle.digest(
    "SHA-256",
    Uint8Array.fromBase64(base64),
  );
  return new Uint8Array(digest).toHex();
}
