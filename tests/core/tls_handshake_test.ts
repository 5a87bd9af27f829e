import { assert, assertEquals, assertRejects } from "@std/assert";
import { clientTls } from "../../lib/net/tls/client.ts";
import { TlsError, type TlsProblem } from "../../lib/net/tls/stream.ts";
import { bytesOf, textOf } from "./byte_cases.ts";
import {
  calm,
  connection,
  type End,
  PATIENT,
  readBytes,
  secured,
  soon,
  testServer,
  tlsTest,
} from "./tls_harness.ts";

/** Both ends of a connection, one of them under test. */
type Side = "server" | "client";

/** Starts the handshake of one side over `stream`. */
async function shakeHands(
  side: Side,
  stream: End,
  signal: AbortSignal = PATIENT,
) {
  if (side === "server") {
    return await (await testServer()).secure(stream, signal);
  }
  const tls = clientTls("localhost", { insecure: true });
  try {
    return await tls.control(stream, signal);
  } finally {
    tls.close();
  }
}

/** Expects a handshake to fail, and the connection to be closed then. */
async function assertFails(
  attempt: Promise<unknown>,
  stream: End,
  problem: TlsProblem,
): Promise<TlsError> {
  const error = await assertRejects(() => soon(attempt, "the end"), TlsError);
  assertEquals(error.problem, problem, error.message);
  assertEquals(/^[^\n\r]+$/.test(error.message), true, error.message);
  assertEquals(stream.isClosed, true);
  return error;
}

for (const side of ["server", "client"] as const) {
  tlsTest(
    `a handshake ends at once when its signal has aborted before, ${side}`,
    async () => {
      const [ours] = connection();
      const attempt = shakeHands(side, ours, AbortSignal.abort("enough"));
      assertEquals(await soon(attempt.catch((error) => error), "it"), "enough");
      assertEquals([ours.isClosed, ours.sent], [true, 0]);
    },
  );

  tlsTest(
    `a handshake ends at once when its signal aborts while the other end is silent, ${side}`,
    async () => {
      const [ours] = connection();
      const stop = new AbortController();
      const attempt = shakeHands(side, ours, stop.signal);
      await calm();
      assertEquals(ours.pendingReads, 1);
      stop.abort("enough");
      assertEquals(await soon(attempt.catch((error) => error), "it"), "enough");
      assertEquals(ours.isClosed, true);
    },
  );

  tlsTest(
    `a handshake fails when the other end does not speak TLS, ${side}`,
    async () => {
      for (
        const words of [
          "220 Welcome to FTP\r\n",
          "GET / HTTP/1.1\r\nHost: example.net\r\n\r\n",
          "\0\0\0\0\0\0\0\0\0\0",
          "\x16\x03\x01\x00\x04\xff\xff\xff\xff",
          "\xff".repeat(4096),
        ]
      ) {
        const [ours, theirs] = connection();
        const attempt = shakeHands(side, ours);
        await theirs.write(Uint8Array.from(words, (c) => c.charCodeAt(0)));
        const { message } = await assertFails(attempt, ours, "handshake");
        assert(message.includes("does not speak TLS here"), message);
      }
    },
  );

  tlsTest(
    `a handshake fails when the connection ends or breaks, ${side}`,
    async () => {
      for (const end of ["endWrite", "reset", "close"] as const) {
        const [ours, theirs] = connection();
        const attempt = shakeHands(side, ours);
        await calm();
        theirs[end]();
        const { message } = await assertFails(attempt, ours, "closed");
        assertEquals(
          message,
          "the other end closed the connection during the TLS handshake",
        );
      }
    },
  );

  tlsTest(
    `a handshake fails when the other end goes after half of it, ${side}`,
    async () => {
      for (const end of ["endWrite", "reset"] as const) {
        const [ours, middle] = connection();
        const [other, theirs] = connection();
        const attempt = shakeHands(side, ours);
        const others = shakeHands(
          side === "server" ? "client" : "server",
          theirs,
        )
          .catch(() => {});
        if (side === "server") await relay(other, middle, 100);
        else await relay(middle, other).then(() => relay(other, middle, 100));
        middle[end]();
        await assertFails(attempt, ours, "closed");
        other.close();
        await soon(others, "the end");
      }
    },
  );

  tlsTest(`a handshake takes a bounded number of bytes, ${side}`, async () => {
    const [ours, theirs] = connection();
    const attempt = assertFails(shakeHands(side, ours), ours, "handshake");
    // Records that belong to one handshake message of 16 MB.
    const record = new Uint8Array(5 + 16_384);
    record.set([22, 3, 3, 64, 0]);
    const first = record.slice();
    first.set([side === "server" ? 1 : 2, 255, 255, 255], 5);
    let sent = 0;
    await assertRejects(async () => {
      for (sent = 0; sent < 100_000_000;) {
        sent += await writeWhole(theirs, sent === 0 ? first : record);
      }
    }, Deno.errors.BrokenPipe);
    assert(sent < 1_000_000, `${sent} bytes`);
    await attempt;
  });

  tlsTest(
    `a handshake that never gets anywhere takes a bounded number of bytes, ${side}`,
    async () => {
      const [ours, theirs] = connection();
      const attempt = assertFails(shakeHands(side, ours), ours, "handshake");
      const empty = Uint8Array.of(22, 3, 3, 0, 0);
      let sent = 0;
      await assertRejects(async () => {
        for (; sent < 10_000_000;) sent += await writeWhole(theirs, empty);
      }, Deno.errors.BrokenPipe);
      assert(sent < 1_000_000, `${sent} bytes`);
      await attempt;
    },
  );
}

