import { assertEquals, assertMatch } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { manualClock } from "../../lib/clock.ts";
import { Datagrams, type DatagramsOptions } from "../../lib/net/datagrams.ts";
import type { UdpHandler } from "../../lib/net/udp.ts";

const LOCAL = { hostname: "192.0.2.1", port: 7007 };

function setUp(handler: UdpHandler, options: Partial<DatagramsOptions> = {}) {
  const clock = manualClock();
  const sent: { text: string; to: string }[] = [];
  const reports: string[] = [];
  const drops: string[] = [];
  const socket = {
    send(data: Uint8Array, to: Deno.Addr): Promise<number> {
      const { hostname, port } = to as Deno.NetAddr;
      if (hostname === "192.0.2.66") {
        return Promise.reject(new Error("no route"));
      }
      sent.push({
        text: new TextDecoder().decode(data),
        to: `${hostname} ${port}`,
      });
      return Promise.resolve(data.length);
    },
  };
  const datagrams = new Datagrams(handler, {
    ownPorts: new Set([7007]),
    clock,
    onDropped: (reason, source) =>
      drops.push(`${reason} ${source.hostname}:${source.port}`),
    onError: (error, what) => reports.push(`${what}: ${error}`),
    ...options,
  });
  const takeFrom = datagrams.from(socket, LOCAL);
  const take = (text: string, hostname = "192.0.2.7", port = 40001) =>
    takeFrom(bytes(text), { transport: "udp", hostname, port });
  return {
    clock,
    datagrams,
    counters: datagrams.counters,
    drops,
    reports,
    sent,
    take,
  };
}

const echo: UdpHandler = (data) => data;
const never = new Promise<never>(() => {});
const bytes = (text: string): Bytes => new TextEncoder().encode(text);

Deno.test("Datagrams answers to where the runtime said, with normalised context", async () => {
  const peers: unknown[] = [];
  const { clock, counters, sent, take } = setUp((data, { peer, local }) => {
    peers.push(peer, local);
    return data;
  });
  take("hello", "::ffff:192.0.2.7", 40001);
  await clock.advance(0);
  assertEquals(sent, [{ text: "hello", to: "::ffff:192.0.2.7 40001" }]);
  assertEquals(peers, [{ hostname: "192.0.2.7", port: 40001 }, LOCAL]);
  const { received, bytesReceived, answered, bytesSent } = counters;
  assertEquals([received, bytesReceived, answered, bytesSent], [1, 5, 1, 5]);
});

Deno.test("Datagrams sends nothing for null, and an empty answer for empty bytes", async () => {
  const { clock, counters, sent, take } = setUp((data) =>
    data.length > 0 ? null : data
  );
  take("no answer");
  take("");
  await clock.advance(0);
  assertEquals(sent.map(({ text }) => text), [""]);
  assertEquals([counters.unanswered, counters.answered], [1, 1]);
});

Deno.test("Datagrams drops harmful sources before the handler sees them", () => {
  let calls = 0;
  const { counters, drops, take } = setUp((data) => {
    calls++;
    return data;
  });
  take("a", "192.0.2.7", 19);
  take("b", "192.0.2.8", 7007);
  take("c", "::ffff:224.0.0.1", 40001);
  take("d", "192.0.2.7", 0);
  assertEquals(calls, 0);
  assertEquals(drops, [
    "service-port 192.0.2.7:19",
    "own-port 192.0.2.8:7007",
    "odd-address 224.0.0.1:40001",
  ]);
  assertEquals(counters.received, 4);
  assertEquals(counters.dropped["service-port"], 2);
});

Deno.test("Datagrams drops an answer longer than its question, unless it may grow", async () => {
  for (const mayGrow of [false, true]) {
    const { clock, counters, drops, sent, take } = setUp(() => bytes("four"), {
      mayGrow,
    });
    take("four");
    take("one");
    await clock.advance(0);
    assertEquals(sent.length, mayGrow ? 2 : 1);
    assertEquals(counters.dropped.larger, mayGrow ? 0 : 1);
    assertEquals(drops, mayGrow ? [] : ["larger 192.0.2.7:40001"]);
  }
});

Deno.test("Datagrams holds each source to its rate", async () => {
  const { clock, counters, drops, sent, take } = setUp(echo, {
    rate: { perSecond: 1, burst: 2 },
  });
  for (let i = 0; i < 5; i++) take("x", "2001:db8::1", 40001 + i);
  take("y", "2001:db8::2");
  take("z", "2001:db8:0:1::1");
  await clock.advance(0);
  assertEquals(sent.map(({ text }) => text).join(""), "xxz");
  assertEquals(counters.dropped.rate, 4);
  assertEquals(drops, ["rate 2001:db8::1:40003"]);
  await clock.advance(1000);
  take("x", "2001:db8::1");
  await clock.advance(0);
  assertEquals(sent.length, 4);
});

Deno.test("Datagrams keeps the order of answers that need no waiting", async () => {
  const { clock, sent, take } = setUp(echo);
  for (let i = 0; i < 100; i++) take(String(i));
  await clock.advance(0);
  assertEquals(
    sent.map(({ text }) => text),
    Array.from({ length: 100 }, (_, i) => String(i)),
  );
});

Deno.test("Datagrams goes on while answers are pending, up to maxPending", async () => {
  const waiting: (() => void)[] = [];
  const slow: UdpHandler = (data) =>
    new Promise((resolve) => waiting.push(() => resolve(data)));
  const { clock, counters, sent, take } = setUp(slow, { maxPending: 2 });
  for (const text of ["a", "b", "c"]) take(text);
  assertEquals([waiting.length, counters.dropped.busy], [2, 1]);
  waiting[1]!();
  await clock.advance(0);
  assertEquals(sent.map(({ text }) => text), ["b"]);
  take("d");
  assertEquals(waiting.length, 3);
});

