/**
 * Lines for the daytime service of RFC 867, which leaves their form open: these
 * are the forms that servers really write.
 *
 * | format | line |
 * |---|---|
 * | `ctime` | `Sat Nov 21 08:06:20 2026`, the C library's, without a zone |
 * | `iso8601` | `2026-11-21T08:06:20+01:00` |
 * | `rfc5322` | `Sat, 21 Nov 2026 08:06:20 +0100`, mail's |
 * | `smtp` | `21 NOV 2026 08:06:20 CET`, RFC 867's second, xinetd's |
 * | `rfc867` | `Saturday, November 21, 2026 08:06:20-CET`, RFC 867's first |
 * | `nist` | `61365 26-11-21 07:06:20 00 0 0   0.0 UTC(NIST) *`, always UTC |
 *
 * @module
 */

import { type Civil, civilAt, MONTHS, WEEKDAYS } from "./civil.ts";
import { formatNist } from "./nist.ts";
import { formatOffset, LOCAL, type Zone } from "./zone.ts";

/** The forms a line can be written in. */
export const DAYTIME_FORMATS = [
  "ctime",
  "iso8601",
  "rfc5322",
  "smtp",
  "rfc867",
  "nist",
] as const;

/** One of {@linkcode DAYTIME_FORMATS}. */
export type DaytimeFormat = (typeof DAYTIME_FORMATS)[number];

/** Options for {@linkcode formatDaytime}. */
export interface FormatDaytimeOptions {
  /** How the line looks. @default {"ctime"} */
  format?: DaytimeFormat | undefined;
  /** Whose clocks it shows; not for `nist`. @default {LOCAL} */
  zone?: Zone | undefined;
  /** Whether the time can be relied on; only `nist` says. @default {true} */
  healthy?: boolean | undefined;
}

/**
 * The line for `time`, in milliseconds since 1970, without its end; parts of a
 * second are cut off. ASCII in English, whatever the language of the system.
 * The year is one of 1 to 9999.
 *
 * @example
 * ```ts
 * import { formatDaytime } from "./daytime.ts";
 * import { UTC } from "./zone.ts";
 * const time = Date.UTC(2026, 10, 1, 8, 6, 20);
 * console.assert(
 *   formatDaytime(time, { zone: UTC }) === "Sun Nov  1 08:06:20 2026",
 * );
 * ```
 */
export function formatDaytime(
  time: number,
  { format = "ctime", zone = LOCAL, healthy = true }: FormatDaytimeOptions = {},
): string {
  if (format === "nist") return formatNist(time, { health: healthy ? 0 : 3 });
  const offset = zone.offsetAt(time);
  const civil = civilAt(time, offset);
  const parts = {
    ...civil,
    offset,
    clock: clockOf(civil),
    month: MONTHS[civil.month - 1]!,
    weekday: WEEKDAYS[civil.weekday]!,
    number: civil.month,
    year: padded(civil.year, 4),
    abbreviation: () => zone.abbreviationAt(time),
  };
  return FORMS[format](parts);
}

/** What lines are made of. */
interface Parts {
  readonly weekday: string;
  readonly year: string;
  readonly month: string;
  /** The month's. */
  readonly number: number;
  readonly day: number;
  readonly clock: string;
  readonly offset: number;
  abbreviation(): string;
}

const FORMS: Record<Exclude<DaytimeFormat, "nist">, (p: Parts) => string> = {
  ctime: ({ weekday, month, day, clock, year }) =>
    [short(weekday), short(month), padded(day, 2, " "), clock, year].join(" "),
  iso8601: ({ year, number, day, clock, offset }) => {
    const zone = offset === 0 ? "Z" : formatOffset(offset, ":");
    return `${year}-${padded(number)}-${padded(day)}T${clock}${zone}`;
  },
  rfc5322: ({ weekday, day, month, year, clock, offset }) => {
    const date = `${padded(day)} ${short(month)} ${year}`;
    return `${short(weekday)}, ${date} ${clock} ${formatOffset(offset)}`;
  },
  smtp: ({ day, month, year, clock, abbreviation }) => {
    const date = `${padded(day)} ${short(month).toUpperCase()} ${year}`;
    return `${date} ${clock} ${abbreviation()}`;
  },
  rfc867: ({ weekday, month, day, year, clock, abbreviation }) => {
    const date = `${weekday}, ${month} ${day}, ${year}`;
    const zone = abbreviation();
    // The hyphen parts the time from a name; before an offset it would be a sign.
    return `${date} ${clock}${/^[A-Z]/.test(zone) ? "-" : ""}${zone}`;
  },
};

function clockOf({ hour, minute, second }: Civil): string {
  return [hour, minute, second].map((number) => padded(number)).join(":");
}

function short(name: string): string {
  return name.slice(0, 3);
}

function padded(number: number, length = 2, filler = "0"): string {
  return String(number).padStart(length, filler);
}