tlsTest(
  "a handshake works when each read and write moves one byte",
  async () => {
    using pair = await secured({ most: 1 });
    await pair.client.write(bytesOf("hello"));
    assertEquals(textOf(await readBytes(pair.server, 5)), "hello");
  },
);

tlsTest("a handshake that fails tells the other end why", async () => {
  const [ours, theirs] = connection();
  const tls = await testServer({ minVersion: "TLSv1.3" });
  const server = assertFails(tls.secure(ours, PATIENT), ours, "handshake");
  const client = clientTls("localhost", {
    insecure: true,
    maxVersion: "TLSv1.2",
  });
  const { message } = await assertFails(
    client.control(theirs, PATIENT),
    theirs,
    "handshake",
  );
  assertEquals(
    message,
    "the other end speaks no version of TLS that is allowed here",
  );
  assertEquals(
    (await server).message,
    "no version of TLS in common with the other end",
  );
  client.close();
});

tlsTest(
  "a handshake that fails ends when its signal aborts, though nobody takes its last words",
  async () => {
    const [ours, theirs] = connection({ capacity: 32 });
    const stop = new AbortController();
    const attempt = shakeHands("client", ours, stop.signal)
      .catch((error) => error);
    await theirs.write(bytesOf("220 no TLS here\r\n"));
    await calm();
    assertEquals(ours.isClosed, false);
    stop.abort("enough");
    assertEquals(await soon(attempt, "it"), "enough");
    assertEquals(ours.isClosed, true);
  },
);

tlsTest(
  "a handshake that fails does not wait for ever for one who takes no last words",
  async () => {
    const [ours, theirs] = connection({ capacity: 32 });
    const attempt = shakeHands("client", ours);
    const fails = assertFails(attempt, ours, "handshake");
    await theirs.write(bytesOf("220 no TLS here\r\n"));
    await fails;
  },
);

/** Moves what one end has to say to the other, at most so many bytes. */
async function relay(from: End, to: End, most = Infinity): Promise<void> {
  const buffer = new Uint8Array(65_536);
  const count = await from.read(buffer);
  await to.write(buffer.subarray(0, Math.min(count ?? 0, most)));
  await calm();
}

async function writeWhole(
  end: End,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<number> {
  for (let at = 0; at < bytes.length;) {
    at += await end.write(bytes.subarray(at));
  }
  return bytes.length;
}
