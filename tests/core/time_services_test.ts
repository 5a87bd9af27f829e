/**
 * The handlers of `timed`, without a socket.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
import type { Service } from "../../lib/net/service.ts";
import { DAYTIME_FORMATS } from "../../lib/time/daytime.ts";
import { encodeTime } from "../../lib/time/rfc868.ts";
import { namedZone, UTC } from "../../lib/time/zone.ts";
import { daytimeService } from "../../server/services/daytime.ts";
import {
  serverClock,
  unknownTime,
} from "../../server/services/server_clock.ts";
import { timeService } from "../../server/services/time.ts";

/** What a connection gets that sends `input`, if a write takes `maxWrite`. */
async function answerTo(
  service: Service,
  input = "",
  maxWrite?: number,
): Promise<Bytes> {
  const conn = memoryConn(input, maxWrite === undefined ? {} : { maxWrite });
  await service.stream!(conn, memoryContext());
  return conn.output;
}

/** What a datagram gets. */
function replyTo(
  service: Service,
  data: string | Bytes,
): Bytes | null | Promise<Bytes | null> {
  const { peer, local, signal } = memoryContext();
  const bytes = typeof data === "string"
    ? new TextEncoder().encode(data)
    : data;
  return service.datagram!(bytes, { peer, local, signal });
}

const INSTANTS = [
  "1970-01-01T00:00:00Z",
  "1999-12-31T23:59:59Z",
  "2036-02-07T06:28:14Z",
  "2036-02-07T06:28:15Z",
  "2036-02-07T06:28:16Z",
  "2036-02-07T06:28:18Z",
  "2038-01-19T03:14:08Z",
  "2104-01-01T00:00:00Z",
];

Deno.test("timeService() tells the time over streams and datagrams", async () => {
  for (const instant of INSTANTS) {
    const freeze = Date.parse(instant);
    const service = timeService({ clock: serverClock({ freeze }) });
    const expected = encodeTime(freeze);
    assertEquals(await answerTo(service), expected, instant);
    assertEquals(await replyTo(service, ""), expected, instant);
  }
});

Deno.test("timeService() answers no datagram that is not empty", () => {
  const service = timeService();
  for (const data of ["x", "\n", "\0\0\0\0", encodeTime(Date.now())]) {
    assertEquals(replyTo(service, data), null);
  }
  assertEquals({ ...service.counters!() }, { times: 0, "not-asked": 4 });
});

Deno.test("timeService() without the time ends without a byte", async () => {
  const service = timeService({ clock: unknownTime });
  assertEquals((await answerTo(service)).length, 0);
  assertEquals(replyTo(service, ""), null);
});

Deno.test("daytimeService() tells one line over streams and datagrams", async () => {
  for (const instant of INSTANTS) {
    const freeze = Date.parse(instant);
    const service = daytimeService({
      clock: serverClock({ freeze }),
      format: "iso8601",
      zone: UTC,
    });
    const line = new TextEncoder().encode(`${instant}\r\n`);
    assertEquals(await answerTo(service, "whatever\r\n"), line);
    assertEquals(await replyTo(service, "whatever"), line);
    assertEquals(await replyTo(service, ""), line);
  }
});

Deno.test("daytimeService() ends every line with one CRLF, in ASCII", async () => {
  const zones = ["Asia/Tokyo", "America/Sao_Paulo", "Europe/Paris"];
  for (const zone of zones.map(namedZone)) {
    for (const format of DAYTIME_FORMATS) {
      const service = daytimeService({ format, zone });
      const text = new TextDecoder().decode(await answerTo(service));
      assertMatch(text, /^[ -~]+\r\n$/);
    }
  }
});

Deno.test("services write everything to a peer that takes little", async () => {
  const clock = serverClock({ freeze: 0 });
  const daytime = daytimeService({ clock, zone: UTC });
  const line = new TextDecoder().decode(await answerTo(daytime, "", 1));
  assertEquals(line, "Thu Jan  1 00:00:00 1970\r\n");
  const time = await answerTo(timeService({ clock }), "", 1);
  assertEquals([...time], [131, 170, 126, 128]);
});

Deno.test("daytimeService() does not answer answers: no loop can begin", async () => {
  const clock = serverClock();
  const times = [timeService({ clock }), daytimeService({ clock, zone: UTC })];
  const services = [
    ...times,
    ...DAYTIME_FORMATS.map((format) => daytimeService({ clock, format })),
  ];
  for (const service of services) {
    const answer = await replyTo(service, "");
    assert(answer !== null);
    for (const other of services) assertEquals(replyTo(other, answer), null);
  }
  // Nor those of inetutils, which write a C long.
  const long = new Uint8Array(8);
  long.set(encodeTime(Date.now()));
  for (const other of services) assertEquals(replyTo(other, long), null);
});

/** Every way to tell the time, by clocks that are centuries apart. */
function allServices(): Service[] {
  const instants = ["1900-01-01", "1970-01-01", "2132-09-01", "9899-12-31"];
  const frozen = instants.map((each) =>
    serverClock({ freeze: Date.parse(each) })
  );
  return [serverClock(), ...frozen].flatMap((clock) => [
    timeService({ clock }),
    ...DAYTIME_FORMATS.map((format) => daytimeService({ clock, format })),
  ]);
}

Deno.test("no datagram sets two servers off, whatever their clocks show", async () => {
  const services = allServices();
  const echo: Service = { datagram: (data) => data };
  for (const one of services) {
    for (const other of [...services, echo]) {
      for (const seed of ["", "\n", "what time is it?"]) {
        let answer = await replyTo(one, seed);
        for (let left = 3; answer !== null; left--) {
          assert(left > 0, new TextDecoder().decode(answer));
          answer = await replyTo(other, answer);
          if (answer !== null) answer = await replyTo(one, answer);
        }
      }
    }
  }
});

Deno.test("daytimeService() answers what only looks a little like an answer", async () => {
  const service = daytimeService();
  const old = encodeTime(Date.now() - 10 * 86_400_000);
  for (const data of ["time", "what is it?", "12:30", "x".repeat(2000), old]) {
    assert(await replyTo(service, data) !== null);
  }
});

Deno.test("daytimeService() without the time is silent", async () => {
  const service = daytimeService({ clock: unknownTime });
  assertEquals((await answerTo(service)).length, 0);
  assertEquals(replyTo(service, ""), null);
});

Deno.test("daytimeService() can say that it cannot be relied on", async () => {
  const service = daytimeService({
    clock: serverClock({ freeze: 0 }),
    format: "nist",
    healthy: false,
  });
  const line = new TextDecoder().decode(await answerTo(service));
  assertEquals(line, "40587 70-01-01 00:00:00 00 0 3   0.0 UTC(NIST) *\r\n");
});

Deno.test("serverClock() goes on, is off, or stands still", () => {
  let now = 1000;
  const system = () => now;
  const clocks = [
    serverClock({ now: system }),
    serverClock({ now: system, offset: -2500 }),
    serverClock({ now: system, freeze: 7000 }),
    serverClock({ now: system, freeze: 7000, offset: 500 }),
  ];
  assertEquals(clocks.map((clock) => clock()), [1000, -1500, 7000, 7500]);
  now = 9000;
  assertEquals(clocks.map((clock) => clock()), [9000, 6500, 7000, 7500]);
});
