import { assert, assertEquals, assertRejects } from "@std/assert";
import { ping } from "../../client/echo/ping.ts";
import type { PingOptions } from "../../client/echo/ping_options.ts";
import { ServiceError } from "../../client/service/errors.ts";
import { manualClock } from "../../lib/clock.ts";
import {
  countsOf,
  type Script,
  scriptedChannel,
  scriptedPing,
} from "./echo_client_harness.ts";

const prompt: Script = () => [{ after: 3 }];

Deno.test("ping() ends when the server ends the connection, and counts on", async () => {
  const { result } = await scriptedPing(prompt, {
    kind: "stream",
    interval: 10,
    endsAfter: 52,
  });
  assertEquals(result.failure?.message, "192.0.2.7:7 closed the connection");
  assertEquals([result.sent, result.received, result.lost], [6, 5, 1]);
});

Deno.test("ping() does not mind a server that ends when all is done", async () => {
  const { result } = await scriptedPing(prompt, {
    kind: "stream",
    count: 3,
    interval: 10,
    endsAfter: 25,
  });
  assertEquals(result.failure, null);
  assertEquals(result.received, 3);
});

Deno.test("ping() ends when the server reads no more", async () => {
  const { result } = await scriptedPing(prompt, {
    kind: "stream",
    interval: 10,
    timeout: 500,
    sending: (n) => n === 3 ? 1e6 : 0,
  });
  assertEquals(result.failure?.message, "192.0.2.7:7 has not read for 0.5 s");
  assertEquals([result.sent, result.received, result.lost], [4, 3, 1]);
});

Deno.test("ping() goes on over UDP when the network is away for a time", async () => {
  const away = new ServiceError("unreachable", "cannot send: no route");
  const events: unknown[] = [];
  const { result } = await scriptedPing(prompt, {
    count: 10,
    interval: 10,
    failing: (n) => n >= 3 && n < 6 ? away : undefined,
    onEvent: (event) => {
      if (event.kind === "lost") events.push([event.sequence, event.error]);
    },
  });
  assertEquals([result.sent, result.received, result.lost], [10, 7, 3]);
  assertEquals([result.sendErrors, result.failure], [3, null]);
  assertEquals(events, [4, 5, 6].map((n) => [n, "cannot send: no route"]));
});

Deno.test("ping() fails when not one probe could be sent", async () => {
  const away = new ServiceError("unreachable", "cannot send: no route");
  const { result } = await scriptedPing(prompt, {
    count: 3,
    interval: 10,
    failing: () => away,
  });
  assertEquals([result.sent, result.received, result.lost], [3, 0, 3]);
  assertEquals(result.failure?.message, "cannot send: no route");
});

Deno.test("ping() ends at once when it may not send", async () => {
  const forbidden = new ServiceError("permission", "the runtime needs …");
  const { result } = await scriptedPing(prompt, {
    interval: 10,
    failing: () => forbidden,
  });
  assertEquals(result.failure, forbidden);
  assertEquals([result.sent, result.lost], [1, 1]);
});

Deno.test("ping() throws when there is no server, and leaves nothing open", async () => {
  const clock = manualClock();
  const refused = new ServiceError("refused", "refused");
  let opened = 0;
  let closed = 0;
  const run = ping({ transport: "tcp", hostname: "192.0.2.7", port: 7 }, {
    clock,
    connections: 3,
    open() {
      if (++opened === 3) return Promise.reject(refused);
      const channel = scriptedChannel(clock, prompt, { kind: "stream" });
      return Promise.resolve({ ...channel, close: () => void closed++ });
    },
  });
  assertEquals(await assertRejects(() => run), refused);
  assertEquals([opened, closed], [3, 2]);
});

Deno.test("ping() throws what its listeners throw, and leaves nothing open", async () => {
  const full = new Error("no space left");
  const fail = () => {
    throw full;
  };
  for (const listeners of [{ onStart: fail }, { onEvent: fail }]) {
    const clock = manualClock();
    let closed = 0;
    const run = ping({ transport: "udp", hostname: "192.0.2.7", port: 7 }, {
      clock,
      interval: 10,
      connections: 2,
      ...listeners,
      open() {
        const channel = scriptedChannel(clock, prompt);
        const close = () => (closed++, channel.close());
        return Promise.resolve({ ...channel, close });
      },
    });
    const failed = assertRejects(() => run);
    await clock.advance(1000);
    assertEquals([await failed, closed], [full, 2]);
  }
});

