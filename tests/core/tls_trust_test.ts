import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { clientTls } from "../../lib/net/tls/client.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import {
  type ClientTls,
  type ServerCertificate,
  TlsError,
  type TlsStream,
  type TrustOptions,
} from "../../lib/net/tls/stream.ts";
import { certificateFingerprint } from "../../lib/net/tls/certificates.ts";
import { daysFromNow, testCertificates } from "../tls_certificates.ts";
import {
  calm,
  connection,
  type End,
  PATIENT,
  soon,
  tlsTest,
  VERSIONS,
} from "./tls_harness.ts";

/** A control connection to a server with this certificate. */
async function control(
  tls: ClientTls,
  certificate: ServerCertificate,
): Promise<TlsStream> {
  return await meet((stream) => tls.control(stream, PATIENT), certificate);
}

async function meet(
  connect: (stream: End) => Promise<TlsStream>,
  certificate: ServerCertificate,
): Promise<TlsStream> {
  const [ours, theirs] = connection();
  const server = serverTls({ certificates: [certificate] })
    .secure(theirs, PATIENT);
  const closing = server.then((stream) => stream.close(), () => {});
  try {
    return await soon(connect(ours), "the handshake");
  } catch (error) {
    assert(ours.isClosed);
    throw error;
  } finally {
    await soon(closing, "the server's handshake");
  }
}

