import { assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import type { TlsFacts } from "../../lib/net/tls/stream.ts";
import { bufferPool } from "../../server/ftp/buffers.ts";
import { pump } from "../../server/ftp/pump.ts";
import { startTransfer } from "../../server/ftp/transfer.ts";

/** Uploads what `fill` gives for each buffer; returns the buffers' lengths. */
async function buffersOf(fill: (buffer: Bytes) => number): Promise<number[]> {
  const lengths: number[] = [];
  const connection = {
    read(buffer: Bytes) {
      lengths.push(buffer.length);
      return Promise.resolve(lengths.length > 20 ? null : fill(buffer));
    },
    write: () => Promise.reject(new Error("not for uploads")),
    close() {},
  };
  const sink = {
    write: (bytes: Bytes) => Promise.resolve(bytes.length),
    close() {},
    abort() {},
  };
  const transfer = startTransfer(
    {
      end: { receive: sink },
      verb: "STOR",
      path: "/a",
      opening: "",
      done: "",
    },
    { open: () => Promise.resolve(connection), close() {} },
    {
      dataTimeout: 60_000,
      clientPresent: () => true,
      buffers: bufferPool(),
    },
  );
  assertEquals((await transfer.finished).reply.code, 226);
  return lengths;
}

Deno.test("startTransfer() takes short buffers for what never fills one", async () => {
  const lengths = await buffersOf(() => 1000);
  assertEquals(new Set(lengths), new Set([1 << 15]));
});

Deno.test("startTransfer() takes a long buffer once a short one was full", async () => {
  // A socket gives what it has: only the first read fills its buffer.
  let reads = 0;
  const lengths = await buffersOf((buffer) =>
    ++reads === 1 ? buffer.length : 40_000
  );
  assertEquals(new Set(lengths.slice(1)), new Set([1 << 19]));
});

/** Downloads 2 MiB, `running` transfers at a time; what was under way when. */
async function downloadOf(
  running: number,
  facts?: TlsFacts,
): Promise<string[]> {
  const did: string[] = [];
  let left = 2 << 20;
  const source = {
    read(buffer: Bytes) {
      did.push(`read ${buffer.length >> 10}`);
      const count = Math.min(buffer.length, left);
      left -= count;
      return Promise.resolve(count || null);
    },
    close() {},
  };
  const sink = {
    async write(bytes: Bytes) {
      await Promise.resolve();
      did.push(`sent ${bytes.length >> 10}`);
      return bytes.length;
    },
    close() {},
  };
  const breather = { running, begin() {}, moved: () => null, end() {} };
  const route = { source, sink, to: "network" } as const;
  const { signal } = new AbortController();
  const options = { buffers: bufferPool(), breather, signal };
  await pump(route, { bytes: 0, began: 0, facts }, options);
  return did;
}

Deno.test("pump() reads the next piece while the last is sent when no other transfer runs", async () => {
  const did = await downloadOf(1);
  assertEquals(did.slice(0, 5), [
    ...["read 32", "read 1024", "sent 32"],
    ...["read 1024", "sent 1024"],
  ]);
});

const IN_TURNS = [
  ...["read 32", "sent 32", "read 512"],
  ...["sent 512", "read 512", "sent 512"],
];

Deno.test("pump() reads and sends in turns when other transfers run", async () => {
  assertEquals((await downloadOf(2)).slice(0, 6), IN_TURNS);
});

Deno.test("pump() reads and sends in turns over TLS", async () => {
  const facts = {} as TlsFacts;
  assertEquals((await downloadOf(1, facts)).slice(0, 6), IN_TURNS);
});
