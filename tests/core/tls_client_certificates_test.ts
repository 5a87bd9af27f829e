import { assert, assertEquals, assertRejects } from "@std/assert";
import { clientTls } from "../../lib/net/tls/client.ts";
import {
  type ServerCertificate,
  TlsError,
  type TlsStream,
} from "../../lib/net/tls/stream.ts";
import { createCertificate } from "../../lib/x509.ts";
import { daysFromNow, testCertificates } from "../tls_certificates.ts";
import { bytesOf, textOf } from "./byte_cases.ts";
import {
  connection,
  PATIENT,
  readBytes,
  soon,
  testServer,
  tlsTest,
  VERSIONS,
} from "./tls_harness.ts";

type Version = typeof VERSIONS[number];
type Demand = "optional" | "required";

/** What came of a handshake on either side. */
interface Outcome {
  readonly server: TlsStream | Error;
  readonly client: TlsStream | Error;
  [Symbol.dispose](): void;
}

/** A handshake with a client that shows this certificate, or none. */
async function meet(
  maxVersion: Version,
  demand: Demand,
  certificate?: ServerCertificate,
): Promise<Outcome> {
  const { ca } = await testCertificates();
  const tls = await testServer({
    clientCa: ca.cert,
    clientCertificates: demand,
  });
  const [ours, theirs] = connection();
  const us = clientTls("localhost", {
    insecure: true,
    maxVersion,
    certificate,
  });
  const caught = (error: Error) => error;
  const [server, client] = await soon(
    Promise.all([
      tls.secure(theirs, PATIENT).catch(caught),
      us.control(ours, PATIENT).catch(caught),
    ]),
    "the handshake",
  );
  return {
    server,
    client,
    [Symbol.dispose]() {
      us.close();
      for (const side of [server, client]) {
        if (!(side instanceof Error)) side.close();
      }
    },
  };
}

/** Expects the server to refuse, and the client to hear of it. */
async function assertRefused(
  { server, client }: Outcome,
  words: string,
): Promise<void> {
  assert(server instanceof TlsError, "the client was let in");
  assertEquals([server.problem, server.message], ["certificate", words]);
  if (client instanceof Error) return;
  // With TLS 1.3 the client is done before the server has judged.
  const read = soon(client.read(new Uint8Array(8)), "the end");
  const heard = await read.catch((error: Error) => error);
  if (words === "the client shows no certificate") {
    assert(heard instanceof TlsError);
    assertEquals(heard.message, "the other end demands a certificate of ours");
  } else assertEquals([heard, client.end], [null, "complete"]);
}

/** Certificates that no client may come with. */
async function badCertificates(): Promise<[string, ServerCertificate][]> {
  const { ca, strangerClient, server, selfSigned, client } =
    await testCertificates();
  const alice = {
    names: [],
    commonName: "alice",
    issuer: ca,
    purpose: "client",
  } as const;
  const until = daysFromNow(-1);
  const from = daysFromNow(-2);
  return [
    ["of an authority that nobody knows", strangerClient],
    ["for servers", server],
    ["signed by itself", selfSigned],
    ["that has expired", await createCertificate({ ...alice, from, until })],
    [
      "that does not count yet",
      await createCertificate({ ...alice, from: daysFromNow(1) }),
    ],
    [
      "signed by a client",
      chained(await createCertificate({ ...alice, issuer: client }), client),
    ],
  ];
}

/** A certificate with the one that signed it. */
function chained(
  { cert, key }: ServerCertificate,
  issuer: ServerCertificate,
): ServerCertificate {
  return { cert: cert + issuer.cert, key };
}

for (const version of VERSIONS) {
  for (const demand of ["optional", "required"] as const) {
    const how = `${demand}, ${version}`;

    tlsTest(`a client certificate is taken and told, ${how}`, async () => {
      const { client: alice } = await testCertificates();
      using outcome = await meet(version, demand, alice);
      const { server, client } = outcome;
      assert(!(server instanceof Error) && !(client instanceof Error));
      assertEquals(server.facts.peer?.commonName, "alice");
      assertEquals(server.facts.protocol, version);
      await client.write(bytesOf("hello"));
      assertEquals(textOf(await readBytes(server, 5)), "hello");
    });

    tlsTest(
      `a client certificate that is not to be trusted is refused, ${how}`,
      async () => {
        for (const [what, certificate] of await badCertificates()) {
          using outcome = await meet(version, demand, certificate);
          assert(outcome.server instanceof TlsError, what);
          await assertRefused(
            outcome,
            "the client's certificate is not trusted",
          );
        }
      },
    );
  }

  tlsTest(
    `a client certificate may come with those between, ${version}`,
    async () => {
      const { ca } = await testCertificates();
      const between = await createCertificate({
        names: [],
        commonName: "between",
        authority: true,
        issuer: ca,
      });
      const bob = await createCertificate({
        names: ["bob"],
        purpose: "client",
        issuer: between,
      });
      using outcome = await meet(version, "required", chained(bob, between));
      assert(!(outcome.server instanceof Error));
      assertEquals(outcome.server.facts.peer?.commonName, "bob");
      using alone = await meet(version, "required", bob);
      await assertRefused(alone, "the client's certificate is not trusted");
    },
  );

  tlsTest(
    `a session from a server that asks for no certificate does not help where one is required, ${version}`,
    async () => {
      const { ca } = await testCertificates();
      const open = await testServer();
      const strict = await testServer({ clientCa: ca.cert });
      const tls = clientTls("localhost", {
        insecure: true,
        maxVersion: version,
      });
      const first = connection();
      const control = tls.control(first[0], PATIENT);
      const served = await soon(
        open.secure(first[1], PATIENT),
        "the handshake",
      );
      const ours = await soon(control, "the handshake");
      await served.write(bytesOf("x"));
      await readBytes(ours, 1);
      const second = connection();
      const data = tls.data(second[0], PATIENT).catch(() => null);
      const error = await assertRejects(
        () => soon(strict.secure(second[1], PATIENT), "the refusal"),
        TlsError,
      );
      assertEquals(error.message, "the client shows no certificate");
      // The runtime, which gives its errors a code, let it pass.
      assertEquals(error.code, "");
      for (const stream of [ours, served, await data]) stream?.close();
      tls.close();
    },
  );

  tlsTest(
    `a client without a certificate is let in where it is optional, ${version}`,
    async () => {
      using outcome = await meet(version, "optional");
      assert(!(outcome.server instanceof Error));
      assertEquals(outcome.server.facts.peer, null);
    },
  );

  tlsTest(
    `a client without a certificate is refused where it is required, ${version}`,
    async () => {
      using outcome = await meet(version, "required");
      await assertRefused(outcome, "the client shows no certificate");
    },
  );
}
