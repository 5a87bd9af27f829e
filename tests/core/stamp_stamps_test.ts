import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli.ts";
import {
  readStamp,
  type StampValues,
} from "../../server/services/stamp_options.ts";
import {
  formatElapsed,
  sinceLast,
  sinceStart,
  timeOfDay,
} from "../../server/services/stamps.ts";

const START = { time: Date.UTC(2026, 10, 1, 8, 6, 20, 7), now: 5_000 };
const NONE: StampValues = {
  format: "ctime",
  "since-start": false,
  delta: false,
  utc: false,
};

/** What the options write at {@linkcode START}. */
function stampWith(values: Partial<StampValues>): string {
  const { kind } = readStamp({ ...NONE, ...values }, new Set(namesOf(values)));
  return kind(START)(START);
}

function namesOf(values: Partial<StampValues>): string[] {
  return Object.keys(values);
}

const STAMPS: readonly (readonly [Partial<StampValues>, string])[] = [
  [{ utc: true }, "Sun Nov  1 08:06:20 2026"],
  [{ zone: "Europe/Berlin" }, "Sun Nov  1 09:06:20 2026"],
  [{ format: "iso8601", zone: "+05:30" }, "2026-11-01T13:36:20+05:30"],
  [{ format: "rfc5322", utc: true }, "Sun, 01 Nov 2026 08:06:20 +0000"],
  [{ format: "smtp", utc: true }, "01 NOV 2026 08:06:20 UTC"],
  [{ format: "unix" }, "1793520380.007"],
  [{ "since-start": true }, "00:00:00.000"],
  [{ delta: true }, "00:00:00.000"],
];

for (const [values, stamp] of STAMPS) {
  Deno.test(`readStamp() writes ${stamp} for ${JSON.stringify(values)}`, () => {
    assertEquals(stampWith(values), stamp);
  });
}

const CONTRADICTIONS: readonly (readonly [Partial<StampValues>, string])[] = [
  [{ delta: true, "since-start": true }, "choose one"],
  [{ delta: true, format: "unix" }, "--delta and --format: choose one"],
  [{ delta: true, utc: true }, "--delta shows no local time"],
  [{ "since-start": true, zone: "UTC" }, "leave --zone out"],
  [{ format: "unix", utc: true }, "--format unix shows no local time"],
  [{ format: "nist", zone: "UTC" }, "--format nist shows no local time"],
  [{ utc: true, zone: "UTC" }, "--utc and --zone"],
  [{ zone: "Europe/Berln" }, "there is no time zone"],
];

for (const [values, message] of CONTRADICTIONS) {
  Deno.test(`readStamp() refuses ${JSON.stringify(values)}`, () => {
    assertThrows(() => stampWith(values), UsageError, message);
  });
}

Deno.test("readStamp() writes seconds since 1970 also before it, for clocks that are not set", () => {
  const { kind } = readStamp({ ...NONE, format: "unix" }, new Set());
  for (
    const [time, stamp] of [
      ...[[0, "0.000"], [7, "0.007"], [-1, "-0.001"], [
        -86_400_500.5,
        "-86400.501",
      ]],
    ] as const
  ) {
    assertEquals(kind(START)({ time, now: 0 }), stamp);
  }
});

Deno.test("sinceStart() counts from the start of each connection", () => {
  const stamp = sinceStart(START);
  assertEquals(stamp({ time: 0, now: 5_001.9 }), "00:00:00.001");
  assertEquals(stamp({ time: 0, now: 66_234 }), "00:01:01.234");
  const later = sinceStart({ time: 0, now: 66_000 });
  assertEquals(later({ time: 0, now: 66_234 }), "00:00:00.234");
});

Deno.test("sinceLast() counts from the line before, 0 for those that came with it", () => {
  const stamp = sinceLast(START);
  const times = [5_250, 5_250, 8_250].map((now) => stamp({ time: 0, now }));
  assertEquals(times, ["00:00:00.250", "00:00:00.000", "00:00:03.000"]);
});

Deno.test("timeOfDay() asks once for lines that came together", () => {
  const asked: number[] = [];
  const stamp = timeOfDay((time) => `${asked.push(time)}`)(START);
  const stamps = [1, 1, 1, 2, 1].map((time) => stamp({ time, now: 0 }));
  assertEquals(stamps, ["1", "1", "1", "2", "3"]);
  assertEquals(asked, [1, 2, 1]);
});

Deno.test("formatElapsed() has hours beyond a day", () => {
  assertEquals(formatElapsed(0), "00:00:00.000");
  assertEquals(formatElapsed(59_999), "00:00:59.999");
  assertEquals(formatElapsed(3_599_999), "00:59:59.999");
  assertEquals(formatElapsed(3_600_000), "01:00:00.000");
  assertEquals(formatElapsed(100 * 3_600_000 + 61_002), "100:01:01.002");
});
