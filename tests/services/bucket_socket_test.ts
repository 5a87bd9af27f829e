/** The debug sink on a socket: nothing is cut, nothing is glued. */
import {
  assert,
  assertEquals,
  assertGreater,
  assertNotEquals,
} from "@std/assert";
import type { HostPort } from "../../lib/host_port.ts";
import { HAS_IPV6, soon } from "../net/loopback.ts";
import { sender, startSink } from "./bucket_sink.ts";
import type { Burst } from "./bucket_burst_worker.ts";

const skipped = HAS_IPV6 ? "" : " (skipped: no IPv6 here)";

Deno.test("a sink makes one record of each datagram, of every size, byte for byte", async () => {
  await using sink = await startSink();
  using program = sender(sink.at);
  const sizes = [0, 1, 1023, 1024, 1025, 2049, 8193, 65_506, 65_507];
  for (const [at, size] of sizes.entries()) {
    await program.send(new Uint8Array(size).map((_, i) => i + at));
    await sink.has(at + 1);
  }
  for (const [at, { data, from, to }] of sink.records.entries()) {
    assertEquals(data.length, sizes[at]);
    assert(data.every((byte, i) => byte === (i + at) % 256));
    assertEquals(from, { hostname: "127.0.0.1", port: program.port });
    assertEquals(to, sink.at);
  }
});

Deno.test(`a sink takes the longest datagram of IPv6${skipped}`, {
  ignore: !HAS_IPV6,
}, async () => {
  await using sink = await startSink({}, "::1");
  using program = sender(sink.at);
  await program.send(new Uint8Array(65_527).fill(7));
  await sink.has(1);
  const { data, from } = sink.records[0]!;
  assertEquals([data.length, from.hostname], [65_527, "::1"]);
  assert(data.every((byte) => byte === 7));
});

Deno.test("of a burst of 2,000 the sink tells exactly what the kernel dropped", async () => {
  await using sink = await startSink();
  using program = await startProgram(sink.at);
  // The sink's thread waits for the end of the burst: most of it is too much.
  program.burst(1, 2000);
  const dropped = await kernelDrops(sink.at.port);
  await sink.has(2000 - dropped);
  program.burst(2001, 2001);
  await sink.has(2001 - dropped);
  assertGreater(dropped, 0);
  assertEquals(sink.counters, {
    ...{ records: 2001 - dropped, filtered: 0, overrun: 0 },
    ...{ lost: dropped, late: 0, duplicates: 0 },
  });
});

/** A program in another thread that sends numbered datagrams to `to`. */
async function startProgram(to: HostPort) {
  const worker = new Worker(
    new URL("./bucket_burst_worker.ts", import.meta.url),
    {
      type: "module",
    },
  );
  const ready = Promise.withResolvers<void>();
  worker.onmessage = () => ready.resolve();
  await soon(ready.promise, "the other thread");
  return {
    /** Sends, and returns when everything has been sent. */
    burst(first: number, last: number): void {
      const done = new SharedArrayBuffer(4);
      const order: Burst = { to, numbers: [first, last], done };
      worker.postMessage(order);
      const end = Atomics.wait(new Int32Array(done), 0, 0, 30_000);
      assertNotEquals(end, "timed-out");
    },
    [Symbol.dispose]: () => worker.terminate(),
  };
}

/** What Linux dropped at the socket on `port` of 127.0.0.1. */
async function kernelDrops(port: number): Promise<number> {
  const { stdout } = await new Deno.Command("cat", {
    args: ["/proc/net/udp"],
  }).output();
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = new TextDecoder().decode(stdout).split("\n")
    .map((line) => line.trim().split(/\s+/));
  return Number(rows.find((row) => row[1] === local)?.[12]);
}
