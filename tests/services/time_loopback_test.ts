/**
 * Time and daytime over real sockets of this machine: our services, and our
 * clients with servers of all kinds.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { asker } from "../../client/time/ask.ts";
import { daytime } from "../../client/time/daytime.ts";
import { TimeError } from "../../client/time/errors.ts";
import { time } from "../../client/time/time.ts";
import { ServiceError } from "../../client/service/errors.ts";
import type { Target } from "../../client/service/target.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { errorOf } from "../../lib/time/interval.ts";
import { encodeTime } from "../../lib/time/rfc868.ts";
import { UTC } from "../../lib/time/zone.ts";
import { daytimeService } from "../../server/services/daytime.ts";
import {
  serverClock,
  unknownTime,
} from "../../server/services/server_clock.ts";
import { timeService } from "../../server/services/time.ts";
import { HAS_IPV6, hear, say } from "../net/loopback.ts";
import { serve, tcpServer, udpServer } from "./time_server.ts";
import { CLOSED_PORT } from "../net/ports.ts";

const INSTANTS = [
  "1970-01-01T00:00:00Z",
  "1999-12-31T23:59:59Z",
  "2036-02-07T06:28:14Z",
  "2036-02-07T06:28:15Z",
  "2036-02-07T06:28:16Z",
  "2036-02-07T06:28:17Z",
  "2038-01-19T03:14:08Z",
  "2104-01-01T00:00:00Z",
];

/** Where the 32 bits of RFC 868 begin again. */
const ERA_1 = Date.UTC(2036, 1, 7, 6, 28, 16);

function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}

Deno.test("time() and timeService() agree through 2104, over TCP and UDP", async () => {
  for (const instant of INSTANTS) {
    const freeze = Date.parse(instant);
    await using server = await serve(
      timeService({ clock: serverClock({ freeze }) }),
    );
    const era = freeze < ERA_1 ? 0 : 1;
    for (const target of [server.tcp, server.udp]) {
      const reading = await time(target, { era });
      assertEquals(reading.time, freeze, instant);
      assertEquals([reading.era, reading.warnings], [era, []]);
    }
  }
});

Deno.test("daytime() and daytimeService() agree through 2104", async () => {
  for (const instant of INSTANTS) {
    const freeze = Date.parse(instant);
    await using server = await serve(
      daytimeService({ clock: serverClock({ freeze }), zone: UTC }),
    );
    for (const target of [server.tcp, server.udp]) {
      const answer = await daytime(target, { zone: UTC });
      assertEquals(answer.daytime?.time, freeze, answer.line);
      assertEquals(answer.daytime?.format, "ctime");
    }
  }
});

Deno.test({
  name: `time() asks over IPv6${HAS_IPV6 ? "" : " (skipped: no ::1)"}`,
  ignore: !HAS_IPV6,
  fn: async () => {
    await using server = await serve(timeService(), "::1");
    for (const target of [server.tcp, server.udp]) {
      assert(Math.abs((await time(target)).time - Date.now()) < 5000);
    }
  },
});

Deno.test("time() and daytime() hold the true offset of the clock", async () => {
  const offset = 12_345;
  const clock = serverClock({ offset });
  await using times = await serve(timeService({ clock }));
  await using daytimes = await serve(
    daytimeService({ clock, format: "iso8601" }),
  );
  const offsets = [
    (await time(times.tcp)).offset,
    (await time(times.udp)).offset,
    (await daytime(daytimes.tcp)).offset,
    (await daytime(daytimes.udp)).offset,
  ];
  for (const interval of offsets) {
    assert(interval!.low <= offset && offset <= interval!.high);
    assert(errorOf(interval!) >= 500);
  }
});

Deno.test("the server closes first, gently, whatever the client sends", async () => {
  const clock = serverClock({ freeze: 0 });
  await using server = await serve(daytimeService({ clock, zone: UTC }));
  const { port } = server.tcp as Target & { port: number };
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  // More than the server's socket takes unread: closing at once would reset.
  const flood = say(conn, "x".repeat(300_000)).catch(() => {});
  assertEquals(await hear(conn), "Thu Jan  1 00:00:00 1970\r\n");
  await flood;
});

Deno.test("time() says that a server does not know the time", async () => {
  await using server = await serve(timeService({ clock: unknownTime }));
  const error = await assertRejects(() => time(server.tcp), TimeError);
  assertEquals([error.kind, error.exitCode], ["unknown", 1]);
  assertStringIncludes(error.message, "does not know the time");
  const silence = await assertRejects(
    () => time(server.udp, { timeout: 60 }),
    ServiceError,
  );
  assertStringIncludes(silence.message, "no reply in 0.06 s from 127.0.0.1:");
});

Deno.test("daytime() says that a server told no time", async () => {
  await using server = await serve(daytimeService({ clock: unknownTime }));
  const error = await assertRejects(() => daytime(server.tcp), TimeError);
  assertEquals(error.kind, "unknown");
});

Deno.test("time() takes the 8 bytes of inetutils, with a warning", async () => {
  const long = new Uint8Array(8);
  long.set(encodeTime(Date.UTC(2026, 0)));
  await using tcp = await tcpServer([long]);
  await using udp = await udpServer(() => long);
  for (const { target } of [tcp, udp]) {
    const { time: told, warnings } = await time(target);
    assertEquals(told, Date.UTC(2026, 0));
    assertMatch(warnings.join(), /^8 bytes instead of 4/);
  }
});

