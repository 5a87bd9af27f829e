/**
 * Measuring a clock that shows seconds, against one whose offset is known and
 * with a clock of ours that only goes when the test says so.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Ask, Measurement } from "../../client/time/looks.ts";
import { measureOffset } from "../../client/time/measure.ts";
import {
  MAX_QUESTIONS,
  MAX_TIME,
  measurePrecisely,
} from "../../client/time/precise.ts";
import { manualClock } from "../../lib/clock.ts";
import { errorOf, offsetOf } from "../../lib/time/interval.ts";
import { randomOf } from "./random.ts";

const TARGET = { transport: "udp", hostname: "192.0.2.1", port: 37 } as const;

/** A server to measure. */
interface Server {
  /** What its clock shows when ours shows `now`. */
  clock(now: number): number;
  /** Milliseconds there and back. */
  way: readonly [number, number];
  /** Whether question `number`, from 1, gets an answer. */
  answers?(number: number): boolean;
}

/** A server whose clock is ahead by `offset` and that is `way` away. */
function ahead(offset: number, way: Server["way"]): Server {
  return { clock: (now) => now + offset, way };
}

/** What a measurement did. */
interface Run {
  measurement: Measurement;
  /** When each question was asked. */
  asked: number[];
}

/** Measures `server`, as fast as the clock can be moved on. */
async function run(
  server: Server,
  measure: (
    ask: Ask,
    clock: ReturnType<typeof manualClock>,
  ) => Promise<Measurement>,
): Promise<Run> {
  const clock = manualClock();
  const asked: number[] = [];
  const ask: Ask = async () => {
    const sent = clock.now();
    asked.push(sent);
    await clock.sleep(server.way[0]);
    const time = Math.floor(server.clock(clock.now()) / 1000) * 1000;
    await clock.sleep(server.way[1]);
    if (server.answers?.(asked.length) === false) throw new Error("lost");
    const received = clock.now();
    const offset = offsetOf({ sent, received, time });
    return { time, offset, sent, received, target: TARGET, warnings: [] };
  };
  let isOver = false;
  const result = measure(ask, clock).finally(() => isOver = true);
  result.catch(() => {});
  while (!isOver) await clock.advance(60_000);
  return { measurement: await result, asked };
}

function assertHolds({ measurement }: Run, truth: number): void {
  const { low, high } = measurement.offset;
  assert(low <= truth && truth <= high, `${low} <= ${truth} <= ${high}`);
}

Deno.test("measureOffset() halves the doubt with every look", async () => {
  const random = randomOf(3);
  for (const samples of [1, 2, 4, 8, 12]) {
    const offset = random.below(100_000) - 50_000;
    const measured = await run(
      ahead(offset, [1, 1]),
      (ask, clock) => measureOffset(ask, { samples, clock }),
    );
    assertHolds(measured, offset);
    const { measurement, asked } = measured;
    assertEquals([measurement.samples, measurement.agreed], [samples, samples]);
    assertEquals(asked.length, samples);
    // A second at first; in the end only the way and our milliseconds are left.
    const expected = 1003 / 2 ** samples + 4;
    assert(
      errorOf(measurement.offset) <= expected,
      `${samples} looks: ${errorOf(measurement.offset)} <= ${expected}`,
    );
  }
});

Deno.test("measureOffset() waits between looks as long as it is told", async () => {
  for (const interval of [1000, 4000]) {
    const { asked } = await run(
      ahead(-123, [5, 5]),
      (ask, clock) => measureOffset(ask, { samples: 6, interval, clock }),
    );
    for (const [index, at] of asked.entries()) {
      if (index === 0) continue;
      const pause = at - asked[index - 1]!;
      assert(pause >= interval && pause <= interval + 1001, `${pause} ms`);
    }
  }
});

Deno.test("measureOffset() holds the truth when one way is far longer", async () => {
  for (const way of [[200, 3], [3, 200]] as const) {
    const measured = await run(
      ahead(777, way),
      (ask, clock) => measureOffset(ask, { samples: 10, clock }),
    );
    assertHolds(measured, 777);
  }
});

Deno.test("measureOffset() says when a clock stands still", async () => {
  const { measurement } = await run(
    { clock: () => 5000, way: [1, 1] },
    (ask, clock) => measureOffset(ask, { samples: 5, clock }),
  );
  assertEquals(measurement.samples, 5);
  assert(measurement.agreed < 5);
});

