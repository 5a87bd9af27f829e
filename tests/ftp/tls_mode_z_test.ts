/** MODE Z inside TLS: what is compressed is protected, and whole or not there. */
import { deflateSync, inflateSync } from "node:zlib";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { contentOf, namesIn } from "../core/ftp_harness.ts";
import { soon } from "./helpers.ts";
import { TlsClient } from "./tls_client.ts";
import { startTlsServer, tlsTest, VERSIONS } from "./tls_server.ts";

const TEXT = "the same words again and again\n".repeat(40_000);

/** What a command sends over a protected connection, to its close_notify. */
async function fetched(client: TlsClient, line: string): Promise<Uint8Array> {
  const conn = await client.passive();
  await client.say(line, 150);
  const data = await client.protect(conn);
  const parts: number[] = [];
  const buffer: Bytes = new Uint8Array(16_384);
  for (;;) {
    const count = await soon(data.read(buffer), "data");
    if (count === null) break;
    parts.push(...buffer.subarray(0, count));
  }
  assertEquals(data.end, "complete");
  data.close();
  await client.expect(226);
  return new Uint8Array(parts);
}

/** Sends bytes over a protected connection; the final reply. */
async function stored(
  client: TlsClient,
  line: string,
  bytes: Bytes,
): Promise<string> {
  const conn = await client.passive();
  await client.say(line, 150);
  const data = await client.protect(conn);
  await writeAll(data, bytes);
  await data.closeWrite();
  assertEquals(await soon(data.read(new Uint8Array(1)), "its answer"), null);
  const reply = await client.reply();
  data.close();
  return reply;
}

for (const version of VERSIONS) {
  const shown = version.slice(-3);
  const trust = { insecure: true, minVersion: version, maxVersion: version };

  tlsTest(
    `MODE Z over TLS ${shown} deflates and inflates, with sessions resumed`,
    async () => {
      await using server = await startTlsServer({
        files: { "/a": TEXT },
        tls: { sessionReuse: "require" },
      });
      using client = await TlsClient.private(server, { trust });
      await client.say("MODE Z", 200);
      const sent = await fetched(client, "RETR a");
      assert(sent.length < TEXT.length / 50, `${sent.length} bytes`);
      assertEquals(inflateSync(sent).toString(), TEXT);
      const listed = await fetched(client, "MLSD");
      assertMatch(inflateSync(listed).toString(), /; a\r\n$/);
      const packed = new Uint8Array(deflateSync(TEXT));
      assertMatch(await stored(client, "STOR b", packed), /^226/);
      assertEquals(await contentOf(server.fs, "/b"), TEXT);
      await client.say("MODE S", 200);
      assertEquals(await client.fetch("RETR b"), TEXT);
      const transfers = server.logged("transfer");
      assert(transfers.every(({ resumed }) => resumed === true));
      assertEquals(transfers[0]?.bytes, sent.length);
    },
  );

  tlsTest(
    `MODE Z over TLS ${shown} drops what ends before its stream does`,
    async () => {
      await using server = await startTlsServer({ files: { "/a": "old" } });
      using client = await TlsClient.private(server, { trust });
      await client.say("MODE Z", 200);
      const half = new Uint8Array(deflateSync(TEXT)).slice(0, 500);
      assertMatch(await stored(client, "STOR a", half), /^451 .*not whole/);
      assertMatch(await stored(client, "STOR b", half), /^451 .*not whole/);
      assertEquals(await namesIn(server.fs, "/"), ["a"]);
      assertEquals(await contentOf(server.fs, "/a"), "old");
    },
  );
}
