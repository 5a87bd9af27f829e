/**
 * Whom our client trusts of foreign servers, and what it shows them.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FtpClient } from "../../client/ftp/client.ts";
import { NetworkError } from "../../client/ftp/errors.ts";
import type { TrustOptions } from "../../lib/net/tls/stream.ts";
import { bytesOf, textOf } from "../core/byte_cases.ts";
import { testCertificates } from "../tls_certificates.ts";
import { fingerprintOf, tlsOptions, withTlsClient } from "./tls_client.ts";
import { tlsServerTest, VERSIONS } from "./tls_scene.ts";

const all = await testCertificates();

/** There and back, a few times. */
async function works(client: FtpClient): Promise<void> {
  for (let time = 0; time < 3; time++) {
    await client.upload(bytesOf(`text ${time}`), "file");
    assertEquals(textOf(await client.downloadBytes("file")), `text ${time}`);
  }
}

/** What the client says when it does not connect. */
async function refusal(port: number, trust: TrustOptions): Promise<string> {
  const connecting = () => FtpClient.connect(tlsOptions(port, { trust }));
  const error = await assertRejects(connecting, NetworkError);
  assertEquals(error.kind, "tls");
  return error.message;
}

tlsServerTest("FtpClient: a pinned certificate", async ({ port }) => {
  const pin = await fingerprintOf(all.selfSigned.cert);
  await withTlsClient(port, { trust: { pins: [pin] } }, works);
  const other = await fingerprintOf(all.server.cert);
  const said = await refusal(port, { pins: [other] });
  assertMatch(said, /^No TLS with localhost:\d+: .*pin/);
}, { setting: { identity: all.selfSigned } });

tlsServerTest(
  "FtpClient: certificates that are not trusted",
  async ({ port }) => {
    const said = await refusal(port, {});
    assertMatch(said, /signed by nobody whom this machine trusts/);
  },
);

for (
  const [what, identity, words] of [
    ["expired", all.expired, /expired on \d{4}-\d\d-\d\d/],
    ["not yet valid", all.notYet, /from \d{4}-\d\d-\d\d on/],
    ["for another name", all.wrongName, /wrong\.example.*not for localhost/],
    ["signed by themselves", all.selfSigned, /signed by itself/],
  ] as const
) {
  tlsServerTest(`FtpClient: certificates ${what}`, async ({ port }) => {
    assertMatch(await refusal(port, { ca: all.ca.cert }), words);
    await withTlsClient(port, { trust: { insecure: true } }, works);
  }, { setting: { identity }, only: "vsftpd" });
}

/** These take data connections with a session of their own. */
const lenient = true;

for (const version of VERSIONS) {
  const versions = { minVersion: version, maxVersion: version };

  tlsServerTest(
    `FtpClient: a file of authorities, ${version}`,
    ({ port }) => {
      const trust = { ca: all.ca.cert, ...versions };
      return withTlsClient(port, { trust }, works);
    },
    { setting: { lenient } },
  );

  tlsServerTest(
    `FtpClient: a certificate for the server, ${version}`,
    async ({ port }) => {
      const shown = { insecure: true, certificate: all.client, ...versions };
      await withTlsClient(port, { trust: shown }, works);
      const stranger = { ...shown, certificate: all.strangerClient };
      for (const trust of [stranger, { insecure: true, ...versions }]) {
        const login = withTlsClient(port, { trust }, works);
        const error = await assertRejects(() => login, NetworkError);
        assertMatch(error.message, /localhost:\d+/);
      }
    },
    { setting: { lenient, clientCa: all.ca.cert } },
  );
}

tlsServerTest(
  "FtpClient: says why a file of authorities is not enough",
  async ({ port }) => {
    const trust = { ca: all.ca.cert };
    const using = withTlsClient(port, { trust }, works);
    const { message } = await assertRejects(() => using, NetworkError);
    assertMatch(message, /must resume the TLS session/);
    const pin = await fingerprintOf(all.server.cert);
    assertMatch(message, new RegExp(`sha256:${pin}.*NODE_EXTRA_CA_CERTS`));
    await withTlsClient(port, { trust: { pins: [pin] } }, works);
  },
  {
    except: {
      "Pure-FTPd": "it demands no resumed session",
      "pyftpdlib": "it demands no resumed session",
    },
  },
);
