import { assert, assertEquals, assertRejects } from "@std/assert";
import { createLog } from "../../lib/log.ts";
import type { ServerTls } from "../../lib/net/tls/stream.ts";
import { secureData } from "../../server/ftp/tls/data_security.ts";
import { Partings } from "../../server/ftp/tls/partings.ts";
import { tlsPolicy, unprotected } from "../../server/ftp/tls.ts";
import { speak } from "./ftp_dialogue.ts";
import { contentOf, type FtpClient, namesIn } from "./ftp_harness.ts";
import { startPrivate } from "./ftp_tls_lines.ts";

const CUT = "426 Data ended without TLS's close_notify; upload discarded.";

Deno.test("an upload that ends without close_notify is dropped", async () => {
  const client = await startPrivate();
  await speak(client, [
    ...["EPSV", "229", "STOR b", "150", "(data TLS)", ">> half"],
    ...["(data ends)", CUT, "PWD", "257"],
  ]);
  assertEquals(client.files.uploads, ["abort /b"]);
  assertEquals(await namesIn(client.fs, "/"), ["a", "sub"]);
});

Deno.test("an upload is complete also when its client does not wait for our close_notify", async () => {
  const client = await startPrivate();
  await client.ask("EPSV");
  await client.ask("STOR b");
  client.startDataTls();
  client.sendData("all");
  // The handshake is over: bytes have been asked for.
  while (client.data.received.length === 0) await client.ask("NOOP");
  client.data.breakWrites();
  client.endData();
  await speak(client, ["226"]);
  assertEquals(await contentOf(client.fs, "/b"), "all");
});

Deno.test("secureData().finish() rejects when what TLS took could not be written", async () => {
  const broken = {
    read: () => Promise.resolve(null),
    write: () => Promise.reject(new Error("Broken pipe")),
    close: () => {},
  };
  /** Takes everything at once, and writes it some time. */
  const server: ServerTls = {
    secure: (stream) =>
      Promise.resolve({
        ...broken,
        facts: {
          ...{ protocol: "TLSv1.3", cipher: "NONE", resumed: false },
          ...{ serverName: null, peer: null },
        },
        end: "open",
        write(bytes) {
          stream.write(bytes).catch(() => {});
          return Promise.resolve(bytes.length);
        },
        closeWrite: () => Promise.resolve(),
        leave: () => Promise.reject(),
      }),
    replace: () => {},
  };
  const data = await secureData(broken, new AbortController().signal, {
    policy: tlsPolicy({ server, policy: "optional" }),
    security: unprotected(),
    partings: new Partings(),
    isUpload: false,
    log: createLog({ format: "text", write: () => {} }),
  });
  assertEquals(await data.write(new Uint8Array(3)), 3);
  await assertRejects(() => data.finish!(), Error, "Broken pipe");
  data.close();
});

Deno.test("ABOR and QUIT are heard during a data handshake", async () => {
  const handshake = ["EPSV", "229", "STOR b", "150"];
  await speak(await startPrivate(), [
    ...[...handshake, "ABOR", "426 Transfer aborted.", "226", "PWD", "257"],
  ]);
  await speak(await startPrivate(), [
    ...[...handshake, "QUIT", "221", "(data TLS)", "> x", "226", "(closed)"],
  ]);
  await speak(await startPrivate({ limits: { idleTimeout: 10_000 } }), [
    ...[...handshake, "NOOP", "200", "STAT", "211 … STOR /b"],
    ...["(data TLS)", "> x", "226"],
  ]);
});

Deno.test("a client that goes in a data handshake leaves nothing behind", async () => {
  for (const end of ["(client ends)", "(client resets)"]) {
    const client = await startPrivate();
    await client.ask("EPSV");
    await client.ask("STOR b");
    await speak(client, [end, ...(end === "(client ends)" ? ["426"] : [])]);
    assertEquals(client.files.uploads, ["abort /b"]);
    assert(client.data.isClosed);
  }
});

Deno.test("a download ends with close_notify, one that fails does not", async () => {
  const client = await startPrivate({
    files: { "/big": "x".repeat(100_000) },
  });
  await client.ask("EPSV");
  client.startDataTls();
  client.data.block();
  await client.ask("RETR big");
  await speak(client, ["ABOR", "426", "226", "PWD", "257"]);
  assertEquals(client.data.bytes.includes(21), false);
});

Deno.test("226 does not wait for the client's close_notify, nor does the end", async () => {
  const client = await startPrivate();
  for (let at = 0; at < 10; at++) {
    await client.ask("EPSV");
    client.startDataTls();
    assertEquals((await client.ask("RETR a")).slice(0, 3), "150");
    assertEquals((await client.reply())?.slice(0, 3), "226");
  }
  const open = client.ports.filter(({ conn }) => !conn.isClosed);
  assertEquals(open.length, 4, "those that wait for the client's last word");
  const began = performance.now();
  await speak(client, ["QUIT", "221", "(closed)"]);
  assert(performance.now() - began < 1500, "the end waited");
});

Deno.test("a data connection closes when the client has answered close_notify", async () => {
  const client = await startPrivate();
  await client.ask("EPSV");
  client.startDataTls();
  await speakOn(client, ["RETR a", "150", "226"]);
  assert(!client.data.isClosed);
  assertEquals(await client.takeData(), "abc");
  await client.data.closed;
  await client.finish();
});

async function speakOn(client: FtpClient, [line, ...replies]: string[]) {
  client.command(line!);
  for (const code of replies) {
    assertEquals((await client.reply())?.slice(0, 3), code);
  }
}
