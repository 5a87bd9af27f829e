/**
 * Classes S11 and S12 of docs/security.md inside TLS: handshakes that come
 * letter by letter, on control and on data connections.
 */
import { assert, assertEquals } from "@std/assert";
import { writeAll } from "../../lib/bytes.ts";
import { soon } from "../ftp/helpers.ts";
import { TlsClient } from "../ftp/tls_client.ts";
import {
  type LocalServer,
  startTlsServer,
  tlsTest,
} from "../ftp/tls_server.ts";
import { latin1 } from "./session.ts";

/** A ClientHello that says it has 512 bytes, and then never has enough. */
const HELLO = [22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];

/** Sends a byte now and then until the other end has had enough. */
async function trickle(conn: Deno.TcpConn): Promise<number> {
  const ended = latin1(conn);
  let over = false;
  ended.then(() => over = true);
  let sent = 0;
  for (; !over && sent < 500; sent++) {
    const byte = Uint8Array.of(HELLO[sent] ?? 0);
    await writeAll(conn, byte).catch(() => over = true);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  conn.close();
  return sent;
}

/** A connection on which a handshake is to begin. */
async function beginning(
  server: LocalServer,
  implicit: boolean,
): Promise<Deno.TcpConn> {
  if (implicit) return await Deno.connect({ port: server.implicitPort });
  const client = await TlsClient.open(server);
  await client.say("AUTH TLS", 234);
  return client.conn;
}

for (const implicit of [true, false]) {
  const how = implicit ? "implicit" : "explicit";

  tlsTest(
    `Attack S11 slow-loris: a handshake (${how}) that comes byte by byte ends in time`,
    async () => {
      const tls = { handshakeTimeout: 2000, handshakesPerSecond: 1000 };
      await using server = await startTlsServer({ tls });
      const slow = await Promise.all(
        Array.from({ length: 20 }, () => beginning(server, implicit)),
      );
      const ends = Promise.all(slow.map(trickle));
      using other = await TlsClient.private(server, { implicit });
      await other.say("PWD", 257);
      for (const sent of await soon(ends, "the end of the slow")) {
        assert(sent < 500, `${sent} bytes were taken`);
      }
      await other.say("PWD", 257);
    },
  );
}

tlsTest(
  "Attack S11 slow-loris: a data handshake that comes byte by byte is answered with 522, and the session goes on",
  async () => {
    await using server = await startTlsServer({
      tls: { handshakeTimeout: 2000 },
      files: { "/a": "hello" },
    });
    using client = await TlsClient.private(server);
    const slow = await client.passive();
    await client.say("RETR a", 150);
    const trickling = trickle(slow);
    await client.expect(522);
    assert(await soon(trickling, "the end of it") < 500);
    assertEquals(await client.fetch("RETR a"), "hello");
  },
);
