import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Python } from "./tls_python.ts";
import { passivePort, reply, say, sClient } from "./tls_s_client.ts";
import { type TlsScene, tlsTest } from "./tls_scene.ts";

const ACCOUNTS = ["--user", "alice:secret:rw", "--user", "bob:secret:rw"];
const LISTED = /^ (AUTH|PBSZ|PROT|CCC)\b.*$/gm;

tlsTest("sh", "--tls off knows no TLS verb", async ({ ftpd }) => {
  using control = await ftpd.connect();
  for (const verb of ["AUTH TLS", "PBSZ 0", "PROT P", "CCC"]) {
    await control.say(verb, 502);
  }
  assertEquals((await control.say("FEAT", 211)).match(LISTED), null);
  await control.login();
}, { ftpd: () => ["--tls", "off"], certificate: false });

tlsTest(
  "sh",
  "--tls optional serves clients without TLS, and says what it can",
  async ({ ftpd }) => {
    using control = await ftpd.connect();
    const features = await control.say("FEAT", 211);
    const listed = features.match(LISTED)?.map((line) => line.trim());
    assertEquals(listed?.toSorted(), [
      "AUTH SSL",
      "AUTH TLS",
      "CCC",
      "PBSZ",
      "PROT",
    ]);
    await control.say("PBSZ 0", 503);
    await control.say("PROT P", 503);
    await control.say("AUTH KERBEROS_V4", 504);
    await control.login();
    await control.say("CCC", 533);
    assertEquals(await control.fetch("NLST"), "");
  },
  { ftpd: () => ["--tls", "optional"] },
);

tlsTest(
  "sh",
  "--tls required lets nobody in without TLS",
  async ({ ftpd }) => {
    using control = await ftpd.connect();
    const reply = await control.say("USER anonymous", 550);
    assertStringIncludes(reply, "TLS required on the control channel");
    for (const line of ["PASS x", "LIST", "EPSV", "RETR file", "PWD"]) {
      assertMatch(await control.say(line), /^5(30|50|03) /);
    }
    await control.say("FEAT", 211);
    await control.say("AUTH TLS", 234);
  },
);

tlsTest(
  "openssl",
  "an implicit server protects data from the start",
  async (scene) => {
    await using control = sClient(scene, scene.implicitPort, []);
    await reply(control, 220);
    await say(control, "USER anonymous", 331);
    await say(control, "PASS x", 230);
    await say(control, "AUTH TLS", 503);
    await using data = sClient(scene, await passivePort(control), []);
    await say(control, "LIST", 150);
    assertEquals((await data.ended()).rest, "");
    await reply(control, 226);
    await say(control, "PROT C", 534);
    await say(control, "CCC", 534);
  },
);

tlsTest(
  "python3",
  "--tls-user says who must use TLS, others may choose",
  async (scene) => {
    await asksTls(scene, { alice: true, bob: false });
  },
  {
    ftpd: () => [
      ...ACCOUNTS,
      ...["--tls", "optional", "--tls-user", "alice=required"],
    ],
  },
);

tlsTest(
  "python3",
  "--tls-user says who may do without TLS, others may not",
  async (scene) => {
    await asksTls(scene, { alice: true, bob: false });
  },
  { ftpd: () => [...ACCOUNTS, "--tls-user", "bob=optional"] },
);

/** Who must use TLS for what they say and for what they send. */
async function asksTls(
  scene: TlsScene,
  users: Readonly<Record<string, boolean>>,
): Promise<void> {
  await using python = new Python(scene);
  for (const [user, isAsked] of Object.entries(users)) {
    const plain = await python.do(`
ftp = ftplib.FTP(timeout=20)
ftp.connect(HOST, PORT)
try:
    ftp.login('${user}', 'secret')
    store(ftp, 'plain', b'text')
    print('served')
except ftplib.error_perm as error:
    print(error)
ftp.close()
`);
    const clear = await python.do(`
ftp = secure('1.3', user='${user}', password='secret', protect=False)
try:
    store(ftp, 'clear', b'text')
    print('served')
except ftplib.error_perm as error:
    print(error)
ftp.prot_p()
store(ftp, 'protected', b'text')
assert fetch(ftp, 'protected') == b'text'
ftp.quit()
`);
    assertMatch(plain, isAsked ? /^5[35]0 .*TLS required/ : /^served$/, user);
    assertMatch(clear, isAsked ? /^550 .*TLS required/ : /^served$/, user);
  }
}
