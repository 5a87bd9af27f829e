/** Sinks that pass on to each other, over real sockets. */
import { assertEquals, assertMatch } from "@std/assert";
import type { HostPort } from "../../lib/host_port.ts";
import { createLog, type Log } from "../../lib/log.ts";
import {
  type Forwarder,
  openForwarder,
} from "../../server/services/bucket/forward.ts";
import { openOutlet } from "../../server/services/bucket/outlet.ts";
import { HAS_IPV6 } from "../net/loopback.ts";
import { sender, type Sink, startSink } from "./bucket_sink.ts";

/** A log, and its lines without the time. */
function logTo(lines: string[]): Log {
  return createLog({
    format: "text",
    write: (line) => lines.push(line.replace(/^\S+ /, "").trimEnd()),
  });
}

/** A sink that passes on; where to can be said later. */
async function startForwarding(
  lines: string[],
): Promise<Sink & { to(target: HostPort): void }> {
  let forwarder: Forwarder | null = null;
  const sink = await startSink({
    onRecord: (record) => forwarder?.forward(record),
  });
  const dispose = sink[Symbol.asyncDispose];
  return Object.assign(sink, {
    to(target: HostPort) {
      forwarder = openForwarder([target], { log: logTo(lines) });
    },
    async [Symbol.asyncDispose]() {
      await dispose();
      await forwarder?.close();
    },
  });
}

Deno.test("two sinks that pass on to each other end each datagram after one round", async () => {
  const lines: string[] = [];
  await using a = await startForwarding(lines);
  await using b = await startForwarding(lines);
  await using end = await startSink();
  a.to(b.at);
  b.to(a.at);
  using program = sender(a.at);
  for (let i = 0; i < 20; i++) {
    await program.send(`record ${i}`);
    await a.has(2 * (i + 1));
  }
  assertEquals([a.texts.length, b.texts.length], [40, 20]);
  // Whatever is still on its way comes before an answer from the last sink.
  using other = sender(end.at);
  await other.send("over");
  await end.has(1);
  assertEquals([a.texts.length, b.texts.length], [40, 20]);
  assertEquals(lines.length, 1);
  assertMatch(lines[0]!, /^WARN not-forwarded why=loop from=127\.0\.0\.1:\d+$/);
});

Deno.test("what is passed on is the same bytes, of every length", async () => {
  await using last = await startSink();
  await using first = await startForwarding([]);
  first.to(last.at);
  using program = sender(first.at);
  const bodies = [0, 1, 1024, 65_507].map((size) =>
    new Uint8Array(size).map((_, at) => at * 7)
  );
  for (const [at, body] of bodies.entries()) {
    await program.send(body);
    await last.has(at + 1);
  }
  assertEquals(last.records.map(({ data }) => data), bodies);
});

const names = HAS_IPV6 ? ["localhost", "::1"] : ["localhost"];
for (const hostname of names) {
  Deno.test(`an outlet finds its way to ${hostname}`, async () => {
    const at = hostname === "::1" ? "::1" : "127.0.0.1";
    await using sink = await startSink({}, at);
    const lines: string[] = [];
    const target = { hostname, port: sink.at.port };
    const outlet = openOutlet(target, logTo(lines));
    outlet.send(new TextEncoder().encode("hello"));
    await sink.has(1);
    await outlet.close();
    assertEquals([sink.texts, lines], [["hello"], []]);
  });
}

Deno.test("an outlet tells once that nothing can be sent, and counts", async () => {
  const told = Promise.withResolvers<string>();
  const lines: string[] = [];
  const outlet = openOutlet(
    // No resolver is asked for a name that cannot be one.
    { hostname: `${"x".repeat(64)}.invalid`, port: 7739 },
    createLog({
      format: "text",
      write(line) {
        lines.push(line);
        told.resolve(line);
      },
    }),
  );
  for (let i = 0; i < 3; i++) outlet.send(new Uint8Array(1));
  assertMatch(await told.promise, /ERROR forward-failed to=x+\.invalid:7739 /);
  while (outlet.counters.failed < 3) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await outlet.close();
  assertEquals(lines.length, 1);
});

Deno.test("an outlet takes no more than so many at a time, and closes when they have left", async () => {
  await using sink = await startSink();
  const outlet = openOutlet(sink.at, logTo([]));
  const taken = Array.from(
    { length: 300 },
    (_, at) => outlet.send(new Uint8Array([at])),
  );
  await outlet.close();
  assertEquals(taken.filter((isTaken) => isTaken).length, 256);
  assertEquals(outlet.counters, { sent: 256, failed: 0 });
  await sink.has(100);
  const order = sink.records.slice(0, 100).map(({ data }) => data[0]);
  assertEquals(order, Array.from({ length: 100 }, (_, at) => at));
});