/** What a client says of a server; `null` when it trusts it. */
async function verdict(
  trust: TrustOptions,
  certificate: ServerCertificate,
  host = "localhost",
): Promise<TlsError | null> {
  const tls = clientTls(host, trust);
  try {
    (await control(tls, certificate)).close();
    return null;
  } catch (error) {
    assert(error instanceof TlsError, `${error}`);
    assertEquals(error.problem, "certificate");
    assertEquals(
      error.peer?.fingerprint,
      certificateFingerprint(certificate.cert),
    );
    return error;
  } finally {
    tls.close();
  }
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

tlsTest(
  "clientTls() trusts whom its authorities vouch for, and nobody else",
  async () => {
    const { ca, server, selfSigned, strangerClient } = await testCertificates();
    const trust = { ca: ca.cert };
    assertEquals(await verdict(trust, server), null);
    assertEquals(await verdict(trust, server, "LOCALHOST."), null);
    assertEquals(
      (await verdict(trust, selfSigned))?.message,
      "the server's certificate is signed by itself",
    );
    assertEquals(
      (await verdict(trust, strangerClient))?.message,
      "the server's certificate is signed by nobody whom this machine trusts",
    );
    assertEquals(
      (await verdict({}, server))?.message,
      "the server's certificate is signed by nobody whom this machine trusts",
    );
  },
);

tlsTest(
  "clientTls() trusts a certificate that signs itself when it is told to",
  async () => {
    const { selfSigned } = await testCertificates();
    assertEquals(await verdict({ ca: selfSigned.cert }, selfSigned), null);
  },
);

tlsTest("clientTls() looks at the dates of a certificate", async () => {
  const { ca, expired, notYet } = await testCertificates();
  const trust = { ca: ca.cert };
  const late = await verdict(trust, expired);
  assertEquals(
    [late?.code, late?.message],
    [
      "CERT_HAS_EXPIRED",
      `the server's certificate expired on ${dayOf(daysFromNow(-1))}`,
    ],
  );
  const early = await verdict(trust, notYet);
  assertEquals(
    [early?.code, early?.message],
    [
      "CERT_NOT_YET_VALID",
      `the server's certificate counts from ${dayOf(daysFromNow(1))} on only`,
    ],
  );
});

tlsTest("clientTls() looks at the names of a certificate", async () => {
  const { ca, server, wrongName } = await testCertificates();
  const trust = { ca: ca.cert };
  const wrong = await verdict(trust, wrongName);
  assertEquals(
    [wrong?.code, wrong?.message],
    [
      "ERR_TLS_CERT_ALTNAME_INVALID",
      "the server's certificate is for DNS:wrong.example, not for localhost",
    ],
  );
  for (const host of ["127.0.0.1", "::1", "0:0:0:0:0:0:0:1"]) {
    assertEquals(await verdict(trust, server, host), null);
  }
  for (const host of ["127.0.0.2", "::2", "localhost.example", "local"]) {
    assertEquals(
      (await verdict(trust, server, host))?.code,
      "ERR_TLS_CERT_ALTNAME_INVALID",
      host,
    );
  }
});

tlsTest("clientTls() trusts anybody when it is told to", async () => {
  const { selfSigned, expired, wrongName, strangerClient } =
    await testCertificates();
  for (const one of [selfSigned, expired, wrongName, strangerClient]) {
    assertEquals(await verdict({ insecure: true }, one), null);
  }
});

tlsTest("clientTls() trusts just the pinned certificate or key", async () => {
  const { server, selfSigned, expired, wrongName } = await testCertificates();
  for (const one of [server, selfSigned, expired, wrongName]) {
    const certificatePin = certificateFingerprint(one.cert);
    const keyPin = await keyFingerprint(one);
    for (const pins of [[certificatePin], [keyPin], ["0".repeat(64), keyPin]]) {
      assertEquals(await verdict({ pins }, one), null);
      const other = await verdict({ pins }, one === server ? expired : server);
      assertEquals(
        other?.message,
        "the server's certificate is not the pinned one",
      );
    }
  }
  assert(await verdict({ pins: [] }, server));
});

async function keyFingerprint({ cert }: ServerCertificate): Promise<string> {
  let shown = "";
  const tls = clientTls("localhost", { insecure: true });
  const stream = await control(tls, { cert, key: await keyOf(cert) });
  shown = stream.facts.peer!.keyFingerprint;
  stream.close();
  tls.close();
  return shown;
}

async function keyOf(cert: string): Promise<string> {
  const all = Object.values(await testCertificates());
  return all.find((one) => one.cert === cert)!.key;
}

for (const maxVersion of VERSIONS) {
  tlsTest(
    `data() refuses a server with another certificate, ${maxVersion}`,
    async () => {
      const { ca, server, selfSigned } = await testCertificates();
      // No session is resumed then, which all servers of this thread would do.
      const trust = { ca: ca.cert + selfSigned.cert, maxVersion };
      const tls = clientTls("localhost", trust);
      const stream = await control(tls, server);
      const error = await assertRejects(
        () => meet((end) => tls.data(end, PATIENT), selfSigned),
        TlsError,
      );
      assertEquals(
        error.message,
        "the data connection shows another certificate than the control connection",
      );
      (await meet((end) => tls.data(end, PATIENT), server)).close();
      stream.close();
      tls.close();
    },
  );
}

tlsTest(
  "data() refuses everybody before there was a control connection",
  async () => {
    const { server } = await testCertificates();
    const tls = clientTls("localhost", { insecure: true });
    await assertRejects(
      () => meet((end) => tls.data(end, PATIENT), server),
      TlsError,
    );
    tls.close();
  },
);

tlsTest("clientTls() refuses what it can't use", async () => {
  const { server, selfSigned } = await testCertificates();
  const bad: [TrustOptions, string][] = [
    [{ ca: "" }, "the file of authorities has no certificate (PEM)"],
    [
      { certificate: { cert: server.cert, key: selfSigned.key } },
      "the key does not belong to the certificate",
    ],
    [
      { minVersion: "TLSv1.3", maxVersion: "TLSv1.2" },
      "the lowest version of TLS is above the highest",
    ],
  ];
  for (const [trust, words] of bad) {
    const error = assertThrows(() => clientTls("localhost", trust), TlsError);
    assertEquals([error.problem, error.message], ["set-up", words]);
  }
  await calm();
});
