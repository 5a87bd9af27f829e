/**
 * Daytime lines (RFC 867): what is read, of all servers.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DAYTIME_FORMATS, formatDaytime } from "../../lib/time/daytime.ts";
import { type Daytime, parseDaytime } from "../../lib/time/parse_daytime.ts";
import { namedZone, UTC, type Zone } from "../../lib/time/zone.ts";
import { zoneMeanings } from "../../lib/time/zone_names.ts";
import { randomOf } from "./random.ts";

const NOW = Date.UTC(2026, 10, 21);
const BERLIN = namedZone("Europe/Berlin");

function read(line: string, zone: Zone = UTC, now = NOW): Daytime {
  const daytime = parseDaytime(line, { zone, now });
  assert(daytime !== null, `cannot read ${JSON.stringify(line)}`);
  return daytime;
}

/** Line, form, instant, zone. */
const LINES: readonly (readonly [string, string, string, string])[] = [
  // inetutils, BSD, busybox; Python's time.ctime() without a line end.
  ["Sat Nov 21 08:06:20 2026\r\n", "ctime", "2026-11-21T08:06:20Z", "UTC"],
  ["Sun Nov  1 08:06:20 2026", "ctime", "2026-11-01T08:06:20Z", "UTC"],
  ["Sun Nov  1 08:06:20 2026\n\0", "ctime", "2026-11-01T08:06:20Z", "UTC"],
  // The program date, in two of its moods.
  ["Sat Nov 21 08:06:20 CET 2026", "date", "2026-11-21T07:06:20Z", "CET"],
  ["Sat Nov 21 12:06:20 AM UTC 2026", "date", "2026-11-21T00:06:20Z", "UTC"],
  ["Sat Nov 21 12:06:20 PM UTC 2026", "date", "2026-11-21T12:06:20Z", "UTC"],
  // xinetd, and the second example of RFC 867.
  ["21 NOV 2026 08:08:32 UTC\r\n", "smtp", "2026-11-21T08:08:32Z", "UTC"],
  ["02 FEB 82 07:59:01 PST", "smtp", "1982-02-02T15:59:01Z", "PST"],
  ["2 feb 1982 07:59:01 pst", "smtp", "1982-02-02T15:59:01Z", "PST"],
  // The first example of RFC 867.
  [
    "Tuesday, February 22, 1982 17:37:43-PST",
    "rfc867",
    "1982-02-23T01:37:43Z",
    "PST",
  ],
  ["February 2, 1982 17:37:43-0800", "rfc867", "1982-02-03T01:37:43Z", "-0800"],
  ["Feb 2 1982 17:37:43", "rfc867", "1982-02-02T17:37:43Z", "UTC"],
  // Mail, HTTP and their ancestors.
  [
    "Sat, 21 Nov 2026 08:06:20 +0100",
    "rfc5322",
    "2026-11-21T07:06:20Z",
    "+0100",
  ],
  ["Sat, 21 Nov 2026 08:06:20 GMT", "rfc5322", "2026-11-21T08:06:20Z", "GMT"],
  ["21 Nov 2026 08:06:20 -0500", "smtp", "2026-11-21T13:06:20Z", "-0500"],
  [
    "Saturday, 21-Nov-26 08:06:20 GMT",
    "rfc5322",
    "2026-11-21T08:06:20Z",
    "GMT",
  ],
  [
    "Sat, 21 Nov 2026 08:06:20 +0100 (CET)",
    "rfc5322",
    "2026-11-21T07:06:20Z",
    "+0100",
  ],
  ["2026-11-21T08:06:20+01:00", "iso8601", "2026-11-21T07:06:20Z", "+01:00"],
  ["2026-11-21t08:06:20z", "iso8601", "2026-11-21T08:06:20Z", "Z"],
  ["2026-11-21 08:06:20 UTC", "iso8601", "2026-11-21T08:06:20Z", "UTC"],
  ["2026-11-21 08:06:20", "iso8601", "2026-11-21T08:06:20Z", "UTC"],
  ["2026-11-21T08:06:20+01", "iso8601", "2026-11-21T07:06:20Z", "+01"],
  // NIST: a line end in front, a blank behind.
  [
    "\n61365 26-11-21 08:06:20 00 0 0 895.5 UTC(NIST) * \n",
    "nist",
    "2026-11-21T08:06:20Z",
    "UTC",
  ],
  [
    "49010 93-01-23 22:01:22 00 0 0  50.0 UTC(NIST) *",
    "nist",
    "1993-01-23T22:01:22Z",
    "UTC",
  ],
];

