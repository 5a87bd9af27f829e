import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { TlsStream } from "../../lib/net/tls/stream.ts";
import { bytesOf, textOf } from "./byte_cases.ts";
import {
  calm,
  pendingWrite,
  readBytes,
  readEnd,
  secured,
  soon,
  tlsTest,
  VERSIONS,
} from "./tls_harness.ts";

/** More than may wait anywhere on the way. */
const A_LOT = 3_000_000;

for (const maxVersion of VERSIONS) {
  const trust = { insecure: true, maxVersion };

  tlsTest(
    `everything arrives as it was sent, both ways at once, ${maxVersion}`,
    async () => {
      for (const most of [Infinity, 1000, 7]) {
        using pair = await secured({ trust, most });
        const size = most === 7 ? 30_000 : A_LOT;
        const { client, server } = pair;
        await soon(
          Promise.all([
            sendPattern(client, size, 1),
            sendPattern(server, size, 2),
            expectPattern(client, size, 2),
            expectPattern(server, size, 1),
          ]),
          "the exchange",
        );
        assertEquals([client.end, server.end], ["complete", "complete"]);
      }
    },
  );

  tlsTest(
    `write() waits for one who reads nothing, ${maxVersion}`,
    async () => {
      using pair = await secured({ trust });
      const { write, written } = await pendingWrite(pair.server);
      assert(written < 1_000_000, `${written} bytes without a reader`);
      const all = readBytes(pair.client, written + 65_536);
      assertEquals(await soon(write, "the write"), 65_536);
      await all;
    },
  );

  tlsTest(
    `one who floods us is read no further than we read, ${maxVersion}`,
    async () => {
      using pair = await secured({ trust });
      let sent = 0;
      const flood = assertRejects(async () => {
        for (;;) sent += await pair.client.write(new Uint8Array(65_536));
      });
      await calm();
      const before = sent;
      assert(before < 1_500_000, `${before} bytes that nobody read`);
      await calm();
      assertEquals(sent, before);
      await readBytes(pair.server, 2_000_000);
      await calm();
      assert(sent > before + 1_500_000, `${sent} bytes`);
      pair.client.close();
      await flood;
    },
  );
}

tlsTest("a write takes at least one byte, and says how many", async () => {
  using pair = await secured();
  const bytes = new Uint8Array(1_000_000);
  const count = await pair.client.write(bytes);
  assert(count > 0 && count <= bytes.length);
  await readBytes(pair.server, count);
});

tlsTest("an empty write does nothing, and ends", async () => {
  using pair = await secured();
  const sent = pair.clientEnd.sent;
  assertEquals(await soon(pair.client.write(new Uint8Array()), "it"), 0);
  await calm();
  assertEquals(pair.clientEnd.sent, sent);
  await pair.client.write(bytesOf("x"));
  assertEquals(textOf(await readBytes(pair.server, 1)), "x");
});

tlsTest("what was written may be overwritten at once", async () => {
  using pair = await secured();
  const bytes = bytesOf("first");
  await pair.client.write(bytes);
  bytes.fill(0);
  assertEquals(textOf(await readBytes(pair.server, 5)), "first");
});

tlsTest("a read gives what is there, and the rest later", async () => {
  using pair = await secured();
  await pair.client.write(bytesOf("abcdef"));
  await calm();
  const two = new Uint8Array(2);
  assertEquals(await pair.server.read(two), 2);
  assertEquals(textOf(two), "ab");
  const ten = new Uint8Array(10);
  assertEquals(await pair.server.read(ten), 4);
  assertEquals(textOf(ten.subarray(0, 4)), "cdef");
});

tlsTest(
  "a second read or write at a time is refused, and harms nothing",
  async () => {
    using pair = await secured();
    const read = pair.server.read(new Uint8Array(4));
    await assertRejects(
      () => pair.server.read(new Uint8Array(4)),
      Deno.errors.Busy,
    );
    const { write } = await pendingWrite(pair.client);
    await assertRejects(
      () => pair.client.write(new Uint8Array(4)),
      Deno.errors.Busy,
    );
    assertEquals(await read, 4);
    pair.client.close();
    await assertRejects(() => write);
  },
);

tlsTest(
  "records that were changed on the way fail the read, on either side",
  async () => {
    for (
      const [from, to] of [["client", "server"], ["server", "client"]] as const
    ) {
      using pair = await secured();
      const read = pair[to].read(new Uint8Array(8));
      const record = new Uint8Array(5 + 40).fill(7);
      record.set([23, 3, 3, 0, 40]);
      await pair[`${from}End`].write(record);
      const error = await assertRejects(() => soon(read, "the failure"));
      assertEquals(
        (error as Error).message,
        "what the other end sent was changed on the way",
      );
      await assertRejects(() => pair[to].write(bytesOf("x")));
    }
  },
);

/** Byte number `at` of a pattern without a short period. */
function patternByte(at: number, seed: number): number {
  return (at * 7 + (at >> 8) * 13 + seed * 101) & 0xff;
}

async function sendPattern(
  stream: TlsStream,
  size: number,
  seed: number,
): Promise<void> {
  for (let at = 0; at < size;) {
    const length = Math.min(size - at, 1 + at * 31 % 100_000);
    const bytes: Bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = patternByte(at + i, seed);
    for (let done = 0; done < length;) {
      done += await stream.write(bytes.subarray(done));
    }
    at += length;
  }
  await stream.closeWrite();
}

async function expectPattern(
  stream: TlsStream,
  size: number,
  seed: number,
): Promise<void> {
  for (let at = 0; at < size;) {
    const buffer = new Uint8Array(1 + at * 17 % 70_000);
    const count = (await stream.read(buffer)) ?? 0;
    assert(count > 0, `the end at ${at}`);
    for (let i = 0; i < count; i++) {
      if (buffer[i] !== patternByte(at + i, seed)) {
        assert(false, `at ${at + i}`);
      }
    }
    at += count;
  }
  await readEnd(stream);
}