Deno.test("measureOffset() outvotes one answer of a clock that jumped", async () => {
  const measured = await run(
    { clock: (now) => now + (now < 1500 ? 90_000 : 40), way: [1, 1] },
    (ask, clock) => measureOffset(ask, { samples: 8, clock }),
  );
  assertHolds(measured, 40);
  assert(measured.measurement.agreed < 8);
});

Deno.test("measureOffset() counts questions without an answer", async () => {
  const measured = await run(
    { ...ahead(250, [2, 2]), answers: (number) => number % 3 !== 2 },
    (ask, clock) => measureOffset(ask, { samples: 9, clock }),
  );
  assertHolds(measured, 250);
  const { samples, lost } = measured.measurement;
  assertEquals([samples, lost], [6, 3]);
});

Deno.test("measureOffset() fails when the first question does", async () => {
  const dead = { ...ahead(0, [1, 1] as const), answers: () => false };
  await assertRejects(
    () => run(dead, (ask, clock) => measureOffset(ask, { samples: 3, clock })),
    Error,
    "lost",
  );
});

Deno.test("measureOffset() ends at a signal with what it has", async () => {
  const controller = new AbortController();
  const measured = await run(
    {
      ...ahead(10, [1, 1]),
      answers(number) {
        if (number === 3) controller.abort();
        return true;
      },
    },
    (ask, clock) =>
      measureOffset(ask, { samples: 50, clock, signal: controller.signal }),
  );
  assertEquals(measured.measurement.samples, 3);
  assertHolds(measured, 10);
});

Deno.test("measurePrecisely() finds milliseconds within its limits", async () => {
  const random = randomOf(4);
  for (let round = 0; round < 8; round++) {
    const offset = random.below(100_000) - 50_000;
    const measured = await run(
      ahead(offset, [0, 1]),
      (ask, clock) => measurePrecisely(ask, { clock }),
    );
    assertHolds(measured, offset);
    const { measurement, asked } = measured;
    const error = errorOf(measurement.offset);
    assert(error <= 4, `${offset}: ±${error} ms`);
    assertEquals(measurement.agreed, measurement.samples);
    assertWithinLimits(asked);
  }
});

function assertWithinLimits(asked: readonly number[]): void {
  assert(asked.length <= MAX_QUESTIONS, `${asked.length} questions`);
  const lasted = asked.at(-1)! - asked[0]!;
  assert(lasted <= MAX_TIME + 50, `${lasted} ms`);
}

Deno.test("measurePrecisely() is as good as the way is short", async () => {
  for (const way of [10, 40, 100]) {
    const measured = await run(
      ahead(-333, [way / 2, way / 2]),
      (ask, clock) => measurePrecisely(ask, { clock }),
    );
    assertHolds(measured, -333);
    const error = errorOf(measured.measurement.offset);
    assert(error <= way + 3, `${way} ms there and back: ±${error} ms`);
    const { asked } = measured;
    assert(asked.at(-1)! - asked[0]! <= MAX_TIME + way);
  }
});

Deno.test("measurePrecisely() stops asking a clock that stands still", async () => {
  const { measurement, asked } = await run(
    { clock: () => 5000, way: [0, 1] },
    (ask, clock) => measurePrecisely(ask, { clock }),
  );
  assertWithinLimits(asked);
  assert(asked.length < 30, `${asked.length} questions`);
  assert(measurement.agreed < measurement.samples);
});

Deno.test("measurePrecisely() goes on when answers are lost", async () => {
  const measured = await run(
    { ...ahead(50, [1, 1]), answers: (number) => number % 4 !== 0 },
    (ask, clock) => measurePrecisely(ask, { clock }),
  );
  assertHolds(measured, 50);
  assert(measured.measurement.lost > 0);
  assert(errorOf(measured.measurement.offset) < 30);
  assertWithinLimits(measured.asked);
});

Deno.test("measurePrecisely() ends at a signal with what it has", async () => {
  const controller = new AbortController();
  const { measurement } = await run(
    {
      ...ahead(10, [1, 1]),
      answers(number) {
        if (number === 5) controller.abort();
        return true;
      },
    },
    (ask, clock) => measurePrecisely(ask, { clock, signal: controller.signal }),
  );
  assertEquals(measurement.samples, 5);
});
