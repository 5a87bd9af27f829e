import { assert, assertEquals, assertMatch } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { admission } from "../../lib/net/admission.ts";
import { testCertificates } from "../tls_certificates.ts";
import { soon } from "./helpers.ts";
import { readText, TlsClient } from "./tls_client.ts";
import { type LocalServer, startTlsServer, tlsTest } from "./tls_server.ts";

/** Some of a TLS 1.3 ClientHello: a record that never ends. */
const HALF_A_HELLO = new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);

/** A connection that has said nothing, or some of it, of a handshake. */
async function half(
  { port, implicitPort }: LocalServer,
  implicit: boolean,
): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ port: implicit ? implicitPort : port });
  if (implicit) {
    await writeAll(conn, HALF_A_HELLO);
    return conn;
  }
  await writeAll(conn, new TextEncoder().encode("AUTH TLS\r\n"));
  const buffer = new Uint8Array(100);
  let said = "";
  while (!said.includes("234 AUTH TLS successful.\r\n")) {
    const count = await soon(conn.read(buffer), "the reply to AUTH");
    assert(count !== null);
    said += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return conn;
}

for (const behind of ["USER alice\r\n", "U", "\r\n"]) {
  tlsTest(
    `${JSON.stringify(behind)} in AUTH's segment closes the connection`,
    async () => {
      await using server = await startTlsServer();
      using client = await TlsClient.open(server);
      await client.write(`AUTH TLS\r\n${behind}`);
      assertEquals(await client.reply(), "", "a reply");
      await server.said("plaintext-after-auth");
      assertEquals(server.logged("secured"), []);
    },
  );
}

tlsTest(
  "plain text in a segment of its own behind AUTH is no command",
  async () => {
    await using server = await startTlsServer();
    using client = await TlsClient.open(server);
    await client.write("AUTH TLS\r\n");
    await client.write("USER alice\r\nPASS secret\r\n");
    // Too late for one reply, or too soon for the other: nothing else is said.
    assertMatch(await client.reply(), /^(234 .*)?$/);
    await server.said("disconnected");
    assertEquals(server.logged("login"), []);
    assertEquals(server.logged("secured"), []);
  },
);

tlsTest("AUTH may come in pieces", async () => {
  await using server = await startTlsServer();
  using client = await TlsClient.open(server);
  for (const letter of "AUTH TLS\r") await client.write(letter);
  await client.write("\n");
  await client.expect(234);
  await client.secure();
  await client.login();
});

for (const implicit of [false, true]) {
  const how = implicit ? "implicit" : "explicit";

  tlsTest(
    `100 handshakes (${how}) that stand still do not hold up others`,
    async () => {
      await using server = await startTlsServer({
        tls: { handshakesPerSecond: 1000 },
      });
      const idle = await Promise.all(
        Array.from({ length: 100 }, () => half(server, implicit)),
      );
      await server.said("connected", 100);
      assertEquals(server.logged("disconnected"), []);
      using client = await TlsClient.private(server, { implicit });
      await client.say("PWD", 257);
      for (const conn of idle) conn.close();
      await server.said("disconnected", 100);
      await client.say("PWD", 257);
    },
  );

  tlsTest(`a handshake (${how}) that stands still ends in time`, async () => {
    const tls = { handshakeTimeout: 50 };
    await using server = await startTlsServer({ tls });
    using conn = await half(server, implicit);
    assertEquals(await readText(conn).catch(() => ""), "");
    await server.said("disconnected");
    const { reason } = await server.said("handshake-failed");
    assertEquals(reason, "the client took too long");
  });

  tlsTest(
    `the time to log in goes on during a handshake (${how})`,
    async () => {
      await using server = await startTlsServer({ ftp: { loginTimeout: 50 } });
      using conn = await half(server, implicit);
      assertEquals(await readText(conn).catch(() => ""), "");
      const { reason } = await server.said("handshake-failed");
      assertEquals(reason, "time is up");
    },
  );

  tlsTest(`a server stops at once during a handshake (${how})`, async () => {
    await using server = await startTlsServer({ ftp: { grace: 60_000 } });
    using _conn = await half(server, implicit);
    await soon(server.stop(), "the end of the server", 5_000);
    assertEquals(server.logged("handshake-failed").length, 1);
  });

  tlsTest(
    `a client that goes during a handshake (${how}) frees its place`,
    async () => {
      await using server = await startTlsServer();
      (await half(server, implicit)).close();
      const { reason } = await server.said("handshake-failed");
      assertMatch(String(reason), /closed/);
      await server.said("disconnected");
    },
  );
}

