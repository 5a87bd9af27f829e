/** Passing datagrams on, without a loop. */
import { assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { createLog } from "../../lib/log.ts";
import type { Rate } from "../../lib/net/token_bucket.ts";
import { isAt, openForwarder } from "../../server/services/bucket/forward.ts";
import { boundFor } from "../../server/services/bucket/outlet.ts";
import { ReturnWatch } from "../../server/services/bucket/returns.ts";

const B: HostPort = { hostname: "192.0.2.2", port: 7739 };
const C: HostPort = { hostname: "192.0.2.3", port: 7739 };
const PROGRAM: HostPort = { hostname: "192.0.2.7", port: 40001 };
const US: HostPort = { hostname: "192.0.2.1", port: 7739 };

/** A forwarder to `targets` whose network is a list. */
function forwarderTo(
  targets: readonly HostPort[],
  { rate, takes = () => true }: { rate?: Rate; takes?: () => boolean } = {},
) {
  const clock = manualClock();
  const sent: string[] = [];
  const lines: string[] = [];
  const forwarder = openForwarder(targets, {
    clock,
    log: createLog({
      format: "text",
      write: (line) => lines.push(line.replace(/^\S+ /, "").trimEnd()),
    }),
    open: ({ hostname }) => ({
      send(data) {
        if (!takes()) return false;
        sent.push(`${hostname} ${new TextDecoder().decode(data)}`);
        return true;
      },
      counters: { sent: 1, failed: 2 },
      close: () => Promise.resolve(),
    }),
    ...rate ? { rate } : {},
  });
  return {
    ...{ clock, sent, lines, forwarder },
    pass(text: string, from = PROGRAM, to = US) {
      forwarder.forward({ data: new TextEncoder().encode(text), from, to });
    },
  };
}

Deno.test("a forwarder passes every datagram on to every target", () => {
  const { pass, sent, forwarder } = forwarderTo([B, C]);
  pass("one");
  pass("");
  assertEquals(sent, [
    ...["192.0.2.2 one", "192.0.2.3 one", "192.0.2.2 ", "192.0.2.3 "],
  ]);
  assertEquals(forwarder.counters(), { forwarded: 2, "forward-failed": 4 });
});

Deno.test("a sender may repeat itself", () => {
  const { pass, sent } = forwarderTo([B]);
  for (let i = 0; i < 3; i++) pass("tick");
  assertEquals(sent.length, 3);
});

Deno.test("what comes back from somebody else is not passed on, and told once", () => {
  const { pass, sent, lines, forwarder } = forwarderTo([B]);
  const echo = { hostname: "192.0.2.3", port: 55_555 };
  pass("hello");
  pass("hello", echo);
  pass("world");
  pass("world", echo);
  assertEquals(sent, ["192.0.2.2 hello", "192.0.2.2 world"]);
  assertEquals(lines, ["WARN not-forwarded why=loop from=192.0.2.3:55555"]);
  assertEquals(forwarder.counters()["not-forwarded-loop"], 2);
});

Deno.test("the same words from somebody else two seconds later are news", async () => {
  const { pass, sent, clock } = forwarderTo([B]);
  pass("tick");
  await clock.advance(2001);
  pass("tick", { hostname: "192.0.2.8", port: 4 });
  assertEquals(sent.length, 2);
});

Deno.test("a target gets nothing that it sent, and nothing goes to ourselves", () => {
  const { pass, sent, lines } = forwarderTo([B, US]);
  pass("x", B);
  assertEquals(sent, []);
  assertEquals(lines, [
    "WARN not-forwarded why=from-target from=192.0.2.2:7739",
    "WARN not-forwarded why=own-address from=192.0.2.2:7739",
  ]);
});

Deno.test("isAt() knows which sockets get what is sent to a target", () => {
  const on = (target: string, local: string, port = 7739) =>
    isAt({ hostname: target, port }, { hostname: local, port: 7739 });
  assertEquals([
    on("192.0.2.1", "192.0.2.1"),
    on("127.0.0.1", "0.0.0.0"),
    on("127.0.0.1", "::"),
    on("::1", "::"),
    on("::ffff:192.0.2.1", "192.0.2.1"),
  ], [true, true, true, true, true]);
  assertEquals([
    on("192.0.2.1", "192.0.2.1", 7740),
    on("192.0.2.2", "192.0.2.1"),
    on("192.0.2.2", "0.0.0.0"),
    on("loghost", "0.0.0.0"),
  ], [false, false, false, false]);
});

Deno.test("more than the rate is not passed on", async () => {
  const rate = { perSecond: 10, burst: 2 };
  const { pass, sent, clock, forwarder } = forwarderTo([B], { rate });
  for (let i = 0; i < 5; i++) pass(`record ${i}`);
  assertEquals(sent.length, 2);
  await clock.advance(100);
  pass("later");
  assertEquals(sent.at(-1), "192.0.2.2 later");
  assertEquals(forwarder.counters()["not-forwarded-rate"], 3);
});

Deno.test("a network that takes nothing costs datagrams, and is told", () => {
  const { pass, lines } = forwarderTo([B], { takes: () => false });
  pass("x");
  assertEquals(lines, ["WARN not-forwarded why=busy from=192.0.2.7:40001"]);
});

Deno.test("two forwarders that pass on to each other end by themselves", () => {
  const [a, b] = [{ hostname: "192.0.2.1", port: 7739 }, B];
  const left = forwarderTo([b]);
  const right = forwarderTo([a]);
  const way = { hostname: "192.0.2.1", port: 50_001 };
  const back = { hostname: "192.0.2.2", port: 50_002 };
  let turns = 0;
  left.pass("loop?", PROGRAM, a);
  for (; turns < 100; turns++) {
    const forth = left.sent.splice(0);
    for (const text of forth) right.pass(text.split(" ")[1]!, way, b);
    const returned = right.sent.splice(0);
    for (const text of returned) left.pass(text.split(" ")[1]!, back, a);
    if (forth.length + returned.length === 0) break;
  }
  assertEquals(turns, 1);
});

Deno.test("a ring of three ends, too", () => {
  const nodes = [1, 2, 3].map((n) => ({
    hostname: `192.0.2.${n}`,
    port: 7739,
  }));
  const ring = nodes.map((_, at) => forwarderTo([nodes[(at + 1) % 3]!]));
  ring[0]!.pass("round");
  let passed = 0;
  for (let turn = 0; turn < 100; turn++) {
    const at = turn % 3;
    for (const text of ring[at]!.sent.splice(0)) {
      passed++;
      const from = { hostname: nodes[at]!.hostname, port: 50_000 + at };
      const next = (at + 1) % 3;
      ring[next]!.pass(text.split(" ")[1]!, from, nodes[next]!);
    }
  }
  assertEquals(passed, 3);
});

Deno.test("ReturnWatch remembers no more than it may", () => {
  const watch = new ReturnWatch(manualClock());
  const of = (fill: number) => new Uint8Array(65_507).fill(fill);
  watch.isReturn(of(0), "a");
  for (let fill = 1; fill < 100; fill++) watch.isReturn(of(fill), "a");
  assertEquals(watch.isReturn(of(99), "b"), true);
  assertEquals(watch.isReturn(of(0), "b"), false);
});

Deno.test("ReturnWatch tells bytes apart that are no text", () => {
  const watch = new ReturnWatch(manualClock());
  for (let byte = 0; byte < 256; byte++) {
    assertEquals(watch.isReturn(new Uint8Array([byte]), `${byte}`), false);
  }
});

Deno.test("boundFor() names the addresses that a way out is bound to", () => {
  assertEquals(
    ["127.0.0.1", "127.0.0.9", "::1", "192.0.2.1", "2001:db8::1", "loghost"]
      .map((hostname) => boundFor(hostname).join()),
    ["127.0.0.1", "127.0.0.1", "::1", "0.0.0.0", "::", "0.0.0.0,::"],
  );
});
