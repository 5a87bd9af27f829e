/**
 * Are the bounds of a measured offset true? With real sockets, ways of unequal
 * length, and a clock of ours that is set while it goes on.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { asker } from "../../client/time/ask.ts";
import type { Ask, Measurement } from "../../client/time/looks.ts";
import { measureOffset } from "../../client/time/measure.ts";
import { measurePrecisely } from "../../client/time/precise.ts";
import { time } from "../../client/time/time.ts";
import { writeAll } from "../../lib/bytes.ts";
import type { Service } from "../../lib/net/service.ts";
import { pause } from "../../lib/net/wait.ts";
import { errorOf, type Interval } from "../../lib/time/interval.ts";
import { encodeTime } from "../../lib/time/rfc868.ts";
import { serverClock } from "../../server/services/server_clock.ts";
import { timeService } from "../../server/services/time.ts";
import { serve } from "./time_server.ts";

/** A time server at the end of a long way: so many milliseconds there and back. */
function farAway(offset: number, there: number, back: number): Service {
  const answer = async () => {
    await pause(there);
    const bytes = encodeTime(Date.now() + offset);
    await pause(back);
    return bytes;
  };
  return {
    stream: async (conn) => await writeAll(conn, await answer()),
    datagram: answer,
    mayGrow: true,
  };
}

function assertHolds({ low, high }: Interval, truth: number): void {
  assert(low <= truth && truth <= high, `${low} <= ${truth} <= ${high}`);
}

Deno.test("offsets hold the truth, whichever way is the longer one", async () => {
  const ways = [[0, 0], [90, 0], [0, 90], [45, 45]] as const;
  await Promise.all(ways.map(async ([there, back], at) => {
    const offset = at * 333 - 700;
    await using server = await serve(farAway(offset, there, back));
    for (const target of [server.tcp, server.udp]) {
      assertHolds((await time(target)).offset, offset);
    }
    const ask = asker(server.udp, { protocol: "time" });
    const measured = await measurePrecisely(ask);
    assertHolds(measured.offset, offset);
    assertEquals(measured.agreed, measured.samples);
    // No number of questions can tell which way was the longer one.
    assert(2 * errorOf(measured.offset) >= there + back);
  }));
});

Deno.test("measurePrecisely() holds the true offset of a real server", async () => {
  const offset = -6_789;
  await using server = await serve(
    timeService({ clock: serverClock({ offset }) }),
  );
  const ask = asker(server.udp, { protocol: "time" });
  const measured = await measurePrecisely(ask);
  const { low, high } = measured.offset;
  assert(low <= offset && offset <= high, `${low} <= ${offset} <= ${high}`);
  // How far below a second it gets depends on what else this machine does.
  assert(errorOf(measured.offset) < 400, `±${errorOf(measured.offset)} ms`);
});

/** Does `work` while our clock is set by `jump` at its reading `number`. */
async function withJump<T>(
  jump: number,
  number: number,
  work: () => Promise<T>,
): Promise<T> {
  const real = Date.now;
  let readings = 0;
  Date.now = () => ++readings < number ? real() : real() + jump;
  try {
    return await work();
  } finally {
    Date.now = real;
  }
}

const AN_HOUR = 3_600_000;

Deno.test("an offset holds the truth when our clock is set meanwhile", async () => {
  for (const jump of [-AN_HOUR, AN_HOUR]) {
    await using server = await serve(timeService({ clock: Date.now }));
    for (const target of [server.tcp, server.udp]) {
      const { offset } = await withJump(jump, 2, () => time(target));
      assertHolds(offset, 0);
      assertHolds(offset, -jump);
    }
  }
});

Deno.test("a measurement ends, and says so, when our clock is set meanwhile", async () => {
  const measures: readonly ((ask: Ask) => Promise<Measurement>)[] = [
    measurePrecisely,
    (ask) => measureOffset(ask, { samples: 3, interval: 100 }),
  ];
  for (const measure of measures) {
    await using server = await serve(timeService({ clock: Date.now }));
    const look = asker(server.udp, { protocol: "time" });
    const real = Date.now;
    const ask: Ask = async (options) => {
      const reading = await look(options);
      Date.now = () => real() - AN_HOUR;
      return reading;
    };
    try {
      const measured = await measure(ask);
      assert(measured.samples >= 2, `${measured.samples} samples`);
      assert(measured.agreed < measured.samples);
    } finally {
      Date.now = real;
    }
  }
});
