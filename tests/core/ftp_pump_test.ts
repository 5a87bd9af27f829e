import { assertEquals } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { bufferPool } from "../../server/ftp/buffers.ts";
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

Deno.test("startTransfer() takes two long buffers once a short one was full", async () => {
  // A socket gives what it has: only the first read fills its buffer.
  let reads = 0;
  const lengths = await buffersOf((buffer) =>
    ++reads === 1 ? buffer.length : 40_000
  );
  assertEquals(new Set(lengths.slice(3)), new Set([1 << 19]));
});
