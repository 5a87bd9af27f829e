import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { NetworkError } from "../../client/ftp/errors.ts";
import { certificateFingerprint } from "../../lib/net/tls/certificates.ts";
import type { TrustOptions } from "../../lib/net/tls/stream.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import {
  type TestCertificates,
  testCertificates,
} from "../tls_certificates.ts";
import {
  type TlsServerOptions,
  tlsTest,
  withTlsServer,
} from "./tls_loopback.ts";

type Shown = Exclude<keyof TestCertificates, "ca">;

/** Connects with just this trust, logs in and reads a file. */
async function visit(
  trust: TrustOptions,
  server: TlsServerOptions,
): Promise<void> {
  const fs = memoryFileSystem({ "/a": "hello" });
  await withTlsServer(fs, async ({ options: { tls: _, ...place } }) => {
    const tls = { mode: "explicit" as const, trust };
    const options = { ...place, tls, retries: 3, retryDelay: 60_000 };
    await using client = await FtpClient.connect(options);
    await client.login();
    assertEquals((await client.downloadBytes("/a")).length, 5);
  }, server);
}

/** The line that says why nothing was said to the server. */
async function distrust(
  trust: TrustOptions,
  server: TlsServerOptions,
): Promise<string> {
  const error = await assertRejects(() => visit(trust, server), NetworkError);
  assertEquals([error.kind, error.transient], ["tls", false]);
  assertEquals(error.message.split("\n").length, 1);
  return error.message;
}

const WRONG: readonly [Shown, isGiven: boolean, why: RegExp][] = [
  ["expired", true, /certificate expired on \d{4}-\d\d-\d\d;/],
  ["notYet", true, /certificate counts from \d{4}-\d\d-\d\d on only;/],
  [
    "wrongName",
    true,
    /certificate is for .*wrong\.example.*, not for localhost;/,
  ],
  ["server", false, /signed by nobody whom this machine trusts;/],
  ["selfSigned", false, /(signed by itself|nobody whom this machine trusts);/],
];

for (const [shown, isGiven, why] of WRONG) {
  tlsTest(
    `FtpClient.connect() says what is wrong with a certificate: ${shown}`,
    async () => {
      const { ca, [shown]: identity } = await testCertificates();
      const speaks = { certificates: [identity] };
      const message = await distrust(isGiven ? { ca: ca.cert } : {}, {
        speaks,
      });
      assert(why.test(message), message);
      const pin = `pin it: sha256:${certificateFingerprint(identity.cert)}`;
      assertStringIncludes(message, pin);
    },
  );
}

for (const shown of ["expired", "notYet", "wrongName", "selfSigned"] as const) {
  tlsTest(
    `FtpClient trusts what is pinned, and resumes its sessions: ${shown}`,
    async () => {
      const { [shown]: identity } = await testCertificates();
      const pins = [certificateFingerprint(identity.cert)];
      await visit({ pins }, { speaks: { certificates: [identity] } });
      await visit({ insecure: true }, { speaks: { certificates: [identity] } });
    },
  );
}

tlsTest("FtpClient.connect() trusts nothing but what is pinned", async () => {
  const { ca, server, selfSigned } = await testCertificates();
  const speaks = { certificates: [server] };
  const pins = [certificateFingerprint(selfSigned.cert)];
  const message = await distrust({ pins, ca: ca.cert }, { speaks });
  const shown = certificateFingerprint(server.cert);
  assertStringIncludes(message, `it shows sha256:${shown}: ask the server's`);
});

tlsTest("FtpClient.connect() fails where no version is in common", async () => {
  const { selfSigned } = await testCertificates();
  const speaks = { certificates: [selfSigned], minVersion: "TLSv1.3" as const };
  const trust = { insecure: true, maxVersion: "TLSv1.2" as const };
  assertStringIncludes(await distrust(trust, { speaks }), "version");
});

tlsTest(
  "FtpClient shows a certificate to a server that asks for one",
  async () => {
    const { ca, server, client: certificate } = await testCertificates();
    const speaks = { certificates: [server], clientCa: ca.cert };
    const tls = { sessionReuse: "off" as const };
    await visit({ ca: ca.cert, certificate }, { speaks, tls });
  },
);

for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
  tlsTest(
    `FtpClient says that the server wants a certificate of ours, ${maxVersion}`,
    async () => {
      const { ca, server } = await testCertificates();
      const speaks = { certificates: [server], clientCa: ca.cert };
      const message = await distrust({ ca: ca.cert, maxVersion }, { speaks });
      assertStringIncludes(message, "demands a certificate of ours");
    },
  );
}

tlsTest("FtpClient.connect() says that the key is of no use", async () => {
  const { client: { cert }, server: { key } } = await testCertificates();
  const trust = { insecure: true, certificate: { cert, key } };
  const message = await distrust(trust, {});
  assertStringIncludes(message, "the key does not belong to the certificate");
});
