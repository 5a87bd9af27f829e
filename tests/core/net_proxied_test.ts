import { assert, assertEquals } from "@std/assert";
import { type ManualClock, manualClock } from "../../lib/clock.ts";
import { admission } from "../../lib/net/admission.ts";
import { parseCidr } from "../../lib/net/cidr.ts";
import { memoryConn } from "../../lib/net/memory_conn.ts";
import {
  type Identify,
  proxyHeaders,
  type ProxyHeadersOptions,
} from "../../lib/net/proxied.ts";
import type { TcpContext } from "../../lib/net/tcp.ts";
import { FakeConn, setUp } from "./net_fake_conn.ts";
import { ENDS, LINE } from "./net_proxy_headers.ts";

const BALANCER = { hostname: "10.0.0.2", port: 50000 };
const stopping = new AbortController().signal;
const silent = { read: () => new Promise<never>(() => {}) };

interface Scene {
  identify: Identify;
  clock: ManualClock;
  refused: string[];
}

function scene(options: Partial<ProxyHeadersOptions> = {}): Scene {
  const clock = manualClock();
  const refused: string[] = [];
  const identify = proxyHeaders({
    from: [parseCidr("10.0.0.0/8"), parseCidr("2001:db8::/64")],
    clock,
    onRefused: ({ hostname }, reason) => refused.push(`${hostname}: ${reason}`),
    ...options,
  });
  return { clock, refused, identify };
}

Deno.test("proxyHeaders() tells the ends of whom a balancer names", async () => {
  const { identify, refused } = scene();
  const known = { peer: BALANCER, stopping };
  assertEquals(await identify(memoryConn(LINE), known), ENDS);
  assertEquals(await identify(memoryConn("PROXY UNKNOWN\r\n"), known), null);
  assertEquals(refused, []);
});

Deno.test("proxyHeaders() reads nothing from who is no balancer", () => {
  const { identify } = scene();
  const conn = {
    read: () => {
      throw new Error("it was read");
    },
  };
  for (
    const hostname of ["11.0.0.2", "192.0.2.7", "2001:db8:1::1", "", "::1"]
  ) {
    assertEquals(
      identify(conn, { peer: { hostname, port: 1 }, stopping }),
      null,
    );
  }
});

Deno.test("proxyHeaders() closes on what is no header, and says why once", async () => {
  const { identify, refused } = scene();
  const known = { peer: BALANCER, stopping };
  assertEquals(await identify(memoryConn("USER alice\r\n"), known), "nobody");
  assertEquals(await identify(memoryConn("PROXY TCP4"), known), "nobody");
  assertEquals(refused, [
    "10.0.0.2: what came is no PROXY header",
    "10.0.0.2: the connection ended",
  ]);
});

Deno.test("proxyHeaders() says nothing of checks and of peers that went away", async () => {
  const { identify, refused } = scene();
  const known = { peer: BALANCER, stopping };
  assertEquals(await identify(memoryConn(""), known), "nobody");
  const gone = {
    read: () => Promise.reject(new Deno.errors.ConnectionReset("reset")),
  };
  assertEquals(await identify(gone, known), "nobody");
  assertEquals(refused, []);
});

Deno.test("proxyHeaders() waits 5 s for a header, and no longer", async () => {
  const { identify, refused, clock } = scene();
  const slow = memoryConn(LINE.slice(0, 20));
  const read = (buffer: Uint8Array<ArrayBuffer>) =>
    slow.read(buffer).then((count) => count ?? new Promise<never>(() => {}));
  let answer: unknown;
  Promise.resolve(identify({ read }, { peer: BALANCER, stopping }))
    .then((ends) => answer = ends);
  await clock.advance(4999);
  assertEquals(answer, undefined);
  await clock.advance(1);
  assertEquals(answer, "nobody");
  assertEquals(refused, ["10.0.0.2: no header came within 5 s"]);
});

Deno.test("proxyHeaders() stops waiting when the server stops", async () => {
  const { identify, refused } = scene();
  const stop = new AbortController();
  const known = { peer: BALANCER, stopping: stop.signal };
  const answer = identify(silent, known);
  stop.abort();
  assertEquals(await answer, "nobody");
  assertEquals(refused, []);
});

Deno.test("proxyHeaders() lets only so many wait for their headers", async () => {
  const { identify, refused, clock } = scene({ max: 2 });
  const known = { peer: BALANCER, stopping };
  const waiting = [identify(silent, known), identify(silent, known)];
  assertEquals(await identify(memoryConn(LINE), known), "nobody");
  assertEquals(refused, ["10.0.0.2: 2 others wait for their headers"]);
  await clock.advance(5000);
  assertEquals(await Promise.all(waiting), ["nobody", "nobody"]);
  assertEquals(await identify(memoryConn(LINE), known), ENDS);
});

/** A connection of 192.0.2.7, which says this first. */
function speaking(text: string): FakeConn {
  const conn = new FakeConn();
  const said = memoryConn(text);
  conn.read = (buffer) => said.read(buffer as Uint8Array<ArrayBuffer>);
  return conn;
}

Deno.test("Connections.take() counts and serves whom a header names", async () => {
  const seen: TcpContext[] = [];
  const door = admission({ max: 9, perAddress: 1 });
  const entered: string[] = [];
  const { connections, clock } = setUp({
    identify: proxyHeaders({ from: [parseCidr("192.0.2.7")] }),
    admission: {
      enter: (address) => (entered.push(address), door.enter(address)),
      leave: (address) => door.leave(address),
    },
    handler: (_conn, context) => void seen.push(context),
  });
  const other = LINE.replace("192.0.2.7", "198.51.100.7");
  for (const line of [other, other.replace("7 ", "8 ")]) {
    connections.take(speaking(line) as unknown as Deno.Conn);
  }
  await clock.advance(0);
  assertEquals(entered, ["198.51.100.7", "198.51.100.8"]);
  const [{ peer, local, carrier } = {} as TcpContext] = seen;
  assertEquals(peer, { hostname: "198.51.100.7", port: 40001 });
  assertEquals(local, ENDS.local);
  assertEquals(carrier, {
    peer: { hostname: "192.0.2.7", port: 40001 },
    local: { hostname: "192.0.2.1", port: 21 },
  });
  assertEquals(door.count, 0);
});

Deno.test("Connections.take() neither counts nor serves who has no header", async () => {
  let entered = 0;
  const { connections, clock, reports } = setUp({
    identify: proxyHeaders({ from: [parseCidr("192.0.2.0/24")] }),
    admission: { enter: () => (entered++, null), leave: () => {} },
    handler: () => {
      throw new TypeError("it was served");
    },
  });
  const conn = speaking("USER alice\r\n");
  connections.take(conn as unknown as Deno.Conn);
  await clock.advance(0);
  assert(conn.closed);
  assertEquals([entered, reports, conn.sent], [0, [], ""]);
});