tlsTest(
  "plain text where TLS comes first is no command, and gets no reply",
  async () => {
    await using server = await startTlsServer();
    using conn = await Deno.connect({ port: server.implicitPort });
    await writeAll(conn, new TextEncoder().encode("USER alice\r\n"));
    const said = await readText(conn).catch(() => "");
    assert(!/\d{3} /.test(said), said);
    await server.said("handshake-failed");
  },
);

tlsTest(
  "a client that expects TLS at once gets the greeting, and no harm is done",
  async () => {
    await using server = await startTlsServer();
    using conn = await Deno.connect({ port: server.port });
    await writeAll(conn, HALF_A_HELLO);
    await conn.closeWrite();
    assertMatch(await readText(conn), /^220 /);
  },
);

tlsTest(
  "handshakes from one address are limited, with 431 or at once",
  async () => {
    await using server = await startTlsServer({
      tls: { handshakesPerSecond: 0.2 },
    });
    using first = await TlsClient.open(server);
    await first.auth();
    using second = await TlsClient.open(server);
    await second.say("AUTH TLS", 431);
    await second.say("USER alice", 331);
    using third = await Deno.connect({ port: server.implicitPort });
    assertEquals(await readText(third), "");
    assertEquals(server.logged("handshake-refused").length, 2);
  },
);

tlsTest("a refused client hears why in plain text only", async () => {
  const enter = () => "too-many" as const;
  const admission = { enter, leave: () => {} };
  await using server = await startTlsServer({ ftp: { admission } });
  using plain = await Deno.connect({ port: server.port });
  assertMatch(await readText(plain), /^421 Too many connections/);
  using implicit = await Deno.connect({ port: server.implicitPort });
  assertEquals(await readText(implicit), "");
});

tlsTest("a session takes its place while it shakes hands", async () => {
  const door = admission({ max: 1 });
  await using server = await startTlsServer({ ftp: { admission: door } });
  const conn = await half(server, false);
  using refused = await Deno.connect({ port: server.port });
  assertMatch(await readText(refused), /^421 /);
  conn.close();
  await server.said("disconnected");
  using client = await TlsClient.open(server);
  await client.auth();
});

tlsTest(
  "a client with no certificate, or an unknown one, gets no session",
  async () => {
    const { ca, client: alice, strangerClient } = await testCertificates();
    await using server = await startTlsServer({
      handshake: { clientCa: ca.cert, clientCertificates: "required" },
    });
    const tries = [undefined, strangerClient, alice];
    const failed: string[] = [];
    for (const certificate of tries) {
      const trust = { insecure: true, certificate };
      using client = await TlsClient.open(server, { trust });
      try {
        await client.auth();
        await client.login();
      } catch (error) {
        failed.push(String(error));
      }
    }
    assertEquals(failed.length, 2, failed.join());
    assertEquals(server.logged("secured").length, 1);
    assertEquals(server.logged("secured")[0]?.certificate, "alice");
  },
);

tlsTest(
  "a certificate in the user's name is enough where it counts",
  async () => {
    const { ca, client: alice } = await testCertificates();
    await using server = await startTlsServer({
      handshake: { clientCa: ca.cert, clientCertificates: "optional" },
      tls: { loginByCertificate: true, policy: "required" },
    });
    const trust = { insecure: true, certificate: alice };
    using client = await TlsClient.open(server, { trust, implicit: true });
    await client.say("USER bob", 331);
    await client.say("USER alice", 232);
    await client.say("PWD", 257);
    using other = await TlsClient.open(server, { implicit: true });
    await other.say("USER alice", 331);
    await other.say("PASS", 530);
  },
);
