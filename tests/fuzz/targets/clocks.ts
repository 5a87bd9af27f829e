/**
 * Times: the packets of RFC 868, the lines of RFC 867, zones.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { formatTime, parseTime } from "../../../lib/ftp/time.ts";
import { civilAt, instantOf } from "../../../lib/time/civil.ts";
import { DAYTIME_FORMATS, formatDaytime } from "../../../lib/time/daytime.ts";
import { parseDaytime } from "../../../lib/time/parse_daytime.ts";
import {
  decodeTime,
  encodeTime,
  eraOf,
  TIME_LENGTH,
} from "../../../lib/time/rfc868.ts";
import { formatOffset, namedZone, UTC } from "../../../lib/time/zone.ts";
import { zoneMeanings } from "../../../lib/time/zone_names.ts";
import {
  attempt,
  bytesOf,
  defineTarget,
  type Target,
  textOf,
} from "../target.ts";

const NOW = Date.UTC(2026, 10, 22);
/** 300 years around it, which is what our formats are for. */
const [FIRST, LAST] = [Date.UTC(1900, 0, 1), Date.UTC(2199, 11, 31)];

function checkDaytime(line: string): string {
  const found = parseDaytime(line, { zone: UTC, now: NOW });
  if (found === null) return "none";
  assert(
    Number.isFinite(found.time) &&
      !Number.isNaN(new Date(found.time).getTime()),
  );
  const second = Math.floor(found.time / 1000) * 1000;
  if (second < FIRST || second > LAST) return `${found.format} far`;
  for (const format of DAYTIME_FORMATS) {
    const shown = formatDaytime(second, { format, zone: UTC });
    const again = parseDaytime(shown, { zone: UTC, now: second });
    assertEquals(again?.time, second, `${format}: ${shown}`);
  }
  const { weekday: _, ...civil } = civilAt(second, 0);
  assertEquals(instantOf(civil), second);
  return found.format;
}

function checkZone(name: string): string {
  const zone = attempt(() => namedZone(name), RangeError);
  for (const { offset } of zoneMeanings(name)) {
    assert(Math.abs(offset) <= 14 * 3600);
    assert(/^[+-]\d\d:\d\d$/.test(formatOffset(offset, ":")));
  }
  if (zone instanceof Error) return "none";
  assert(Math.abs(zone.offsetAt(NOW)) <= 24 * 3600);
  return zone.abbreviationAt(NOW).replace(/\d/g, "0");
}

/** Times. */
export const CLOCK_TARGETS: readonly Target[] = [
  defineTarget({
    name: "time-packet",
    about: "answers of the time service (RFC 868)",
    seeds: () => [
      encodeTime(NOW),
      encodeTime(0),
      new Uint8Array(4),
      new Uint8Array(9),
    ],
    longest: 32,
    check(input) {
      const found = attempt(() => decodeTime(input, { now: NOW }), RangeError);
      if (found instanceof Error) {
        assert(input.length !== TIME_LENGTH, found.message);
        return "refused";
      }
      const { time, era } = found;
      assertEquals(encodeTime(time), input.slice(0, TIME_LENGTH));
      assertEquals(eraOf(time), era);
      assert(Math.abs(time - NOW) <= 2 ** 31 * 1000);
      return `${era}`;
    },
  }),
  defineTarget({
    name: "daytime",
    about: "answers of the daytime service (RFC 867), and zones",
    seeds: () => [
      ...DAYTIME_FORMATS.map((format) =>
        formatDaytime(NOW, { format, zone: UTC })
      ),
      ...[
        "Sun Nov 22 02:12:26 UTC 2026",
        "61366 26-11-22 02:12:26 00 0 0 482.1 UTC(NIST) *",
      ],
      ...[
        "22 NOV 2026 02:12:26 CET",
        "Tuesday, February 22, 1982 17:37:43-PST",
        "22 FEB 82 17:37:43 EST",
      ],
      ...[
        "Europe/Berlin",
        "UTC",
        "IST",
        "+05:30",
        "2026-11-22T02:12:26.5+01:00",
      ],
    ],
    tokens: [
      " ",
      ":",
      "-",
      "+",
      "Z",
      "UTC",
      "GMT",
      "PM",
      "Sun",
      "Feb",
      "\0",
      "\r\n",
      "24:00:00",
      ":60",
    ],
    longest: 300,
    check(input) {
      const text = textOf(input);
      return `${checkDaytime(text)} ${checkZone(text)}`;
    },
  }),
  defineTarget({
    name: "ftp-time",
    about: "times as MDTM, MFMT and facts have them",
    seeds: () => [
      "20240229123456",
      "19700101000000.123456789",
      "00000101000000",
      "99991231235960",
    ],
    tokens: [".", "0229", "60"],
    longest: 40,
    check(input) {
      const time = parseTime(textOf(input));
      if (time === null) return "none";
      const shown = formatTime(time);
      assertEquals(formatTime(parseTime(shown)!), shown);
      assertEquals(bytesOf(shown).length, 14);
      return `${textOf(input).length}`;
    },
  }),
];
