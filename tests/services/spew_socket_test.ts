/** Sending debug messages, over real sockets. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { openSpew, spew } from "../../client/spew/sender.ts";
import { HAS_IPV6 } from "../net/loopback.ts";
import { startSink } from "./bucket_sink.ts";

Deno.test("spew() sends what it is given, awaited or not, from one socket at a time", async () => {
  await using sink = await startSink();
  const sent = Array.from(
    { length: 50 },
    (_, at) => spew(`message ${at}`, { to: sink.at }),
  );
  assert((await Promise.all(sent)).every((isSent) => isSent));
  await sink.has(50);
  const ports = new Set(sink.records.map(({ from }) => from.port));
  assertEquals([sink.texts[49], ports.size], ["message 49", 1]);
});

Deno.test("spew() labels, splits and takes bytes, and the sink reads it", async () => {
  await using sink = await startSink();
  const text = "€".repeat(1000);
  await spew(text, { to: sink.at, tag: "app", level: "warn" });
  await spew(new Uint8Array([0xff, 0]), { to: sink.at });
  await spew("", { to: sink.at });
  await sink.has(5);
  const [one, two, three, bytes, empty] = sink.records;
  assertEquals([one, two, three].map((record) => record?.label?.label), [
    { tag: "app", level: "warn", part: 1, parts: 3 },
    { tag: "app", level: "warn", part: 2, parts: 3 },
    { tag: "app", level: "warn", part: 3, parts: 3 },
  ]);
  const joined = sink.texts.slice(0, 3)
    .map((part) => part.replace(/^\[.*?\] /, "")).join("");
  assertEquals(joined, text);
  assertEquals([bytes?.data, empty?.data.length], [
    new Uint8Array([0xff, 0]),
    0,
  ]);
});

Deno.test("a spewer's numbers show the sink that nothing is lost", async () => {
  await using sink = await startSink();
  const spewer = openSpew({ to: sink.at, seq: true });
  for (let i = 0; i < 200; i++) assert(await spewer.send(`message ${i}`));
  await sink.has(200);
  spewer.close();
  assertEquals(sink.texts[199], "[#200] message 199");
  assertEquals([sink.counters.lost, sink.counters.duplicates], [0, 0]);
});

Deno.test("a name is an address of IPv4 where it has one", async () => {
  await using sink = await startSink();
  const to = { hostname: "localhost", port: sink.at.port };
  assert(await spew("hello", { to }));
  await sink.has(1);
});

Deno.test(
  "spew() reaches IPv6, too" + (HAS_IPV6 ? "" : " (skipped: none here)"),
  {
    ignore: !HAS_IPV6,
  },
  async () => {
    await using sink = await startSink({}, "::1");
    assert(await spew("hello", { to: sink.at }));
    await sink.has(1);
  },
);

Deno.test("spew() succeeds where nobody listens, and where no host is it says so once", async () => {
  const quiet = Deno.listenDatagram({
    ...{ transport: "udp", hostname: "127.0.0.1", port: 0 },
  });
  const { hostname, port } = quiet.addr as Deno.NetAddr;
  quiet.close();
  for (let i = 0; i < 3; i++) {
    assert(await spew("x", { to: { hostname, port } }));
  }
  const lines: string[] = [];
  const spewer = openSpew({
    // No resolver is asked for a name that cannot be one.
    to: { hostname: `${"x".repeat(64)}.invalid`, port: 7739 },
    onTrouble: (line) => lines.push(line),
  });
  assertEquals([await spewer.send("x"), await spewer.send("y")], [
    false,
    false,
  ]);
  spewer.close();
  assertEquals(lines.length, 1);
  assertMatch(lines[0]!, /^cannot look up x+\.invalid:7739 \(udp\): /);
});
