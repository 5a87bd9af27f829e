import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createCertificate } from "../../lib/x509.ts";
import { certificateFingerprint } from "../../lib/net/tls/certificates.ts";
import { run, runWell } from "./program.ts";
import { libraryTest } from "./tls_library.ts";

libraryTest(
  "openssl",
  "openssl reads what createCertificate() makes",
  async (cwd) => {
    const text = ["openssl", "x509", "-noout", "-text", "-in"];
    const server = await runWell([...text, "server.pem"], { cwd });
    for (
      const words of [
        "Version: 3 (0x2)",
        "Issuer: CN = Wharf test authority",
        "Subject: CN = localhost",
        "ASN1 OID: prime256v1",
        "Signature Algorithm: ecdsa-with-SHA256",
        "CA:FALSE",
        "TLS Web Server Authentication",
        "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
      ]
    ) assertStringIncludes(server, words);
    assertMatch(server, /Basic Constraints: critical\s+CA:FALSE/);
    assertMatch(server, /Key Usage: critical\s+Digital Signature\s/);
    assertMatch(
      server,
      /Subject Key Identifier:\s+([\dA-F]{2}:){19}[\dA-F]{2}\s/,
    );
    const client = await runWell([...text, "client.pem"], { cwd });
    assertStringIncludes(client, "TLS Web Client Authentication");
    const ca = await runWell([...text, "ca.pem"], { cwd });
    assertMatch(ca, /Basic Constraints: critical\s+CA:TRUE/);
    assertMatch(ca, /Certificate Sign, CRL Sign/);
    assertEquals(keyId(server, "Authority"), keyId(ca, "Subject"));
  },
);

libraryTest(
  "openssl",
  "openssl checks what createCertificate() signs",
  async (cwd) => {
    const verify = ["openssl", "verify", "-x509_strict", "-CAfile", "ca.pem"];
    const cases: [string, string[], string][] = [
      ["server", ["-purpose", "sslserver"], "OK"],
      ["server", ["-verify_hostname", "localhost"], "OK"],
      ["server", ["-verify_ip", "::1"], "OK"],
      ["server", ["-verify_hostname", "elsewhere"], "hostname mismatch"],
      ["server", ["-purpose", "sslclient"], "unsuitable certificate purpose"],
      ["client", ["-purpose", "sslclient"], "OK"],
      ["client", ["-purpose", "sslserver"], "unsuitable certificate purpose"],
      ["expired", [], "certificate has expired"],
      ["notYet", [], "certificate is not yet valid"],
      ["strangerClient", [], "unable to get local issuer certificate"],
      ["selfSigned", [], "self-signed certificate"],
    ];
    for (const [name, options, words] of cases) {
      const command = [...verify, ...options, `${name}.pem`];
      const { stdout, stderr, report } = await run(command, { cwd });
      assertStringIncludes(stdout + stderr, words, report);
    }
    const trusting = [
      ...verify.slice(0, -1),
      "selfSigned.pem",
      "selfSigned.pem",
    ];
    assertStringIncludes(await runWell(trusting, { cwd }), "OK");
  },
);

libraryTest(
  "openssl",
  "openssl finds the keys and fingerprints that we do",
  async (cwd) => {
    await runWell(
      ["openssl", "pkey", "-check", "-noout", "-in", "server.key"],
      {
        cwd,
      },
    );
    const print = ["-noout", "-fingerprint", "-sha256", "-in", "server.pem"];
    const said = await runWell(["openssl", "x509", ...print], { cwd });
    const pem = await Deno.readTextFile(`${cwd}/server.pem`);
    assertEquals(
      said.trim().replace(/^.*=/, "").replaceAll(":", "").toLowerCase(),
      certificateFingerprint(pem),
    );
  },
);

libraryTest(
  "python3",
  "Python's ssl takes what createCertificate() makes for a hundred names",
  async (cwd) => {
    const names = Array.from({ length: 100 }, (_, i) => `host${i}.example`);
    const { cert, key } = await createCertificate({ names });
    await Deno.writeTextFile(`${cwd}/many.pem`, cert + key);
    const script = `
import ssl
own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
own.load_cert_chain("many.pem")
trust = ssl.create_default_context(cafile="many.pem")
pipes = [ssl.MemoryBIO() for _ in range(4)]
server = own.wrap_bio(pipes[0], pipes[1], server_side=True)
client = trust.wrap_bio(pipes[1], pipes[0], server_hostname="host99.example")
done = set()
while len(done) < 2:
    for side in (client, server):
        try:
            side.do_handshake()
            done.add(side)
        except ssl.SSLWantReadError:
            pass
print(len(client.getpeercert()["subjectAltName"]))
`;
    assertEquals(await runWell(["python3", "-c", script], { cwd }), "100\n");
  },
);

/** A key identifier in the text of a certificate. */
function keyId(text: string, whose: string): string {
  const found = text.match(
    new RegExp(`${whose} Key Identifier:\\s+(\\S+)`),
  );
  return found![1]!;
}
