import { assert, assertEquals, assertRejects } from "@std/assert";
import { noTls } from "../../lib/net/tls/ability.ts";
import { TlsError } from "../../lib/net/tls/stream.ts";
import { createCertificate } from "../../lib/x509.ts";
import {
  certificateWarnings,
  pairOf,
} from "../../server/ftp/tls/certificates.ts";
import { examine } from "../../server/ftp/tls/examine.ts";
import { testCertificates } from "../tls_certificates.ts";
import { ED448, SECP256K1, STRANGE } from "./ftp_tls_unusable.ts";

const MIN = { minVersion: "TLSv1.2", clientCa: null } as const;

function tlsTest(name: string, fn: () => Promise<void>): void {
  const lack = noTls();
  const shown = lack === null ? name : `${name} (skipped: ${lack})`;
  Deno.test({ name: shown, ignore: lack !== null, fn });
}

tlsTest(
  "examine() tells names, term and fingerprint of a certificate",
  async () => {
    const until = new Date("2031-02-03T04:05:06Z");
    const from = new Date("2020-02-03T04:05:06Z");
    const names = ["ftp.example", "*.ftp.example", "192.0.2.1", "2001:db8::1"];
    const made = await createCertificate({ names, from, until });
    const facts = await examine(made, MIN);
    assertEquals(facts.names, names);
    assertEquals([facts.from, facts.until], [from.getTime(), until.getTime()]);
    const { cert } = pairOf(made.cert, made.key);
    const bytes = Uint8Array.fromBase64(
      cert.replaceAll(/-----.*-----|\s/g, ""),
    );
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    assertEquals(facts.fingerprint, digest.toHex());
  },
);

tlsTest(
  "examine() tells the subject where there are no other names",
  async () => {
    const made = await createCertificate({
      names: [],
      commonName: "an old one",
    });
    assertEquals((await examine(made, MIN)).names, ["CN=an old one"]);
  },
);

tlsTest(
  "examine() takes expired certificates, for others to warn of",
  async () => {
    const { expired } = await testCertificates();
    const facts = { cert: "a", key: "a", ...await examine(expired, MIN) };
    const material = { certificates: [expired], clientCa: null };
    const certificates = { material, facts: [facts], openKeys: [] };
    const [warning] = certificateWarnings(certificates, Date.now());
    assert(warning?.startsWith("the certificate in a expired on 20"));
  },
);

tlsTest("examine() refuses what no worker could use", async () => {
  const { server, client, ca } = await testCertificates();
  const refuse = (cert: string, key: string, clientCa: string | null = null) =>
    assertRejects(() => examine({ cert, key }, { ...MIN, clientCa }), TlsError);
  await refuse(server.cert, client.key);
  await refuse(server.cert, "no key");
  await refuse(server.key, server.key);
  await refuse(server.cert.replace(/\n./, "\n"), server.key);
  await refuse(server.cert, server.key, "no authority");
  await examine(server, { ...MIN, clientCa: ca.cert });
});

for (const [name, pair] of Object.entries({ ED448, SECP256K1, STRANGE })) {
  tlsTest(
    `examine() refuses what fails in every handshake: ${name}`,
    async () => {
      const { message } = await assertRejects(
        () => examine(pair, MIN),
        TlsError,
      );
      assert(message.startsWith("this runtime can't answer clients with it: "));
    },
  );
}

tlsTest("examine() refuses a chain that clients would not take", async () => {
  const { server: { cert, key } } = await testCertificates();
  const long = { cert: cert.repeat(200), key };
  const { message } = await assertRejects(() => examine(long, MIN), TlsError);
  assert(message.startsWith("a chain of 200 certificates is too long"));
  await examine({ cert: cert.repeat(20), key }, MIN);
});