Deno.test("time() refuses answers of every other length", async () => {
  for (const length of [1, 2, 3, 5, 7, 9, 100]) {
    const answer = new Uint8Array(length).fill(1);
    await using tcp = await tcpServer([answer]);
    await using udp = await udpServer(() => answer);
    for (const { target } of [tcp, udp]) {
      const error = await assertRejects(() => time(target), TimeError);
      assertEquals(error.kind, "malformed", `${length} bytes`);
      assertStringIncludes(error.message, "instead of 4");
    }
  }
  await using empty = await udpServer(() => new Uint8Array());
  await assertRejects(() => time(empty.target), TimeError, "has 0 bytes");
  const line = bytesOf("Sat Nov 21 08:06:20 2026\r\n");
  await using wrong = await tcpServer([line]);
  await assertRejects(() => time(wrong.target), TimeError, "use --daytime");
});

Deno.test("time() puts together what comes in pieces", async () => {
  const bytes = encodeTime(Date.UTC(2026, 0));
  const pieces = [...bytes].map((byte) => new Uint8Array([byte]));
  await using server = await tcpServer(pieces);
  assertEquals((await time(server.target)).time, Date.UTC(2026, 0));
});

Deno.test("time() and daytime() need not wait for the server's end", async () => {
  await using times = await tcpServer([encodeTime(0)], { ends: false });
  assertEquals((await time(times.target)).time, 0);
  const line = bytesOf("\n40587 70-01-01 00:00:00 00 0 0 0.0 UTC(NIST) *\n");
  await using daytimes = await tcpServer([line], { ends: false });
  assertEquals((await daytime(daytimes.target)).daytime?.time, 0);
});

Deno.test("daytime() reads a line without an end, such as Python's ctime()", async () => {
  await using server = await tcpServer([bytesOf("Sat Nov 21 08:06:20 2026")]);
  const { line, daytime: read } = await daytime(server.target, { zone: UTC });
  assertEquals(line, "Sat Nov 21 08:06:20 2026");
  assertEquals(read?.time, Date.UTC(2026, 10, 21, 8, 6, 20));
});

Deno.test("daytime() gives back a line that it does not understand", async () => {
  await using server = await tcpServer([bytesOf("quarter past nine\r\n")]);
  const answer = await daytime(server.target);
  assertEquals(answer.line, "quarter past nine");
  assertEquals([answer.daytime, answer.offset], [null, null]);
  const ask = asker(server.target, { protocol: "daytime" });
  const error = await assertRejects(() => ask({}), TimeError);
  assertStringIncludes(error.message, 'from the line "quarter past nine"');
});

Deno.test("daytime() takes no more than a line of a server that never ends", async () => {
  const flood = new Uint8Array(100_000).fill(97);
  await using server = await tcpServer([flood], { ends: false });
  const { line } = await daytime(server.target);
  assertEquals(line, "a".repeat(512));
});

Deno.test("time() gives up on a server that says nothing", async () => {
  await using server = await tcpServer([], { ends: false });
  const error = await assertRejects(
    () => time(server.target, { timeout: 50 }),
    ServiceError,
  );
  assertStringIncludes(error.message, "no reply in 0.05 s");
});

Deno.test("time() asks again when a datagram is lost", async () => {
  await using server = await udpServer((number) =>
    number === 1 ? null : encodeTime(Date.UTC(2026, 0))
  );
  const reading = await time(server.target, { timeout: 1500 });
  assertEquals(reading.time, Date.UTC(2026, 0));
  // It counts from the question that was answered, not from the first.
  assert(reading.received - reading.sent < 450);
});

Deno.test("time() ends at a signal, over TCP and UDP", async () => {
  await using tcp = await tcpServer([], { ends: false });
  await using udp = await udpServer(() => null);
  for (const { target } of [tcp, udp]) {
    const controller = new AbortController();
    const asked = time(target, { timeout: 60_000, signal: controller.signal });
    controller.abort(new Error("enough"));
    await assertRejects(() => asked, Error, "enough");
  }
});

Deno.test("time() says that nobody listens", async () => {
  const hostname = "127.0.0.1";
  const target = { transport: "tcp", hostname, port: CLOSED_PORT } as const;
  const error = await assertRejects(() => time(target), ServiceError);
  assertMatch(error.message, /connection refused; is a server listening\?$/);
});

Deno.test("asker() stays with the address that answered first", async () => {
  await using server = await serve(timeService());
  const named = { ...server.tcp, hostname: "localhost" } as Target;
  const ask = asker(named, { protocol: "time" });
  for (let round = 0; round < 2; round++) {
    const { target } = await ask({});
    assertEquals(target, server.tcp);
  }
});

/** An address of this machine that means nothing without its zone. */
const LINK_LOCAL = Deno.networkInterfaces()
  .filter(({ address }) => address.startsWith("fe80:"))
  .map(({ address, name }) => `${address}%${name}`)
  .find(canListen);

function canListen(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test({
  name: "asker() keeps the zone of a link-local address" +
    (LINK_LOCAL ? "" : " (skipped: there is none here)"),
  ignore: !LINK_LOCAL,
  fn: async () => {
    const hostname = LINK_LOCAL!;
    await using server = await serve(timeService(), hostname);
    for (const target of [server.tcp, server.udp]) {
      const ask = asker({ ...target, hostname } as Target, {
        protocol: "time",
      });
      for (let round = 0; round < 2; round++) await ask({});
    }
  },
});

Deno.test("connections at the same time all get the time", async () => {
  await using server = await serve(timeService());
  const readings = await Promise.all(
    Array.from({ length: 50 }, () => time(server.tcp)),
  );
  for (const { time: told } of readings) {
    assert(Math.abs(told - Date.now()) < 10_000);
  }
});
