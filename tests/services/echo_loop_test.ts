/**
 * Two echo servers that are made to answer each other by one datagram with a
 * forged sender (CVE-1999-0103, CVE-2024-2169).
 *
 * The forger binds the other server's port, asks, and leaves; the answer is
 * held back until the other server has taken that port over.
 */
import { assert, assertEquals } from "@std/assert";
import { manualClock } from "../../lib/clock.ts";
import type { HostPort } from "../../lib/host_port.ts";
import {
  serveUdp,
  type ServeUdpOptions,
  type UdpServer,
} from "../../lib/net/udp.ts";
import { echoService } from "../../server/services/echo.ts";
import { soon } from "./echo_server.ts";

const ANY_PORT: HostPort = { hostname: "127.0.0.1", port: 0 };
const echo = echoService().datagram!;

/** Two servers, of which the second one's port has just asked the first one. */
async function pairOf(
  options: Partial<ServeUdpOptions>,
): Promise<{ first: UdpServer; second: UdpServer }> {
  const asked = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  const first = await serveUdp(async (data) => {
    asked.resolve();
    await ready.promise;
    return data;
  }, { listen: [ANY_PORT], ...options });
  const port = await forge(first.addresses[0]!);
  await soon(asked.promise, "the forged question");
  const listen = [{ ...ANY_PORT, port }];
  const second = await serveUdp(echo, { listen, ...options });
  ready.resolve();
  return { first, second };
}

/** Asks `to` from a port that is free again afterwards; which one. */
async function forge(to: HostPort): Promise<number> {
  const forger = Deno.listenDatagram({ transport: "udp", ...ANY_PORT });
  await forger.send(new Uint8Array(8), { transport: "udp", ...to });
  forger.close();
  return (forger.addr as Deno.NetAddr).port;
}

Deno.test("servers of one process that share their ports never answer each other", async () => {
  const dropped = Promise.withResolvers<string>();
  const { first, second } = await pairOf({
    ownPorts: new Set<number>(),
    onDropped: (reason) => dropped.resolve(reason),
  });
  await using _servers = disposing(first, second);
  assertEquals(await soon(dropped.promise, "the end of it"), "own-port");
  assertEquals([first.counters.received, first.counters.answered], [1, 1]);
  assertEquals([second.counters.received, second.counters.answered], [1, 0]);
});

Deno.test("a loop of servers that do not know each other ends with the rate, and is told", async () => {
  const clock = manualClock();
  const told: string[] = [];
  const dropped = Promise.withResolvers<void>();
  const { first, second } = await pairOf({
    rate: { perSecond: 10, burst: 50 },
    clock,
    onDropped(reason, { port }) {
      told.push(`${reason} ${port}`);
      dropped.resolve();
    },
    onLoop: ({ port }) => told.push(`loop ${port}`),
  });
  await using _servers = disposing(first, second);
  await soon(dropped.promise, "the datagram that is too many");
  await clock.advance(3000);
  const port = second.addresses[0]!.port;
  assertEquals(told, [`rate ${port}`, `loop ${port}`]);
  const [a, b] = [first.counters, second.counters];
  assertEquals([a.received, a.answered, a.dropped.rate], [51, 50, 1]);
  assertEquals([b.received, b.answered, b.dropped.rate], [50, 50, 0]);
});

Deno.test("without these guards such a loop goes on", async () => {
  const { first, second } = await pairOf({});
  const count = () => first.counters.answered + second.counters.answered;
  const going = async () => {
    while (count() < 500) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await soon(going(), "the loop");
  await first.stop();
  await second.stop();
  assert(count() >= 500);
});

function disposing(...servers: readonly UdpServer[]): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server.stop();
    },
  };
}
