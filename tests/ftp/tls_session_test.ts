import { assert, assertEquals, assertMatch } from "@std/assert";
import { contentOf } from "../core/ftp_harness.ts";
import { TlsClient } from "./tls_client.ts";
import { startTlsServer, tlsTest, VERSIONS } from "./tls_server.ts";

const FILES = { "/a": "abc\r\n" };

for (const version of VERSIONS) {
  const options = (implicit: boolean) => ({
    implicit,
    trust: { insecure: true, minVersion: version, maxVersion: version },
  });
  const shown = version.slice(-3);

  for (const implicit of [false, true]) {
    const how = implicit ? "implicit" : "explicit";
    tlsTest(
      `${how} TLS ${shown} protects commands, downloads and uploads`,
      async () => {
        await using server = await startTlsServer({ files: FILES });
        using client = await TlsClient.private(server, options(implicit));
        assertEquals(client.secured?.facts.protocol, version);
        assertEquals(await client.fetch("RETR a"), "abc\r\n");
        assertEquals(await client.fetch("NLST"), "a\r\n");
        assertMatch(await client.put("STOR b", "new"), /^226/);
        assertEquals(await client.fetch("RETR b"), "new");
        await client.say("QUIT", 221);
        assertEquals(await client.reply(), "");
        assertEquals(
          client.secured?.end,
          "complete",
          "221 without close_notify",
        );
        const [secured] = server.logged("secured");
        assertEquals([secured?.version, secured?.resumed], [shown, false]);
        const transfers = server.logged("transfer");
        assertEquals(transfers.length, 4);
        for (const { tls, resumed } of transfers) {
          assertEquals([tls, resumed], [shown, true]);
        }
      },
    );
  }

  tlsTest(
    `CCC and REIN end TLS ${shown}, and AUTH begins it again`,
    async () => {
      await using server = await startTlsServer({ files: FILES });
      using client = await TlsClient.private(server, options(false));
      await client.say("CCC", 200);
      await client.leave();
      await client.say("PWD", 257);
      assertEquals(await client.fetch("RETR a"), "abc\r\n");
      await client.auth();
      await client.login();
      await client.say("REIN", 220);
      await client.leave();
      await client.say("PWD", 530);
      await client.login();
      await client.say("QUIT", 221);
    },
  );

  tlsTest(`a big file survives TLS ${shown} both ways`, async () => {
    const text = "0123456789abcde\n".repeat(1 << 18);
    await using server = await startTlsServer({ files: { "/big": text } });
    using client = await TlsClient.private(server, options(false));
    assert(await client.fetch("RETR big") === text, "download");
    assertMatch(await client.put("STOR copy", text), /^226/);
    assert(await contentOf(server.fs, "/copy") === text, "upload");
  });
}

tlsTest("a server with TLS serves clients without it", async () => {
  await using server = await startTlsServer({ files: FILES });
  using client = await TlsClient.open(server);
  await client.login();
  const conn = await client.passive();
  await client.say("RETR a", 150);
  using _ = conn;
  await client.expect(226);
});

tlsTest("TLS required: nothing goes without it", async () => {
  await using server = await startTlsServer({ tls: { policy: "required" } });
  using client = await TlsClient.open(server);
  assertMatch(
    await client.say("USER alice"),
    /^550 SSL\/TLS required on the c/,
  );
  await client.auth();
  await client.login();
  assertMatch(await client.say("EPSV"), /^550 SSL\/TLS required on the data/);
  await client.say("PBSZ 0", 200);
  await client.say("PROT P", 200);
  await client.say("PROT C", 534);
  await client.say("CCC", 534);
  assertEquals(await client.fetch("NLST"), "");
});

tlsTest(
  "a server that stops says so inside TLS, with close_notify",
  async () => {
    await using server = await startTlsServer();
    using client = await TlsClient.private(server);
    const stopped = server.stop();
    await client.expect(421);
    assertEquals(await client.reply(), "");
    assertEquals(client.secured?.end, "complete");
    await stopped;
  },
);

tlsTest(
  "a client that is idle is told so inside TLS, with close_notify",
  async () => {
    await using server = await startTlsServer({ ftp: { idleTimeout: 100 } });
    using client = await TlsClient.private(server);
    await client.expect(421);
    assertEquals(await client.reply(), "");
    assertEquals(client.secured?.end, "complete");
  },
);

tlsTest(
  "ABOR is heard during a transfer, in one segment or byte by byte",
  async () => {
    const files = { "/big": new Uint8Array(1 << 24) };
    await using server = await startTlsServer({ files });
    using client = await TlsClient.private(server);
    for (const parts of [["ABOR\r\n"], [..."ABOR\r\n"], ["NOOP\r\nABOR\r\n"]]) {
      const conn = await client.passive();
      await client.say("RETR big", 150);
      const data = await client.protect(conn);
      for (const part of parts) await client.write(part);
      if (parts[0] === "NOOP\r\nABOR\r\n") await client.expect(200);
      await client.expect(426);
      await client.expect(226);
      data.close();
    }
    await client.say("PWD", 257);
  },
);

tlsTest(
  "many commands in one go are answered in order inside TLS",
  async () => {
    await using server = await startTlsServer();
    using client = await TlsClient.private(server);
    const sent = client.write("NOOP\r\nPWD\r\nFOO\r\n".repeat(2000));
    for (let at = 0; at < 2000; at++) {
      for (const code of [200, 257, 500]) await client.expect(code);
    }
    await sent;
  },
);