Deno.test("ping() refuses numbers that make no sense", async () => {
  const cases: [PingOptions, string][] = [
    [{ count: NaN }, "count: expected a whole number, got NaN"],
    [{ count: -1 }, "count: expected a whole number, got -1"],
    [{ interval: -5 }, "interval: expected milliseconds, got -5"],
    [{ interval: NaN }, "interval: expected milliseconds, got NaN"],
    [{ interval: Infinity }, "interval: expected milliseconds, got Infinity"],
    [{ timeout: 0 }, "timeout: expected milliseconds above 0, got 0"],
    [{ duration: -1 }, "duration: expected milliseconds, got -1"],
    [{ deadline: NaN }, "deadline: expected milliseconds, got NaN"],
    [{ linger: -1 }, "linger: expected milliseconds, got -1"],
    [{ window: 0 }, "window: expected a whole number from 1 on, got 0"],
    [{ connections: 0 }, "connections: expected a whole number from 1 on"],
    [{ connections: 1.5 }, "connections: expected a whole number from 1 on"],
    [{ size: NaN }, "a probe of NaN to NaN bytes"],
  ];
  for (const [options, message] of cases) {
    await assertRejects(
      () => scriptedPing(prompt, { count: 1, ...options }),
      RangeError,
      message,
    );
  }
});

Deno.test("ping() refuses lengths that cannot be sent", async () => {
  const refusal = async (size: number, kind: "datagram" | "stream") => {
    const error = await assertRejects(
      () => scriptedPing(prompt, { size, kind, count: 1 }),
      ServiceError,
    );
    assertEquals(error.kind, "size");
    return error.message;
  };
  assertEquals(
    await refusal(65_508, "datagram"),
    "cannot send 65508 bytes to 192.0.2.7:7 (udp): a datagram over IPv4 holds at most 65507",
  );
  assert((await refusal(0, "stream")).endsWith("only a datagram can be empty"));
});

Deno.test("ping() measures a stream, whatever its pieces are", async () => {
  for (const size of [1, 7, 24, 56, 1000]) {
    const { result } = await scriptedPing((probe, n) => {
      const at = n % (probe.length + 1);
      const parts = [probe.slice(0, at), probe.slice(at)];
      return parts.map((data, index) => ({ after: 1 + index, data }));
    }, { kind: "stream", count: 60, interval: 10, size });
    assertEquals([result.sent, result.received, result.corrupted], [60, 60, 0]);
    assertEquals(result.failure, null);
  }
});

Deno.test("ping() finds the probe of a wrong byte in a stream", async () => {
  const wrong: unknown[] = [];
  await scriptedPing((probe, n) => {
    const data = probe.slice();
    if (n === 2) data[30]! ^= 1;
    return [{ after: 25, data }];
  }, {
    kind: "stream",
    count: 5,
    interval: 10,
    onEvent: (event) => {
      if (event.kind === "reply" && event.wrongAt !== null) {
        wrong.push([event.sequence, event.wrongAt]);
      }
    },
  });
  assertEquals(wrong, [[3, 30]]);
});

Deno.test("ping() counts a stream's late replies, in their order", async () => {
  const { result } = await scriptedPing(
    (_probe, n) => [{ after: Math.max(3, 305 - n * 10) }],
    { kind: "stream", count: 40, interval: 10, timeout: 200, linger: 500 },
  );
  // Nothing overtakes in a stream: the first 31 arrive together, after 305 ms.
  const { lost, late, reordered } = countsOf(result);
  assertEquals([lost, late, reordered], [11, 11, 0]);
});

Deno.test("ping() counts bytes of a stream that nobody sent", async () => {
  const greeting = new Uint8Array(10);
  const { result } = await scriptedPing(
    (probe, n) =>
      n === 2
        ? [{ after: 1, data: probe }, { after: 2, data: greeting }]
        : [{ after: 1 }],
    { kind: "stream", count: 3, interval: 10 },
  );
  assertEquals([result.received, result.corrupted, result.unexpected], [
    3,
    0,
    1,
  ]);
});

Deno.test("ping() does not take its own late timers for the network's delay", async () => {
  const clock = manualClock();
  const late = {
    ...clock,
    now: clock.now,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms + 7, signal),
  };
  const run = ping({ transport: "udp", hostname: "192.0.2.7", port: 7 }, {
    clock: late,
    count: 20,
    interval: 2,
    open: () => Promise.resolve(scriptedChannel(clock, prompt)),
  });
  await clock.advance(10_000);
  const { rtt, received } = await run;
  assertEquals([received, rtt.min, rtt.max], [20, 3, 3]);
});
