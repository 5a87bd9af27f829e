import { assert, assertEquals, assertRejects } from "@std/assert";
import { ping } from "../../client/echo/ping.ts";
import type { PingResult } from "../../client/echo/result.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type { UdpTarget } from "../../client/service/target.ts";
import { serveTcp } from "../../lib/net/tcp.ts";
import {
  serveUdp,
  type UdpHandler,
  type UdpServer,
} from "../../lib/net/udp.ts";
import { echoService } from "../../server/services/echo.ts";

async function serve(
  handler: UdpHandler = (data) => data,
  hostname = "127.0.0.1",
): Promise<{ server: UdpServer; target: UdpTarget }> {
  const server = await serveUdp(handler, { listen: [{ hostname, port: 0 }] });
  return { server, target: { transport: "udp", ...server.addresses[0]! } };
}

/** Nothing but replies. */
function assertClean(result: PingResult, sent: number): void {
  const { received, lost, duplicates, reordered } = result;
  const { corrupted, late, truncated, unexpected } = result;
  const faults = [lost, duplicates, reordered, corrupted, late, truncated];
  assertEquals([result.sent, received], [sent, sent]);
  assertEquals([...faults, unexpected], [0, 0, 0, 0, 0, 0, 0]);
  assertEquals(result.failure, null);
}

Deno.test("ping() measures over UDP, IPv4 and IPv6, by name and by number", async () => {
  for (const hostname of ["127.0.0.1", "::1"]) {
    const { server, target } = await serve(undefined, hostname);
    await using _ = server;
    assertClean(await ping(target, { count: 20, interval: 1 }), 20);
  }
  const { server, target } = await serve();
  await using _ = server;
  const named = { ...target, hostname: "localhost" };
  const result = await ping(named, { count: 5, interval: 1 });
  assertClean(result, 5);
  assertEquals(result.remote, `127.0.0.1:${target.port}`);
  assertEquals(result.target, `localhost:${target.port} (udp)`);
  assertEquals(result.connectTime, null);
});

Deno.test("ping() measures over TCP and Unix sockets", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using server = await serveTcp(echoService().stream!, {
      listen: [
        { transport: "tcp", hostname: "127.0.0.1", port: 0 },
        { transport: "unix", path: `${folder}/echo.sock` },
      ],
      grace: 0,
    });
    for (const address of server.addresses) {
      const result = await ping(address, {
        count: 20,
        interval: 1,
        size: 70_000,
      });
      assertClean(result, 20);
      assert(result.connectTime! > 0);
      assert(
        result.rtt.min! <= result.rtt.p50! &&
          result.rtt.p50! <= result.rtt.max!,
      );
      const flood = await ping(address, {
        count: 500,
        interval: 0,
        window: 8,
        connections: 3,
      });
      assertClean(flood, 500);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("ping() sends every size of datagram from 0 to the largest", async () => {
  const { server, target } = await serve();
  await using _ = server;
  const size = { from: 0, to: 65_507 };
  const result = await ping(target, { count: 100, interval: 0, size });
  assertClean(result, 100);
  assertEquals([result.largestWhole, result.smallestBroken], [65_507, null]);
  const error = await assertRejects(
    () => ping(target, { size: 65_508 }),
    ServiceError,
  );
  assert(error.message.endsWith("a datagram over IPv4 holds at most 65507"));
});

Deno.test("ping() loses what nobody answers, and says so in time", async () => {
  const { server, target } = await serve(() => null);
  await using _ = server;
  const result = await ping(target, { count: 3, interval: 10, timeout: 100 });
  assertEquals([result.sent, result.received, result.lost], [3, 0, 3]);
  assert(result.duration >= 100 && result.duration < 5000);
});

Deno.test("ping() counts replies from another port apart", async () => {
  const other = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  const { server, target } = await serve(async (data, { peer }) => {
    await other.send(data, { transport: "udp", ...peer });
    return null;
  });
  await using _ = server;
  const result = await ping(target, { count: 4, interval: 5, timeout: 200 });
  assertEquals([result.lost, result.otherSource], [4, 4]);
  other.close();
});

Deno.test("ping() ignores the replies that an earlier run left behind", async () => {
  const kept: Uint8Array<ArrayBuffer>[] = [];
  const { server, target } = await serve((data, { also }) => {
    for (const old of kept.splice(0)) also?.(old);
    return data;
  });
  await using _ = server;
  const first = await serve((data) => (kept.push(data), data));
  await ping(first.target, { count: 3, interval: 1 });
  await first.server.stop();
  assertEquals(kept.length, 3);
  const result = await ping(target, { count: 5, interval: 1 });
  assertEquals(result.unexpected, 3);
  assertEquals([result.received, result.duplicates, result.corrupted], [
    5,
    0,
    0,
  ]);
});

Deno.test("ping() tells the server that went away from one that is slow", async () => {
  const server = await serveTcp(echoService().stream!, {
    listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }],
    grace: 0,
  });
  const result = await ping(server.addresses[0]!, {
    interval: 5,
    onEvent({ sequence }) {
      if (sequence === 5) server.stop();
    },
  });
  assert(result.received >= 5);
  assertEquals(result.sent, result.received + result.lost);
  assertEquals(result.failure?.kind, "closed");
  await server.finished;
});

Deno.test("ping() keeps the pace that it is asked for, whatever timers can do", async () => {
  const { server, target } = await serve();
  await using _ = server;
  const result = await ping(target, { interval: 0.5, duration: 1000 });
  assertClean(result, 2000);
});

Deno.test("ping() ends at its signal with what there is", async () => {
  const { server, target } = await serve();
  await using _ = server;
  const controller = new AbortController();
  const result = await ping(target, {
    interval: 1,
    signal: controller.signal,
    onEvent({ sequence }) {
      if (sequence === 20) controller.abort();
    },
  });
  assert(result.received >= 20);
  assertEquals([result.sent, result.failure], [result.received, null]);
});
