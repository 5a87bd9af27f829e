/**
 * Daytime lines (RFC 867): what is written.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { DAYTIME_FORMATS, formatDaytime } from "../../lib/time/daytime.ts";
import { dstCode, formatNist, mjdOf } from "../../lib/time/nist.ts";
import { LOCAL, namedZone, UTC, type Zone } from "../../lib/time/zone.ts";

const BERLIN = namedZone("Europe/Berlin");
const LOS_ANGELES = namedZone("America/Los_Angeles");
const KATHMANDU = namedZone("Asia/Kathmandu");

Deno.test("formatDaytime() writes every form as its servers do", () => {
  const time = Date.UTC(2026, 10, 21, 7, 6, 20);
  const lines = DAYTIME_FORMATS.map((format) =>
    formatDaytime(time, { format, zone: BERLIN })
  );
  assertEquals(lines, [
    "Sat Nov 21 08:06:20 2026",
    "2026-11-21T08:06:20+01:00",
    "Sat, 21 Nov 2026 08:06:20 +0100",
    "21 NOV 2026 08:06:20 CET",
    "Saturday, November 21, 2026 08:06:20-CET",
    "61365 26-11-21 07:06:20 00 0 0   0.0 UTC(NIST) *",
  ]);
});

Deno.test("formatDaytime() writes ctime by default, in 24 characters", () => {
  const time = new Date(2026, 10, 21, 8, 6, 20).getTime();
  assertEquals(formatDaytime(time), "Sat Nov 21 08:06:20 2026");
  assertEquals(formatDaytime(time, { zone: LOCAL }).length, 24);
});

/** Instants at which clocks fail, and how `ctime` shows them in UTC. */
const INSTANTS: readonly (readonly [string, string])[] = [
  ["1970-01-01T00:00:00Z", "Thu Jan  1 00:00:00 1970"],
  ["1999-12-31T23:59:59Z", "Fri Dec 31 23:59:59 1999"],
  ["2036-02-07T06:28:14Z", "Thu Feb  7 06:28:14 2036"],
  ["2036-02-07T06:28:15Z", "Thu Feb  7 06:28:15 2036"],
  ["2036-02-07T06:28:16Z", "Thu Feb  7 06:28:16 2036"],
  ["2036-02-07T06:28:18Z", "Thu Feb  7 06:28:18 2036"],
  ["2038-01-19T03:14:08Z", "Tue Jan 19 03:14:08 2038"],
  ["2104-02-29T12:00:00Z", "Fri Feb 29 12:00:00 2104"],
  ["2026-11-01T00:00:00Z", "Sun Nov  1 00:00:00 2026"],
];

Deno.test("formatDaytime() pads the day as the C library does, in any year", () => {
  for (const [instant, line] of INSTANTS) {
    assertEquals(formatDaytime(Date.parse(instant), { zone: UTC }), line);
  }
});

Deno.test("formatDaytime() cuts parts of a second off, before 1970 too", () => {
  const at = (time: number) => formatDaytime(time, { zone: UTC });
  assertEquals(at(999), "Thu Jan  1 00:00:00 1970");
  assertEquals(at(-1), "Wed Dec 31 23:59:59 1969");
});

Deno.test("formatDaytime() writes one line of printable ASCII in every zone", () => {
  const zones = ["Asia/Tokyo", "Asia/Kolkata", "America/Sao_Paulo", "+05:30"];
  for (const zone of [UTC, LOCAL, BERLIN, ...zones.map(namedZone)]) {
    for (const format of DAYTIME_FORMATS) {
      for (const [instant] of INSTANTS) {
        const line = formatDaytime(Date.parse(instant), { format, zone });
        assertMatch(line, /^[ -~]{20,60}$/);
      }
    }
  }
});

Deno.test("formatDaytime() names zones, or writes their offset", () => {
  const winter = Date.UTC(2026, 0, 15, 12);
  const summer = Date.UTC(2026, 6, 15, 12);
  const zoneIn = (zone: Zone, time: number) =>
    formatDaytime(time, { format: "smtp", zone }).split(" ").at(-1);
  assertEquals(zoneIn(LOS_ANGELES, winter), "PST");
  assertEquals(zoneIn(LOS_ANGELES, summer), "PDT");
  assertEquals(zoneIn(BERLIN, winter), "CET");
  assertEquals(zoneIn(BERLIN, summer), "CEST");
  assertEquals(zoneIn(KATHMANDU, winter), "+0545");
  assertEquals(
    formatDaytime(winter, { format: "rfc867", zone: LOS_ANGELES }),
    "Thursday, January 15, 2026 04:00:00-PST",
  );
  assertEquals(
    formatDaytime(winter, { format: "rfc867", zone: KATHMANDU }),
    "Thursday, January 15, 2026 17:45:00+0545",
  );
  assertEquals(
    formatDaytime(winter, { format: "iso8601", zone: UTC }),
    "2026-01-15T12:00:00Z",
  );
  assertEquals(
    formatDaytime(winter, { format: "rfc5322", zone: UTC }),
    "Thu, 15 Jan 2026 12:00:00 +0000",
  );
});

Deno.test("formatDaytime() follows a zone through its changes", () => {
  const before = Date.UTC(2026, 2, 29, 0, 59, 59);
  const line = (time: number) =>
    formatDaytime(time, { format: "iso8601", zone: BERLIN });
  assertEquals(line(before), "2026-03-29T01:59:59+01:00");
  assertEquals(line(before + 1000), "2026-03-29T03:00:00+02:00");
});

Deno.test("formatNist() counts days and knows whether its time is right", () => {
  assertEquals(mjdOf(Date.UTC(1858, 10, 17)), 0);
  assertEquals(mjdOf(Date.UTC(2000, 0, 1)), 51544);
  assertEquals(mjdOf(Date.UTC(1999, 11, 31, 23, 59, 59)), 51543);
  const sick = formatNist(Date.UTC(2036, 1, 7, 6, 28, 16), { health: 3 });
  assertEquals(sick, "64730 36-02-07 06:28:16 00 0 3   0.0 UTC(NIST) *");
  const unhealthy = formatDaytime(0, { format: "nist", healthy: false });
  assertEquals(unhealthy, "40587 70-01-01 00:00:00 00 0 3   0.0 UTC(NIST) *");
});

Deno.test("dstCode() counts down to the changes of the United States", () => {
  const codeOn = (year: number, month: number, day: number) =>
    dstCode(Date.UTC(year, month - 1, day, 12));
  // 2026: 8 March and 1 November. 2027: 14 March and 7 November.
  assertEquals(codeOn(2026, 2, 28), 0);
  assertEquals(codeOn(2026, 3, 1), 58);
  assertEquals(codeOn(2026, 3, 8), 51);
  assertEquals(codeOn(2026, 3, 9), 50);
  assertEquals(codeOn(2026, 7, 4), 50);
  assertEquals(codeOn(2026, 10, 31), 50);
  assertEquals(codeOn(2026, 11, 1), 1);
  assertEquals(codeOn(2026, 11, 2), 0);
  assertEquals(codeOn(2027, 3, 1), 64);
  assertEquals(codeOn(2027, 11, 1), 7);
  assertEquals(codeOn(2027, 12, 25), 0);
});