Deno.test("Datagrams survives handlers that crash and sends that fail, reporting each source once", async () => {
  const { clock, counters, reports, sent, take } = setUp((data) => {
    if (data.length === 1) throw new TypeError("a bug");
    return data.length === 2
      ? Promise.reject(new TypeError("a late bug"))
      : data;
  });
  take("1");
  take("1");
  await clock.advance(0);
  take("22", "192.0.2.8");
  await clock.advance(0);
  take("333", "192.0.2.66");
  await clock.advance(0);
  take("333", "192.0.2.9");
  await clock.advance(0);
  assertEquals(reports, [
    "datagram from 192.0.2.7:40001: TypeError: a bug",
    "datagram from 192.0.2.8:40001: TypeError: a late bug",
    "datagram from 192.0.2.66:40001: Error: no route",
  ]);
  assertEquals([counters.failed, sent.length], [4, 1]);
});

Deno.test("Datagrams drops who is not allowed, and asks about everybody once", () => {
  const asked: string[] = [];
  const { counters, drops, take } = setUp(echo, {
    allows: (ip) => {
      asked.push(ip);
      return ip !== "192.0.2.8";
    },
  });
  for (let i = 0; i < 3; i++) {
    take("a", "192.0.2.7");
    take("b", "::ffff:192.0.2.8");
  }
  assertEquals(asked, ["192.0.2.7", "192.0.2.8"]);
  assertEquals(drops, ["denied 192.0.2.8:40001"]);
  assertEquals(counters.dropped.denied, 3);
});

Deno.test("Datagrams drops ports that the process serves since it knows the sender", async () => {
  const ownPorts = new Set([7007]);
  const { clock, counters, sent, take } = setUp(echo, { ownPorts });
  take("a");
  ownPorts.add(40001);
  take("b");
  await clock.advance(0);
  assertEquals(sent.map(({ text }) => text), ["a"]);
  assertEquals(counters.dropped["own-port"], 1);
});

Deno.test("Datagrams suspects a loop where a sender falls silent with its first drop", async () => {
  const loops: string[] = [];
  const { clock, take } = setUp(echo, {
    rate: { perSecond: 1, burst: 2 },
    onLoop: ({ hostname, port }) => loops.push(`${hostname}:${port}`),
  });
  for (let i = 0; i < 3; i++) {
    take("x", "192.0.2.7");
    take("y", "192.0.2.8");
  }
  await clock.advance(2999);
  take("once more", "192.0.2.8");
  await clock.advance(1);
  assertEquals(loops, ["192.0.2.7:40001"]);
  assertEquals(clock.sleeping, 0);
});

Deno.test("Datagrams suspects nobody when it stops", async () => {
  const loops: unknown[] = [];
  const { clock, datagrams, take } = setUp(echo, {
    rate: { perSecond: 1, burst: 1 },
    onLoop: (source) => loops.push(source),
  });
  take("x");
  take("x");
  await clock.advance(100);
  await datagrams.drain(0);
  await clock.advance(5000);
  assertEquals([loops.length, clock.sleeping], [0, 0]);
});

Deno.test("Datagrams sends and counts what a handler sends besides", async () => {
  const { clock, counters, datagrams, sent, take } = setUp((data, { also }) => {
    also?.(bytes("and one, longer"));
    return data;
  });
  take("one");
  take("two", "192.0.2.66");
  await clock.advance(0);
  assertEquals(sent.map(({ text }) => text), ["and one, longer", "one"]);
  assertEquals([counters.answered, counters.bytesSent], [2, 18]);
  assertEquals(counters.failed, 2);
  await datagrams.drain(1000);
  assertEquals(clock.sleeping, 0);
});

Deno.test("Datagrams knows its sender again after a flood of others", async () => {
  const { clock, sent, take } = setUp(echo, { maxPending: 10_000 });
  take("first");
  for (let port = 40002; port < 43074; port++) take("flood", "192.0.2.8", port);
  take("last");
  await clock.advance(0);
  assertEquals(sent.length, 3074);
  assertEquals(sent.at(-1), { text: "last", to: "192.0.2.7 40001" });
});

Deno.test("Datagrams.drain() ends at once when nothing is pending, and takes no more", async () => {
  const { clock, counters, datagrams, take } = setUp(echo);
  await datagrams.drain(1000);
  take("late");
  assertEquals([counters.received, clock.sleeping], [0, 0]);
});

Deno.test("Datagrams.drain() waits for pending answers", async () => {
  const answer = Promise.withResolvers<Bytes>();
  const { clock, datagrams, sent, take } = setUp(() => answer.promise);
  take("hello");
  const drained = datagrams.drain(1000);
  await clock.advance(999);
  answer.resolve(bytes("hello"));
  await drained;
  assertEquals([sent.length, clock.sleeping], [1, 0]);
});

Deno.test("Datagrams.drain() ends with the grace, and tells the handlers", async () => {
  let told = false;
  const { clock, datagrams, reports, take } = setUp((_data, { signal }) => {
    signal.addEventListener("abort", () => told = true);
    return never;
  });
  take("hello");
  const drained = datagrams.drain(1000);
  await clock.advance(1000);
  await drained;
  assertEquals([told, reports], [true, []]);
});

Deno.test("new Datagrams() refuses a rate that makes no sense", () => {
  let message = "";
  try {
    setUp(echo, { rate: { perSecond: 0, burst: 1 } });
  } catch (error) {
    message = String(error);
  }
  assertMatch(message, /^RangeError: Cannot limit to 0 per second/);
});
