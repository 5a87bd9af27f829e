/**
 * The time as servers tell it: RFC 868's four bytes, RFC 867's lines, time
 * zones, and what answers prove about a clock.
 *
 * @module
 */

export {
  DAYTIME_FORMATS,
  type DaytimeFormat,
  formatDaytime,
  type FormatDaytimeOptions,
} from "./daytime.ts";
export type { DaytimeForm } from "./daytime_forms.ts";
export {
  type Agreement,
  agreement,
  type ClockSample,
  type Interval,
  offsetOf,
} from "./interval.ts";
export {
  type Daytime,
  parseDaytime,
  type ParseDaytimeOptions,
} from "./parse_daytime.ts";
export {
  type DecodedTime,
  decodeTime,
  type DecodeTimeOptions,
  encodeTime,
} from "./rfc868.ts";
export { LOCAL, namedZone, UTC, type Zone } from "./zone.ts";