Deno.test("parseDaytime() reads what servers write, and says which form", () => {
  for (const [line, format, instant, zone] of LINES) {
    const daytime = read(line);
    const time = new Date(daytime.time).toISOString().replace(".000", "");
    assertEquals(
      [daytime.format, time, daytime.zone],
      [format, instant, zone],
      line,
    );
  }
});

Deno.test("parseDaytime() reads everything that formatDaytime() writes", () => {
  const zones = ["Europe/London", "America/New_York", "Asia/Kathmandu"];
  const instants = [
    ...["1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2038-01-19T03:14:08Z"],
    ...["2036-02-07T06:28:14Z", "2036-02-07T06:28:16Z", "2104-02-29T12:00:00Z"],
    ...["2026-07-01T00:00:00Z", "2026-11-01T23:00:00Z"],
    ...["2132-08-31T23:59:59Z", "2132-09-01T00:00:00Z", "9899-12-31T00:00:00Z"],
  ];
  for (const zone of [UTC, BERLIN, ...zones.map(namedZone)]) {
    for (const format of DAYTIME_FORMATS) {
      for (const instant of instants) {
        const time = Date.parse(instant);
        const line = formatDaytime(time, { format, zone });
        const daytime = read(`${line}\r\n`, zone);
        assertEquals(daytime.time, time, line);
        assertEquals(daytime.format, format, line);
      }
    }
  }
});

Deno.test("parseDaytime() takes two digits for the nearest year", () => {
  const yearOf = (line: string, now: number) =>
    new Date(read(line, UTC, now).time).getUTCFullYear();
  const at = (year: number) => Date.UTC(year, 6, 1);
  assertEquals(yearOf("02 FEB 82 07:59:01 UTC", at(2026)), 1982);
  assertEquals(yearOf("02 FEB 30 07:59:01 UTC", at(2026)), 2030);
  assertEquals(yearOf("02 FEB 99 07:59:01 UTC", at(1970)), 1999);
  assertEquals(yearOf("02 FEB 04 07:59:01 UTC", at(2104)), 2104);
  assertEquals(yearOf("02 FEB 98 07:59:01 UTC", at(2104)), 2098);
  const { warnings } = read("02 FEB 82 07:59:01 UTC");
  assertEquals(warnings, ["the year 82 has two digits, taken for 1982"]);
});

Deno.test("parseDaytime() says which zone it assumed", () => {
  const daytime = read("Sat Nov 21 08:06:20 2026", BERLIN);
  assertEquals(daytime.time, Date.UTC(2026, 10, 21, 7, 6, 20));
  assertEquals([daytime.zone, daytime.zoneAssumed], ["Europe/Berlin", true]);
  assertEquals(daytime.warnings, [
    "the line names no zone; Europe/Berlin assumed",
  ]);
  const unknown = read("21 NOV 2026 08:08:32 QQT", BERLIN);
  assertEquals(unknown.warnings, [
    "the zone QQT is unknown; Europe/Berlin assumed",
  ]);
  const known = read("21 NOV 2026 08:08:32 UTC", BERLIN);
  assertEquals([known.zoneAssumed, known.warnings], [false, []]);
});

Deno.test("parseDaytime() says when a zone's name has several meanings", () => {
  const { time, warnings } = read("21 NOV 2026 08:08:32 IST");
  assertEquals(time, Date.UTC(2026, 10, 21, 2, 38, 32));
  assertEquals(warnings, [
    "the zone IST may be that of Israel or Ireland, too; taken for +0530 (India)",
  ]);
});

Deno.test("parseDaytime() says when the clocks of the zone are being changed", () => {
  const twice = read("Sun Oct 25 02:30:00 2026", BERLIN);
  assertEquals(twice.time, Date.UTC(2026, 9, 25, 0, 30));
  assertStringIncludes(twice.warnings.join(), "comes twice");
  const skipped = read("Sun Mar 29 02:30:00 2026", BERLIN);
  assertEquals(skipped.time, Date.UTC(2026, 2, 29, 1, 30));
  assertStringIncludes(skipped.warnings.join(), "does not exist");
  const plain = read("Sun Oct 25 03:30:00 2026", BERLIN);
  assertEquals(plain.warnings.length, 1);
});

