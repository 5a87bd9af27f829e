import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
import type { ServiceConn } from "../../lib/net/service.ts";
import { echoService } from "../../server/services/echo.ts";

const context = memoryContext();

async function echoed(conn: ServiceConn): Promise<void> {
  await echoService().stream?.(conn, context);
}

/** Bytes that differ from their neighbours. */
function bytes(length: number): Bytes {
  return Uint8Array.from({ length }, (_, at) => at * 31 >> 3);
}

Deno.test("echoService() sends a stream back, however it comes", async () => {
  for (const size of [1, 2, 1023, 1024, 1025, 4095, 4096, 4097, 70_000]) {
    const sent = bytes(100_000);
    const parts: Bytes[] = [];
    for (let at = 0; at < sent.length && parts.length < 5000; at += size) {
      parts.push(sent.subarray(at, at + size));
    }
    const conn = memoryConn(parts);
    await echoed(conn);
    const came = parts.reduce((sum, part) => sum + part.length, 0);
    assertEquals(conn.output, sent.subarray(0, came), `${size} at a time`);
  }
});

Deno.test("echoService() sends everything back when each write takes only a little", async () => {
  const sent = bytes(10_000);
  for (const maxWrite of [1, 7, 4095]) {
    const conn = memoryConn(sent, { maxWrite });
    await echoed(conn);
    assertEquals(conn.output, sent, `${maxWrite} bytes a write`);
  }
});

Deno.test("echoService() sends nothing back for nothing", async () => {
  const conn = memoryConn("");
  await echoed(conn);
  assertEquals(conn.output.length, 0);
});

Deno.test("echoService() begins with a small buffer and never takes more than 64 KiB", async () => {
  const offered = new Set<number>();
  let left = 100;
  await echoed({
    read(buffer) {
      offered.add(buffer.length);
      return Promise.resolve(left-- > 0 ? buffer.length : null);
    },
    write: (data) => Promise.resolve(data.length),
    closeWrite: () => Promise.resolve(),
  });
  assertEquals([...offered], [4096, 16_384, 65_536]);
});

Deno.test("echoService() keeps its small buffer for what fits", async () => {
  const buffers = new Set<ArrayBuffer>();
  let left = 100;
  await echoed({
    read(buffer) {
      buffers.add(buffer.buffer);
      return Promise.resolve(left-- > 0 ? 4095 : null);
    },
    write: (data) => Promise.resolve(data.length),
    closeWrite: () => Promise.resolve(),
  });
  assertEquals([...buffers].map(({ byteLength }) => byteLength), [4096]);
});

Deno.test("echoService() reads nothing while the peer takes nothing", async () => {
  let reads = 0;
  const taken = Promise.withResolvers<number>();
  const echoing = echoed({
    read: () => Promise.resolve(++reads === 1 ? 5 : null),
    write: () => taken.promise,
    closeWrite: () => Promise.resolve(),
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(reads, 1);
  taken.resolve(5);
  await echoing;
  assertEquals(reads, 2);
});

Deno.test("echoService() fails as its connection fails", async () => {
  const gone = new Deno.errors.ConnectionReset("reset");
  const healthy = memoryConn("hello");
  await assertRejects(
    () => echoed({ ...healthy, read: () => Promise.reject(gone) }),
    Deno.errors.ConnectionReset,
  );
  await assertRejects(
    () => echoed({ ...healthy, write: () => Promise.reject(gone) }),
    Deno.errors.ConnectionReset,
  );
});

Deno.test("echoService() answers a datagram with itself, also one without bytes", () => {
  const { datagram } = echoService();
  for (const size of [0, 1, 65_527]) {
    const data = bytes(size);
    assert(datagram?.(data, context) === data, `${size} bytes`);
  }
});
