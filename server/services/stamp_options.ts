/**
 * Which stamp the options of the stamp server ask for.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import { DAYTIME_FORMATS, formatDaytime } from "../../lib/time/daytime.ts";
import { readZone, type ZoneValues } from "../../lib/time/zone_option.ts";
import { sinceLast, sinceStart, type StampKind, timeOfDay } from "./stamps.ts";

/** The forms of the time of day: a daytime server's, and seconds since 1970. */
export const STAMP_FORMATS: readonly [...typeof DAYTIME_FORMATS, "unix"] = [
  ...DAYTIME_FORMATS,
  "unix",
];

/** The values of the options. */
export interface StampValues extends ZoneValues {
  /** `--format`. */
  readonly format: (typeof STAMP_FORMATS)[number];
  /** `--since-start`. */
  readonly "since-start": boolean;
  /** `--delta`. */
  readonly delta: boolean;
}

/** A stamp that was chosen. */
export interface ChosenStamp {
  /** What to write. */
  readonly kind: StampKind;
  /** What that is, in a few words. */
  readonly shown: string;
}

/** Options that say what a stamp is: one at a time. */
const KINDS = ["since-start", "delta", "format"];

/**
 * The stamp that was asked for; `given` has the names of the options that were
 * really given.
 *
 * @throws {UsageError} when the options contradict each other, or there is no
 * such time zone.
 *
 * @example
 * ```ts
 * import { readStamp } from "./stamp_options.ts";
 * const none = { "since-start": false, delta: false, utc: false } as const;
 * const { kind } = readStamp({ ...none, format: "unix" }, new Set());
 * const start = { time: 1_500, now: 0 };
 * console.assert(kind(start)(start) === "1.500");
 * ```
 */
export function readStamp(
  values: StampValues,
  given: ReadonlySet<string>,
): ChosenStamp {
  const [one, other] = KINDS.filter((name) => given.has(name));
  if (other !== undefined) {
    throw new UsageError(`--${one} and --${other}: choose one`);
  }
  if (values.delta) {
    return withoutZone("delta", given, sinceLast, "since the last line");
  }
  if (values["since-start"]) {
    return withoutZone("since-start", given, sinceStart, "since the start");
  }
  return timeStamp(values, given);
}

function timeStamp(
  { format, ...zoneValues }: StampValues,
  given: ReadonlySet<string>,
): ChosenStamp {
  if (format === "unix") {
    return withoutZone("format unix", given, timeOfDay(unixTime), format);
  }
  const zone = readZone(zoneValues);
  const kind = timeOfDay((time) => formatDaytime(time, { format, zone }));
  return format === "nist"
    ? withoutZone("format nist", given, kind, "nist, UTC")
    : { kind, shown: `${format}, ${zone.name}` };
}

/** What shows no local time has no use for a zone. */
function withoutZone(
  option: string,
  given: ReadonlySet<string>,
  kind: StampKind,
  shown: string,
): ChosenStamp {
  const zone = ["zone", "utc"].find((name) => given.has(name));
  if (zone === undefined) return { kind, shown };
  throw new UsageError(
    `--${option} shows no local time: leave --${zone} out`,
  );
}

/** Seconds since 1970 with milliseconds. */
function unixTime(time: number): string {
  return (Math.floor(time) / 1000).toFixed(3);
}
