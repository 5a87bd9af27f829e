import { assert, assertEquals, assertRejects } from "@std/assert";
import { TlsError } from "../../lib/net/tls/stream.ts";
import { bytesOf, textOf } from "./byte_cases.ts";
import {
  calm,
  PATIENT,
  readBytes,
  type Secured,
  secured,
  soon,
  tlsTest,
  VERSIONS,
} from "./tls_harness.ts";

for (const maxVersion of VERSIONS) {
  const trust = { insecure: true, maxVersion };

  tlsTest(
    `leave() gives the connection back in plain, ${maxVersion}`,
    async () => {
      using pair = await secured({ trust });
      const [client, server] = await soon(leaveBoth(pair), "the end of TLS");
      await client.write(bytesOf("in plain"));
      assertEquals(textOf(await readBytes(server, 8)), "in plain");
      await server.write(bytesOf("likewise"));
      assertEquals(textOf(await readBytes(client, 8)), "likewise");
      client.close();
      assertEquals(await server.read(new Uint8Array(1)), null);
    },
  );

  tlsTest(
    `leave() keeps what comes right behind the other end's close_notify, ${maxVersion}`,
    async () => {
      for (const comesFirst of [true, false]) {
        using pair = await secured({ trust });
        const records = await farewellOf(pair);
        const both = new Uint8Array([...records, ...bytesOf("NOOP\r\n")]);
        if (comesFirst) {
          await pair.clientEnd.write(both);
          await calm();
        }
        const leaving = pair.server.leave(PATIENT);
        if (!comesFirst) await pair.clientEnd.write(both);
        const plain = await soon(leaving, "the end of TLS");
        assertEquals(textOf(await readBytes(plain, 4)), "NOOP");
        assertEquals(textOf(await readBytes(plain, 2)), "\r\n");
        await pair.clientEnd.write(bytesOf("QUIT\r\n"));
        assertEquals(textOf(await readBytes(plain, 6)), "QUIT\r\n");
      }
    },
  );

  tlsTest(
    `leave() takes nothing of what comes later, ${maxVersion}`,
    async () => {
      using pair = await secured({ trust });
      const records = await farewellOf(pair);
      const leaving = pair.server.leave(PATIENT);
      for (const byte of records) {
        await pair.clientEnd.write(Uint8Array.of(byte));
        await calm();
      }
      const plain = await soon(leaving, "the end of TLS");
      await calm();
      assertEquals(pair.serverEnd.pendingReads, 0);
      await pair.clientEnd.write(bytesOf("x"));
      assertEquals(textOf(await readBytes(plain, 1)), "x");
    },
  );

  tlsTest(
    `leave() fails when the other end goes on talking, ${maxVersion}`,
    async () => {
      using pair = await secured({ trust });
      const leaving = pair.server.leave(PATIENT);
      await pair.client.write(bytesOf("more"));
      await assertRejects(() => soon(leaving, "the failure"), TlsError);
      assertEquals(pair.serverEnd.isClosed, true);
    },
  );

  tlsTest(
    `leave() takes plain text for the end, as curl sends it, ${maxVersion}`,
    async () => {
      using pair = await secured({ trust });
      const leaving = pair.server.leave(PATIENT);
      await pair.clientEnd.write(bytesOf("NOOP\r\n"));
      const plain = await soon(leaving, "the end of TLS");
      const buffer = new Uint8Array(16);
      const count = await soon(plain.read(buffer), "the text");
      assertEquals(textOf(buffer.subarray(0, count!)), "NOOP\r\n");
    },
  );

  tlsTest(`leave() fails when the connection ends, ${maxVersion}`, async () => {
    for (const end of ["endWrite", "reset"] as const) {
      using pair = await secured({ trust });
      const leaving = pair.server.leave(PATIENT);
      await calm();
      pair.clientEnd[end]();
      await assertRejects(() => soon(leaving, "the failure"));
      assertEquals(pair.serverEnd.isClosed, true);
    }
  });
}

tlsTest(
  "leave() ends when its signal aborts, before and while it waits",
  async () => {
    using pair = await secured();
    const reasonOf = (leaving: Promise<unknown>) =>
      soon(leaving.catch((error) => error), "the end");
    assertEquals(
      await reasonOf(pair.client.leave(AbortSignal.abort("no"))),
      "no",
    );
    const stop = new AbortController();
    const leaving = pair.server.leave(stop.signal);
    await calm();
    stop.abort("enough");
    assertEquals(await reasonOf(leaving), "enough");
    assertEquals(pair.serverEnd.isClosed, true);
  },
);

tlsTest(
  "leave() ends when its signal aborts and the other end reads nothing",
  async () => {
    using pair = await secured({ capacity: 4096 });
    const stop = new AbortController();
    pair.clientEnd.close();
    const leaving = pair.server.leave(stop.signal);
    stop.abort("enough");
    assertEquals(await soon(leaving.catch((error) => error), "it"), "enough");
  },
);

tlsTest(
  "leave() lets go of TLS: neither side reads or writes there any more",
  async () => {
    using pair = await secured();
    await soon(leaveBoth(pair), "the end of TLS");
    await assertRejects(() => pair.server.write(bytesOf("x")));
    assertEquals(await pair.server.read(new Uint8Array(1)), null);
    await calm();
    assert(!pair.serverEnd.isClosed);
  },
);

function leaveBoth({ client, server }: Secured) {
  return Promise.all([client.leave(PATIENT), server.leave(PATIENT)]);
}

/** What the client sends to end TLS; the server has not got it yet. */
async function farewellOf(
  { client, clientEnd, serverEnd }: Secured,
): Promise<Uint8Array> {
  const hold = serverEnd.hold();
  await client.closeWrite();
  const bytes = hold.take();
  assert(bytes.length > 5 && clientEnd.unread === 0);
  return bytes;
}
