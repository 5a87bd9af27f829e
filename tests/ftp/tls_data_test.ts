import { assert, assertEquals, assertMatch } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { closeQuietly } from "../../lib/net/close.ts";
import { streamOf } from "../../lib/net/stream.ts";
import { clientTls } from "../../lib/net/tls/client.ts";
import type { TrustOptions } from "../../lib/net/tls/stream.ts";
import { contentOf, namesIn } from "../core/ftp_harness.ts";
import { testCertificates } from "../tls_certificates.ts";
import { HAS_IPV6, SOON, soon } from "./helpers.ts";
import { readText, TlsClient } from "./tls_client.ts";
import { startTlsServer, tlsTest, VERSIONS } from "./tls_server.ts";

const FILES = { "/a": "abc" };
const REQUIRE = { files: FILES, tls: { sessionReuse: "require" } } as const;

/** What somebody hears who has no session to resume. */
async function heardByStranger(
  conn: Deno.Conn,
  trust: TrustOptions,
): Promise<string> {
  const tls = clientTls("127.0.0.1", trust);
  try {
    const data = await tls.data(streamOf(conn), AbortSignal.timeout(SOON));
    return await readText(data);
  } catch {
    return ""; // The server has closed it.
  } finally {
    closeQuietly(conn);
    tls.close();
  }
}

for (const version of VERSIONS) {
  const shown = version.slice(-3);
  const trust = { insecure: true, minVersion: version, maxVersion: version };

  tlsTest(
    `session reuse required, TLS ${shown}: 50 transfers in a row are fine`,
    async () => {
      await using server = await startTlsServer(REQUIRE);
      using client = await TlsClient.private(server, { trust });
      for (let at = 0; at < 25; at++) {
        assertEquals(await client.fetch("RETR a"), "abc");
        assertMatch(await client.put(`STOR b${at}`, "new"), /^226/);
      }
      const transfers = server.logged("transfer");
      assertEquals(transfers.length, 50);
      assert(transfers.every(({ resumed }) => resumed === true));
    },
  );

  tlsTest(
    `session reuse required, TLS ${shown}: who does not resume gets 522 only`,
    async () => {
      await using server = await startTlsServer(REQUIRE);
      using client = await TlsClient.private(server, { trust });
      for (const line of ["RETR a", "LIST", "STOR b", "STOR a", "APPE a"]) {
        const conn = await client.passive();
        await client.say(line, 150);
        assertEquals(await heardByStranger(conn, trust), "", line);
        assertMatch(await client.reply(), /^522 .*session reuse required/);
      }
      assertEquals(await namesIn(server.fs, "/"), ["a"]);
      assertEquals(await contentOf(server.fs, "/a"), "abc");
      assertEquals(await client.fetch("RETR a"), "abc");
    },
  );

  tlsTest(
    `an upload over TLS ${shown} without close_notify is dropped`,
    async () => {
      await using server = await startTlsServer({ files: FILES });
      using client = await TlsClient.private(server, { trust });
      assertMatch(
        await client.put("STOR b", "half", "cut"),
        /^426 .*close_noti/,
      );
      assertMatch(await client.put("STOR a", "half", "cut"), /^426/);
      assertEquals(await namesIn(server.fs, "/"), ["a"]);
      assertEquals(await contentOf(server.fs, "/a"), "abc");
      const [{ reason } = {}] = server.logged("transfer");
      assertMatch(String(reason), /close_notify/);
    },
  );
}

tlsTest(
  "226 does not wait for a client that never answers close_notify",
  async () => {
    await using server = await startTlsServer({ files: FILES });
    using client = await TlsClient.private(server);
    const conns = [];
    for (let at = 0; at < 20; at++) {
      const conn = await client.passive();
      await client.say("RETR a", 150);
      conns.push(await client.protect(conn));
      await client.expect(226);
    }
    // Each of them got everything all the same, and its end.
    for (const conn of conns) {
      assertEquals(await readText(conn), "abc");
      assertEquals(conn.end, "complete");
      conn.close();
    }
  },
);

tlsTest(
  "a data connection closes on the server when its client is gone",
  async () => {
    await using server = await startTlsServer({ files: FILES });
    using client = await TlsClient.private(server);
    const conn = await client.passive();
    await client.say("RETR a", 150);
    const data = await client.protect(conn);
    await client.expect(226);
    assertEquals(await readText(data), "abc");
    await data.closeWrite();
    assertEquals(await soon(conn.read(new Uint8Array(1)), "its end"), null);
    data.close();
  },
);

