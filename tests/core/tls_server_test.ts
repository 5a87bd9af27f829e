import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { connect, type ConnectionOptions } from "node:tls";
import { clientTls } from "../../lib/net/tls/client.ts";
import { ConnectionDuplex } from "../../lib/net/tls/duplex.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import {
  type PeerCertificate,
  type ServerCertificate,
  type ServerTls,
  TlsError,
} from "../../lib/net/tls/stream.ts";
import { createCertificate } from "../../lib/x509.ts";
import { testCertificates } from "../tls_certificates.ts";
import {
  connection,
  NOBODY,
  PATIENT,
  secured,
  soon,
  testServer,
  tlsTest,
} from "./tls_harness.ts";

/** Whom a client meets that calls the server `host`. */
async function shownTo(
  host: string,
  tls: ServerTls,
): Promise<PeerCertificate & { serverName: string | null }> {
  const [ours, theirs] = connection();
  const us = clientTls(host, { insecure: true });
  const both = [
    us.control(ours, PATIENT),
    tls.secure(theirs, PATIENT),
  ] as const;
  const [client, server] = await soon(Promise.all(both), "the handshake");
  const { serverName } = server.facts;
  client.close();
  server.close();
  us.close();
  return { ...client.facts.peer!, serverName };
}

async function certificateFor(...names: string[]): Promise<ServerCertificate> {
  return await createCertificate({ names });
}

tlsTest(
  "serverTls() chooses the certificate by the name that the client calls",
  async () => {
    const tls = serverTls({
      certificates: [
        await certificateFor("first.example"),
        await certificateFor("second.example", "www.second.example"),
        await certificateFor("*.wild.example"),
      ],
    });
    const expected = [
      ["first.example", "first.example"],
      ["second.example", "second.example"],
      ["WWW.Second.Example.", "second.example"],
      ["a.wild.example", "*.wild.example"],
      ["wild.example", "first.example"],
      ["a.b.wild.example", "first.example"],
      ["third.example", "first.example"],
      ["127.0.0.1", "first.example"],
      ["::1", "first.example"],
    ];
    for (const [host, commonName] of expected) {
      assertEquals((await shownTo(host!, tls)).commonName, commonName, host);
    }
  },
);

tlsTest("serverTls() tells what the client called the server", async () => {
  const tls = await testServer();
  assertEquals((await shownTo("localhost", tls)).serverName, "localhost");
  assertEquals(
    (await shownTo("bücher.example", tls)).serverName,
    "xn--bcher-kva.example",
  );
  assertEquals((await shownTo("127.0.0.1", tls)).serverName, null);
});

tlsTest(
  "replace() gives new clients another certificate and leaves the old ones alone",
  async () => {
    using pair = await secured();
    const { serverTls: tls, client } = pair;
    tls.replace([await certificateFor("new.example")]);
    assertEquals((await shownTo("localhost", tls)).commonName, "new.example");
    assertEquals(client.facts.peer?.commonName, "localhost");
    await client.write(new Uint8Array(1));
    assertEquals(await pair.server.read(new Uint8Array(1)), 1);
  },
);

tlsTest(
  "replace() changes nothing when it is given what can't be used",
  async () => {
    const { server, selfSigned } = await testCertificates();
    const tls = await testServer();
    const bad: [ServerCertificate[], string][] = [
      [[], "there is no certificate"],
      [
        [selfSigned, { cert: server.cert, key: selfSigned.key }],
        "the key does not belong to the certificate",
      ],
      [
        [{ cert: "", key: server.key }],
        "the certificate file has no certificate (PEM)",
      ],
      [
        [{
          cert: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
          key: server.key,
        }],
        "the certificate file has a damaged certificate",
      ],
      [
        [{ cert: server.cert, key: "nothing" }],
        "the key file has no private key (PEM)",
      ],
      [
        [{ cert: server.cert, key: server.cert }],
        "the key file has no private key (PEM)",
      ],
      [
        [{
          cert: server.cert,
          key:
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
        }],
        "the key file is encrypted: remove its password",
      ],
    ];
    const before = await shownTo("localhost", tls);
    for (const [certificates, words] of bad) {
      const error = assertThrows(() => tls.replace(certificates), TlsError);
      assertEquals([error.problem, error.message], ["set-up", words]);
      assertEquals(await shownTo("localhost", tls), before);
      assertThrows(() => serverTls({ certificates }), TlsError, words);
    }
  },
);

tlsTest(
  "serverTls() refuses authorities of clients that are none",
  async () => {
    const { server } = await testCertificates();
    const error = assertThrows(
      () => serverTls({ certificates: [server], clientCa: "nobody" }),
      TlsError,
    );
    assertEquals(
      error.message,
      "the file of client authorities has no certificate (PEM)",
    );
  },
);

tlsTest("serverTls() speaks no version below the lowest", async () => {
  const tls = await testServer({ minVersion: "TLSv1.3" });
  assertEquals(await protocolOf(tls, {}), "TLSv1.3");
  assertEquals(
    await protocolOf(tls, { maxVersion: "TLSv1.2" }),
    "no version of TLS in common with the other end",
  );
});

tlsTest(
  "serverTls() refuses clients that want another protocol, and only them",
  async () => {
    const tls = await testServer();
    for (const names of [undefined, ["ftp"], ["http/1.1", "ftp"]]) {
      const options = names && { ALPNProtocols: names };
      assertEquals(await protocolOf(tls, { ...options }), "TLSv1.3");
    }
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      for (const names of [["http/1.1"], ["h2", "ftp-data"]]) {
        assertEquals(
          await protocolOf(tls, { ALPNProtocols: names, maxVersion }),
          "the other end wants another protocol than FTP (ALPN)",
        );
      }
    }
  },
);

/** The version that comes of it, or the server's complaint. */
async function protocolOf(
  tls: ServerTls,
  options: ConnectionOptions,
): Promise<string> {
  const [ours, theirs] = connection();
  const socket = connect({
    rejectUnauthorized: false,
    ...options,
    socket: new ConnectionDuplex(ours, NOBODY) as never,
  });
  const closed = Promise.withResolvers<void>();
  socket.on("error", () => {});
  socket.once("close", () => closed.resolve());
  try {
    const server = await soon(tls.secure(theirs, PATIENT), "the handshake");
    server.close();
    return server.facts.protocol;
  } catch (error) {
    return (error as Error).message;
  } finally {
    socket.destroy();
    ours.close();
    await soon(closed.promise, "the end");
  }
}

tlsTest(
  "secure() closes the connection of a client that it refuses",
  async () => {
    const tls = await testServer({ minVersion: "TLSv1.3" });
    const [ours, theirs] = connection();
    const us = clientTls("localhost", {
      insecure: true,
      maxVersion: "TLSv1.2",
    });
    const attempt = us.control(ours, PATIENT).catch(() => {});
    await assertRejects(() => tls.secure(theirs, PATIENT), TlsError);
    await attempt;
    assertEquals([ours.isClosed, theirs.isClosed], [true, true]);
    us.close();
  },
);
