/**
 * The statistics of a ping against a server that injects faults and counts
 * them: both sides must have the same numbers.
 */
import { assert, assertEquals } from "@std/assert";
import { ping } from "../../client/echo/ping.ts";
import type { PingOptions } from "../../client/echo/ping_options.ts";
import type { PingResult } from "../../client/echo/result.ts";
import { serveTcp } from "../../lib/net/tcp.ts";
import { serveUdp } from "../../lib/net/udp.ts";
import { echoService } from "../../server/services/echo.ts";
import { type Faults, withFaults } from "../../server/services/faults.ts";

interface Measured {
  readonly result: PingResult;
  /** What the server did on purpose. */
  readonly injected: (name: string) => unknown;
  /** How many datagrams reached it. */
  readonly arrived: number;
}

async function overUdp(
  faults: Faults,
  options: PingOptions,
): Promise<Measured> {
  const service = withFaults(echoService(), faults);
  await using server = await serveUdp(service.datagram!, {
    listen: [{ hostname: "127.0.0.1", port: 0 }],
  });
  const { hostname, port } = server.addresses[0]!;
  const result = await ping({ transport: "udp", hostname, port }, options);
  return {
    result,
    injected: (name) => service.counters!()[`injected-${name}`],
    arrived: server.counters.received,
  };
}

async function overTcp(
  faults: Faults,
  options: PingOptions,
): Promise<Measured> {
  const service = withFaults(echoService(), faults);
  await using server = await serveTcp(service.stream!, {
    listen: [{ transport: "tcp", hostname: "127.0.0.1", port: 0 }],
    grace: 0,
  });
  const [address] = server.addresses;
  assert(address?.transport === "tcp");
  const result = await ping(address, options);
  return {
    result,
    injected: (name) => service.counters!()[`injected-${name}`],
    arrived: 0,
  };
}

for (const seed of [1, 7, 42]) {
  Deno.test(`ping() counts what a server drops, doubles, holds back and corrupts, seed ${seed}`, async () => {
    const faults = { drop: 6, duplicate: 5, reorder: 4, corrupt: 5, seed };
    const { result, injected, arrived } = await overUdp(faults, {
      count: 400,
      interval: 2,
      timeout: 3000,
      linger: 200,
    });
    assertEquals([result.sent, arrived], [400, 400], "no other loss");
    assertEquals(result.lost, injected("dropped"));
    assertEquals(result.received, 400 - result.lost);
    assertEquals(result.duplicates, injected("duplicated"));
    assertEquals(result.reordered, injected("reordered"));
    assertEquals(result.corrupted, injected("corrupted"));
    assertEquals([result.late, result.truncated, result.unexpected], [0, 0, 0]);
    const seen = [
      result.lost,
      result.duplicates,
      result.reordered,
      result.corrupted,
    ];
    assert(seen.every((count) => count > 0), `all faults happened: ${seen}`);
  });
}

Deno.test("ping() calls late what a server holds back beyond the time-out", async () => {
  const { result, injected } = await overUdp({ delay: 120 }, {
    count: 20,
    interval: 10,
    timeout: 60,
    linger: 500,
  });
  assertEquals(injected("delayed"), 20);
  assertEquals([result.lost, result.late, result.received], [20, 20, 0]);
});

Deno.test("ping() measures the delay of a server", async () => {
  const { result } = await overUdp({ delay: 50 }, { count: 10, interval: 20 });
  assertEquals(result.received, 10);
  // Timers never fire early, but for a rounded millisecond.
  assert(result.rtt.min! >= 49, `min ${result.rtt.min}`);
});

Deno.test("ping() finds every wrong bit of short probes, one at a time", async () => {
  for (const size of [1, 4, 8, 23]) {
    const { result, injected } = await overUdp({ corrupt: 20, seed: 3 }, {
      count: 100,
      interval: 0,
      size,
    });
    assertEquals([result.received, result.lost], [100, 0], `${size} bytes`);
    assertEquals(result.corrupted, injected("corrupted"), `${size} bytes`);
  }
});

for (const seed of [1, 2]) {
  Deno.test(`ping() counts the wrong bits of a stream, seed ${seed}`, async () => {
    const { result, injected } = await overTcp({ corrupt: 10, seed }, {
      count: 2000,
      interval: 0,
      window: 4,
      size: 256,
    });
    assertEquals([result.sent, result.received, result.lost], [2000, 2000, 0]);
    assertEquals(result.corrupted, injected("corrupted"));
    assert(result.corrupted > 0);
  });
}

Deno.test("ping() loses nothing of a stream that is late", async () => {
  const { result } = await overTcp({ delay: 5, jitter: 5 }, {
    count: 50,
    interval: 5,
  });
  assertEquals([result.received, result.reordered, result.corrupted], [
    50,
    0,
    0,
  ]);
  assert(result.rtt.min! >= 4, `min ${result.rtt.min}`);
});
