import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type CertificateAndKey, createCertificate } from "../../lib/x509.ts";
import { testCertificates } from "../tls_certificates.ts";
import { type Ftpd, soon, startFtpd } from "./helpers.ts";
import {
  ANY,
  pinOf,
  portOf,
  SecureControl,
  type TlsFolders,
  tlsFolders,
  tlsTest,
} from "./tls_tool.ts";

function another(): Promise<CertificateAndKey> {
  return createCertificate({ names: ["localhost", "127.0.0.1"] });
}

/** Which certificate a new connection is shown. */
async function shownBy(ftpd: Ftpd): Promise<string> {
  using control = await SecureControl.implicit(portOf(ftpd.ready, "ftps"));
  return control.pin;
}

/** Waits until every one of many connections is shown this certificate. */
async function shownByAll(ftpd: Ftpd, pin: string): Promise<void> {
  const all = async () => {
    for (let right = 0; right < 12;) {
      right = await shownBy(ftpd) === pin ? right + 1 : 0;
    }
  };
  await soon(all(), `the certificate ${pin} everywhere`);
}

tlsTest(
  "ftpd takes a new certificate on SIGHUP, in every worker, and sessions go on",
  async () => {
    const { server } = await testCertificates();
    await using folders = await tlsFolders({ server });
    const words = [...ANY, ...folders.words("server"), "--tls-rate", "1000"];
    const args = [...words, "--workers", "2", folders.pub];
    await using ftpd = await startFtpd(args);
    using old = await SecureControl.implicit(portOf(ftpd.ready, "ftps"));
    await old.say("USER anonymous", 331);
    const next = await another();
    await folders.put("server", next);
    ftpd.kill("SIGHUP");
    const pin = await pinOf(next);
    await ftpd.said(pin);
    await shownByAll(ftpd, pin);
    assertEquals(old.pin, await pinOf(server));
    await old.say("PASS x", 230);
    await old.say("CWD /", 250);
    const lines = ftpd.log.split("\n")
      .filter((line) => line.includes("certificate"));
    assertEquals(lines.length, 1, ftpd.log);
    assertMatch(
      lines[0]!,
      /^\S+Z certificates fingerprint=\S+ names=localhost,127.0.0.1 until=20\S+$/,
    );
  },
);

tlsTest(
  "ftpd follows links to a renewed certificate, as certbot makes them",
  async () => {
    const { server } = await testCertificates();
    await using folders = await tlsFolders({ server });
    const live = await certbotFolder(folders);
    const args = [
      ...["--tls-cert", `${live}/fullchain.pem`],
      ...["--tls-key", `${live}/privkey.pem`],
    ];
    await using ftpd = await startFtpd([...ANY, ...args, folders.pub]);
    assertEquals(await shownBy(ftpd), await pinOf(server));
    const next = await another();
    await certbotRenews(live, 2, next);
    const pin = await pinOf(next);
    // Nobody tells the server; it looks by itself, with its own few permissions.
    await ftpd.said(pin);
    await shownByAll(ftpd, pin);
  },
);

tlsTest(
  "ftpd follows a whole folder of certificates that is replaced by a link",
  async () => {
    const { server, selfSigned } = await testCertificates();
    await using folders = await tlsFolders({ server });
    const { base, tls } = folders;
    await Deno.rename(tls, `${base}/first`);
    await Deno.symlink("first", tls);
    const args = [...ANY, ...folders.words("server"), folders.pub];
    await using ftpd = await startFtpd(args);
    await Deno.mkdir(`${base}/second`);
    await Deno.symlink("second", `${base}/new`);
    await Deno.rename(`${base}/new`, tls);
    await folders.put("server", selfSigned);
    ftpd.kill("SIGHUP");
    const pin = await pinOf(selfSigned);
    await ftpd.said(pin);
    await shownByAll(ftpd, pin);
  },
);

tlsTest(
  "ftpd stays with its certificate when the new one is bad, and says why once",
  async () => {
    const { server, selfSigned } = await testCertificates();
    await using folders = await tlsFolders({ server });
    const words = [...ANY, ...folders.words("server"), "--log", "json"];
    await using ftpd = await startFtpd([...words, folders.pub]);
    const file = `${folders.tls}/server.pem`;
    await Deno.writeTextFile(file, selfSigned.cert);
    await ftpd.said("certificates-refused");
    const [line] = ftpd.log.trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals([line.level, line.event], ["warn", "certificates-refused"]);
    assertStringIncludes(line.reason, `cannot use ${file} with ${folders.tls}`);
    assertStringIncludes(line.reason, "the certificates stay as they were");
    assertEquals(await shownBy(ftpd), await pinOf(server));
  },
);

tlsTest("ftpd takes other authorities of clients on SIGHUP, too", async () => {
  const { server, ca, client } = await testCertificates();
  const stranger = await createCertificate({ names: ["x"], authority: true });
  await using folders = await tlsFolders({ server, ca: stranger });
  const ask = ["--tls-client-ca", `${folders.tls}/ca.pem`];
  const words = [...ANY, ...folders.words("server"), ...ask, folders.pub];
  await using ftpd = await startFtpd(words);
  const port = portOf(ftpd.ready, "ftps");
  const trust = { insecure: true, certificate: client };
  const tryIt = () => SecureControl.implicit(port, "localhost", trust);
  assertEquals(await tryIt().then(() => "in", () => "out"), "out");
  await folders.put("ca", ca);
  ftpd.kill("SIGHUP");
  await ftpd.said("certificates fingerprint");
  const inside = async () => {
    for (;;) {
      using control = await tryIt().catch(() => null);
      if (control !== null) return;
    }
  };
  await soon(inside(), "a client's way in");
});

/** `live/` links to `archive/`, as certbot has it. */
async function certbotFolder(folders: TlsFolders): Promise<string> {
  const { server } = await testCertificates();
  const live = `${folders.tls}/live/ftp.example`;
  await Deno.mkdir(live, { recursive: true });
  await Deno.mkdir(`${folders.tls}/archive/ftp.example`, { recursive: true });
  await certbotRenews(live, 1, server);
  return live;
}

async function certbotRenews(
  live: string,
  round: number,
  { cert, key }: CertificateAndKey,
): Promise<void> {
  const archive = live.replace("/live/", "/archive/");
  for (const [name, text] of [["fullchain", cert], ["privkey", key]] as const) {
    await Deno.writeTextFile(`${archive}/${name}${round}.pem`, text);
    const link = `../../archive/ftp.example/${name}${round}.pem`;
    await Deno.symlink(link, `${live}/${name}.new`);
    await Deno.rename(`${live}/${name}.new`, `${live}/${name}.pem`);
  }
}
