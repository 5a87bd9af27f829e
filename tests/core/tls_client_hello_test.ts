import { assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { clientTls } from "../../lib/net/tls/client.ts";
import { hear, readHello } from "../../lib/net/tls/client_hello.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import { createCertificate } from "../../lib/x509.ts";
import { CLIENT_HELLOS } from "../fuzz/targets/tls_seeds.ts";
import { connection, PATIENT, soon, tlsTest } from "./tls_harness.ts";

const HELLO = CLIENT_HELLOS[0]!;
const HEADER = 5;

/** The same message in records of `size` bytes. */
function inRecords(hello: Bytes, size: number): Bytes {
  const message = hello.subarray(HEADER);
  const bytes: number[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    bytes.push(22, 3, 1, 0, part.length, ...part);
  }
  return Uint8Array.from(bytes);
}

const SAID = { version: 0x0303, name: "localhost" };

Deno.test("readHello() finds version and name, and knows when it needs more", () => {
  assertEquals(readHello(HELLO), SAID);
  for (let end = 0; end < HELLO.length; end++) {
    assertEquals(readHello(HELLO.slice(0, end)), undefined, `${end}`);
  }
  const more = Uint8Array.from([...HELLO, 20, 3, 3, 0, 1, 1]);
  assertEquals(readHello(more), SAID);
});

Deno.test("readHello() reads a message that lies in many records", () => {
  for (const size of [1, 3, 4, 10, 100]) {
    const bytes = inRecords(HELLO, size);
    assertEquals(readHello(bytes), SAID, `${size}`);
    assertEquals(readHello(bytes.slice(0, -1)), undefined, `${size}`);
  }
});

Deno.test("readHello() gives up what is damaged, too long, or no TLS", () => {
  const cases: [string, number[]][] = [
    ["another protocol", [...new TextEncoder().encode("USER bob\r\n")]],
    ["an alert", [21, 3, 3, 0, 2, 2, 40]],
    ["an empty record", [22, 3, 1, 0, 0]],
    ["another message", [22, 3, 1, 0, 4, 2, 0, 0, 0]],
    ["more than anybody needs", [22, 3, 1, 64, 0, 1, 0, 64, 0]],
    ["nothing", [22, 3, 1, 0, 4, 1, 0, 0, 0]],
    ["a length that lies", [
      ...[22, 3, 1, 0, 43, 1, 0, 0, 39, ...new Array(37).fill(0)],
      ...[255, 255],
    ]],
  ];
  for (const [what, bytes] of cases) {
    assertEquals(readHello(Uint8Array.from(bytes)), null, what);
  }
});

Deno.test("readHello() gives up what comes in more records than it reads", () => {
  const message = [1, 0, 60, 0, ...new Array(5000).fill(0)];
  const bytes = Uint8Array.from(message.flatMap((b) => [22, 3, 1, 0, 1, b]));
  assertEquals(readHello(bytes.slice(0, (1 << 14) - 1)), undefined);
  for (const end of [1 << 14, (1 << 14) + 1, bytes.length]) {
    assertEquals(readHello(bytes.slice(0, end)), null, `${end}`);
  }
});

Deno.test("readHello() takes clients for old that have no extensions", () => {
  const body = [3, 2, ...new Array(36).fill(0)];
  const hello = Uint8Array.from([22, 3, 1, 0, 42, 1, 0, 0, 38, ...body]);
  assertEquals(readHello(hello), { version: 0x0302, name: null });
});

Deno.test("hear() leaves every byte for whoever reads on", async () => {
  const [ours, theirs] = connection();
  const heard = hear(theirs, PATIENT);
  for (const byte of HELLO) await ours.write(Uint8Array.of(byte));
  await ours.write(Uint8Array.of(7));
  const { hello, stream } = await soon(heard, "the hello");
  assertEquals(hello, SAID);
  const read: number[] = [];
  const buffer = new Uint8Array(50);
  while (read.length <= HELLO.length) {
    const count = await soon(stream.read(buffer), "a byte");
    read.push(...buffer.subarray(0, count!));
  }
  assertEquals(read, [...HELLO, 7]);
  ours.close();
  stream.close();
});

Deno.test("hear() ends with the connection and with its signal", async () => {
  for (const end of ["connection", "signal"] as const) {
    const [ours, theirs] = connection();
    const enough = new AbortController();
    const heard = hear(theirs, enough.signal);
    await ours.write(HELLO.slice(0, 20));
    if (end === "signal") enough.abort();
    else ours.close();
    assertEquals((await soon(heard, end)).hello, null);
    if (end === "signal") await assertRejects(() => theirs.read(HELLO.slice()));
    theirs.close();
    ours.close();
  }
});

tlsTest(
  "serverTls() waits for slow clients, and ends with its signal",
  async () => {
    const names = ["first.example", "second.example"];
    const certificates = await Promise.all(
      names.map((name) => createCertificate({ names: [name] })),
    );
    const tls = serverTls({ certificates });
    for (const host of names) {
      const [ours, theirs] = connection();
      const us = clientTls(host, { insecure: true });
      // Everything in pieces.
      const slow = {
        read: (buffer: Bytes) => theirs.read(buffer.subarray(0, 7)),
        write: (bytes: Bytes) => theirs.write(bytes),
        close: () => theirs.close(),
      };
      const [client, server] = await soon(
        Promise.all([us.control(ours, PATIENT), tls.secure(slow, PATIENT)]),
        "the handshake",
      );
      assertEquals(client.facts.peer!.commonName, host);
      assertEquals(server.facts.serverName, host);
      client.close();
      server.close();
      us.close();
    }
    const enough = new AbortController();
    const [ours, theirs] = connection();
    const secured = tls.secure(theirs, enough.signal);
    const reason = new Error("enough");
    enough.abort(reason);
    assertEquals(await assertRejects(() => secured), reason);
    await assertRejects(() => theirs.read(new Uint8Array(1)));
    ours.close();
  },
);