Deno.test("parseDaytime() says when the weekday is wrong, as in RFC 867", () => {
  const { warnings } = read("Tuesday, February 22, 1982 17:37:43-UTC");
  assertEquals(warnings, ["the day is a Monday, not a Tuesday"]);
});

Deno.test("parseDaytime() tells what a NIST server says of itself", () => {
  const line = (mjd: string, leap: number, health: number) =>
    `${mjd} 26-11-21 08:06:20 00 ${leap} ${health} 123.4 UTC(NIST) *`;
  const healthy = read(line("61365", 0, 0));
  assertEquals([healthy.warnings, healthy.advance], [[], 123.4]);
  assertEquals(read(line("61365", 0, 4)).warnings, [
    "the server says that its time cannot be relied on (health 4)",
  ]);
  assertEquals(read(line("61365", 1, 0)).warnings, [
    "at the end of the month a second will be inserted",
  ]);
  assertEquals(read(line("61364", 2, 0)).warnings, [
    "the Modified Julian Date is 61365, not 61364",
    "at the end of the month a second will be left out",
  ]);
});

Deno.test("parseDaytime() takes the century of NIST from its day number", () => {
  const line = "93060 13-09-01 00:00:00 50 0 0   0.0 UTC(NIST) *";
  assertEquals(new Date(read(line).time).getUTCFullYear(), 2113);
});

Deno.test("parseDaytime() takes a leap second for the next second", () => {
  const { time } = read("31 DEC 2016 23:59:60 UTC");
  assertEquals(time, Date.UTC(2017, 0, 1));
});

Deno.test("parseDaytime() keeps parts of a second", () => {
  assertEquals(read("2026-11-21T08:06:20.1239Z").time % 1000, 123);
  assertEquals(read("2026-11-21T08:06:20,5Z").time % 1000, 500);
});

Deno.test("parseDaytime() refuses what is no date", () => {
  for (
    const line of [
      "",
      "\r\n",
      "hello",
      "08:06:20",
      "Sat Nov 21 2026",
      "Sat Nov 31 08:06:20 2026",
      "Sun Feb 29 08:06:20 2026",
      "Sat Nov 21 24:06:20 2026",
      "Sat Nov 21 08:60:20 2026",
      "Sat Nov 21 08:06:61 2026",
      "Xyz Nov 21 08:06:20 2026",
      "Sat Xyz 21 08:06:20 2026",
      "21 NO 2026 08:08:32 UTC",
      "2026-13-21T08:06:20Z",
      "Sat Nov 21 13:06:20 PM UTC 2026",
      "21 NOV 2026 08:08:32 UTC and more",
      "2026-11-21T08:06:20+24:00",
      "2026-11-21T08:06:20+01:60",
      "Sat, 21 Nov 2026 08:06:20 -9900",
      `Sat Nov 21${" ".repeat(200)}08:06:20 2026`,
    ]
  ) {
    assertEquals(parseDaytime(line, { zone: UTC, now: NOW }), null, line);
  }
});

Deno.test("parseDaytime() survives every damage to a line, quickly", () => {
  const random = randomOf(867);
  const pieces = [..." :-,+.0129azZ\n\0()é", "PST", "Nov", "+0100"];
  const start = performance.now();
  for (let round = 0; round < 5000; round++) {
    const [line] = random.pick(LINES);
    const at = random.below(line.length);
    const cut = random.below(6);
    const damaged = line.slice(0, at) + random.pick(pieces) +
      line.slice(at + cut);
    const daytime = parseDaytime(damaged, { zone: BERLIN, now: NOW });
    if (daytime !== null) assert(Number.isFinite(daytime.time), damaged);
  }
  assert(performance.now() - start < 10_000, "5000 lines in 10 s");
});

Deno.test("zoneMeanings() knows names that are in use, and their oddities", () => {
  const hours = (name: string) =>
    zoneMeanings(name).map(({ offset }) => offset / 3600);
  assertEquals(hours("PDT"), [-7]);
  assertEquals(hours("CST"), [-6, 8, -5]);
  assertEquals(hours("nst"), [-3.5]);
  assertEquals(hours("constructor"), []);
  assertEquals(hours("__proto__"), []);
});