tlsTest("a download that its client takes slowly is complete", async () => {
  const text = "0123456789abcde\n".repeat(1 << 17);
  await using server = await startTlsServer({ files: { "/big": text } });
  using client = await TlsClient.private(server);
  const conn = await client.passive();
  await client.say("RETR big", 150);
  const data = await client.protect(conn);
  // The client says goodbye before it has read anything.
  await client.write("QUIT\r\n");
  await client.expect(221);
  assert(await readText(data) === text);
  assertEquals(data.end, "complete");
  data.close();
  await client.expect(226);
});

tlsTest("a download that its client leaves is not complete", async () => {
  const files = { "/big": new Uint8Array(1 << 24) };
  await using server = await startTlsServer({ files });
  using client = await TlsClient.private(server);
  const conn = await client.passive();
  await client.say("RETR big", 150);
  (await client.protect(conn)).close();
  await client.expect(426);
  await client.say("PWD", 257);
});

tlsTest(
  "data that are not TLS are answered with 522, and change nothing",
  async () => {
    await using server = await startTlsServer({ files: FILES });
    using client = await TlsClient.private(server);
    for (const line of ["STOR b", "STOR a", "RETR a"]) {
      const conn = await client.passive();
      await client.say(line, 150);
      await writeAll(conn, new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
      assertMatch(await client.reply(), /^522 .*TLS handshake failed/);
      conn.close();
    }
    assertEquals(await namesIn(server.fs, "/"), ["a"]);
    assertEquals(await contentOf(server.fs, "/a"), "abc");
  },
);

tlsTest(
  "a data connection without a handshake can be aborted, and ends in time",
  async () => {
    const tls = { handshakeTimeout: 500 };
    await using server = await startTlsServer({ files: FILES, tls });
    using client = await TlsClient.private(server);
    const stalled = await client.passive();
    await client.say("STOR b", 150);
    await client.say("NOOP", 200);
    await client.say("ABOR", 426);
    await client.expect(226);
    const late = await client.passive();
    await client.say("RETR a", 150);
    assertMatch(await client.reply(), /^522 .*too long/);
    stalled.close();
    late.close();
    assertEquals(await namesIn(server.fs, "/"), ["a"]);
  },
);

tlsTest(
  "a client that is killed during a data handshake leaves nothing",
  async () => {
    await using server = await startTlsServer({ files: FILES });
    const client = await TlsClient.private(server);
    const conn = await client.passive();
    await client.say("STOR b", 150);
    client[Symbol.dispose]();
    await server.said("disconnected");
    conn.close();
    assertEquals(await namesIn(server.fs, "/"), ["a"]);
  },
);

tlsTest("another address can't take a protected data connection", async () => {
  if (!HAS_IPV6) return;
  await using server = await startTlsServer({
    files: FILES,
    ftp: {
      listen: [{ transport: "tcp", hostname: "::", port: 0 }],
      implicit: [{ transport: "tcp", hostname: "::", port: 0 }],
    },
  });
  using client = await TlsClient.private(server);
  const reply = await client.say("EPSV", 229);
  const port = Number(/(\d+)\|\)/.exec(reply)![1]);
  using thief = await Deno.connect({ hostname: "::1", port });
  await client.write("RETR a\r\n");
  await client.expect(150);
  const end = thief.read(new Uint8Array(1)).catch(() => null);
  assertEquals(await soon(end, "the thief's end"), null);
  const data = await client.protect(await Deno.connect({ port }));
  assertEquals(await readText(data), "abc");
  data.close();
  await client.expect(226);
});

tlsTest(
  "data connections show the control connection's certificate",
  async () => {
    const { ca, client: alice } = await testCertificates();
    await using server = await startTlsServer({
      files: FILES,
      handshake: { clientCa: ca.cert, clientCertificates: "optional" },
      tls: { loginByCertificate: true },
    });
    const trust = { insecure: true, certificate: alice };
    using client = await TlsClient.open(server, { trust });
    await client.auth();
    await client.say("USER alice", 232);
    await client.say("PBSZ 0", 200);
    await client.say("PROT P", 200);
    assertEquals(await client.fetch("RETR a"), "abc");
    const conn = await client.passive();
    await client.say("RETR a", 150);
    assertEquals(await heardByStranger(conn, { insecure: true }), "");
    assertMatch(await client.reply(), /^522 .*certificate/);
  },
);

tlsTest(
  "active data connections are protected, the client being TLS's client",
  async () => {
    await using server = await startTlsServer(REQUIRE);
    using client = await TlsClient.private(server);
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await client.say(`EPRT |1|127.0.0.1|${listener.addr.port}|`, 200);
    await client.say("RETR a", 150);
    const data = await client.protect(await listener.accept());
    assertEquals(await readText(data), "abc");
    data.close();
    await client.expect(226);
  },
);
