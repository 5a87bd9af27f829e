import { assert, assertEquals, assertRejects } from "@std/assert";
import { bytesSource } from "../../client/service/bytes_source.ts";
import { echoStream } from "../../client/echo/echo_stream.ts";
import { Returning } from "../../client/echo/returning.ts";
import type { ClientConn } from "../../client/service/connect.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { Mailbox } from "../../lib/mailbox.ts";

type Answer = (bytes: Bytes) => Bytes | null;

/** A server that sends back what `answer` makes of each write. */
function server(answer: Answer, atEnd: Bytes = new Uint8Array(0)) {
  const replies = new Mailbox<Bytes | null>();
  let rest: Bytes = new Uint8Array(0);
  let written = 0;
  const conn: ClientConn = {
    remote: "192.0.2.7:7",
    async read(buffer) {
      while (rest.length === 0) {
        const next = await replies.take();
        if (next === null) return null;
        rest = next;
      }
      const part = rest.subarray(0, buffer.length);
      buffer.set(part);
      rest = rest.subarray(part.length);
      return part.length;
    },
    write(bytes) {
      written += bytes.length;
      const reply = answer(bytes.slice());
      if (reply !== null) replies.put(reply);
      return Promise.resolve(bytes.length);
    },
    closeWrite() {
      replies.put(atEnd);
      replies.put(null);
      return Promise.resolve();
    },
    close: () => replies.put(null),
  };
  return { conn, replies, written: () => written };
}

const LIMITS = { timeout: 5000 };
const same: Answer = (bytes) => bytes;

function counting(length: number): Bytes {
  return new Uint8Array(length).map((_, at) => at % 253);
}

Deno.test("echoStream() gets back what it sent, of every length", async () => {
  for (const length of [0, 1, 65_535, 65_536, 65_537, 1_000_000]) {
    const parts: Bytes[] = [];
    const result = await echoStream(
      server(same).conn,
      bytesSource(counting(length)),
      {
        ...LIMITS,
        onReply: (part) => void parts.push(part.slice()),
      },
    );
    assertEquals(result, { sent: length, received: length, differsAt: null });
    const reply = new Uint8Array(await new Blob(parts).arrayBuffer());
    assertEquals(reply, counting(length));
  }
});

Deno.test("echoStream() finds the first byte that is wrong", async () => {
  for (const at of [0, 70_000, 99_999]) {
    let seen = 0;
    const { conn } = server((bytes) => {
      const index = at - seen;
      seen += bytes.length;
      if (index >= 0 && index < bytes.length) bytes[index]! ^= 1;
      return bytes;
    });
    const result = await echoStream(
      conn,
      bytesSource(counting(100_000)),
      LIMITS,
    );
    assertEquals(result, { sent: 100_000, received: 100_000, differsAt: at });
  }
});

Deno.test("echoStream() finds bytes that are missing, and bytes too many", async () => {
  const short = await echoStream(
    server((bytes) => bytes.subarray(0, 60)).conn,
    bytesSource(counting(100)),
    LIMITS,
  );
  assertEquals(short, { sent: 100, received: 60, differsAt: 60 });
  const long = await echoStream(
    server(same, new Uint8Array(5)).conn,
    bytesSource(counting(100)),
    LIMITS,
  );
  assertEquals(long, { sent: 100, received: 105, differsAt: 100 });
  const greeting = server(same);
  greeting.replies.put(new Uint8Array([220, 32]));
  const early = await echoStream(
    greeting.conn,
    bytesSource(counting(9)),
    LIMITS,
  );
  assertEquals(early, { sent: 9, received: 11, differsAt: 0 });
});

Deno.test("echoStream() leaves a server that sends endless nonsense", async () => {
  const { conn, replies } = server((bytes) => {
    for (let n = 0; n < 100; n++) replies.put(new Uint8Array(10_000));
    return bytes;
  });
  let shown = 0;
  const { differsAt } = await echoStream(conn, bytesSource(counting(100)), {
    ...LIMITS,
    onReply: (part) => void (shown += part.length),
  });
  assertEquals(differsAt, 1);
  assert(shown > 65_536 && shown <= 80_000, `${shown} bytes`);
});

Deno.test("echoStream() stops sending while too much is under way", async () => {
  const { conn, written } = server(() => null);
  const endless = {
    read: (buffer: Bytes) => Promise.resolve(buffer.length),
  };
  const error = await assertRejects(
    () => echoStream(conn, endless, { timeout: 300 }),
    ServiceError,
  );
  assertEquals(written(), 16 * 1024 * 1024);
  assertEquals(error.kind, "timeout");
  assertEquals(
    error.message,
    "no reply in 0.3 s from 192.0.2.7:7: 0 of 16777216 bytes came back; is it an echo server?",
  );
});

Deno.test("echoStream() waits for whoever types as long as it takes", async () => {
  const typed = Promise.withResolvers<number | null>();
  const source = { read: () => typed.promise };
  const run = echoStream(server(same).conn, source, { timeout: 1 });
  const early = await Promise.race([
    run.then(() => "ended", () => "failed"),
    new Promise((resolve) => setTimeout(() => resolve("waits"), 50)),
  ]);
  assertEquals(early, "waits");
  typed.resolve(null);
  assertEquals((await run).differsAt, null);
});

Deno.test("echoStream() does not blame the server for a reader that is slow", async () => {
  const result = await echoStream(
    server(same).conn,
    bytesSource(counting(10)),
    {
      timeout: 1,
      onReply: () => new Promise((resolve) => setTimeout(resolve, 50)),
    },
  );
  assertEquals(result.differsAt, null);
});

Deno.test("echoStream() ends with the reason of its signal", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const run = echoStream(server(() => null).conn, bytesSource(counting(10)), {
    timeout: 60_000,
    signal: controller.signal,
  });
  controller.abort(reason);
  assertEquals(await assertRejects(() => run), reason);
});

Deno.test("echoStream() passes on that the connection broke", async () => {
  const broken = new ServiceError("closed", "broken");
  const { conn } = server(() => null);
  const failing = { ...conn, write: () => Promise.reject(broken) };
  const run = echoStream(failing, bytesSource(counting(10)), LIMITS);
  assertEquals(await assertRejects(() => run), broken);
});

Deno.test("take() compares at every border of what was sent and what came", async () => {
  const all = counting(30);
  for (let cut = 0; cut <= 30; cut++) {
    for (let split = 0; split <= 30; split++) {
      const returning = new Returning(100);
      await returning.expect(all.slice(0, cut));
      await returning.expect(all.slice(cut));
      returning.take(all.slice(0, split));
      returning.take(all.slice(split));
      assertEquals(returning.end().differsAt, null, `${cut}, ${split}`);
    }
  }
});
