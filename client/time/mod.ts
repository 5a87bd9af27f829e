/**
 * Asking time servers, and measuring how far their clocks are from ours.
 *
 * @module
 */

export { type AnyReading, asker, type AskerOptions } from "./ask.ts";
export {
  daytime,
  type DaytimeOptions,
  type DaytimeReading,
} from "./daytime.ts";
export { TimeError, type TimeFailure } from "./errors.ts";
export type { Ask, Measurement } from "./looks.ts";
export { measureOffset, type MeasureOptions } from "./measure.ts";
export { measurePrecisely, type PreciseOptions } from "./precise.ts";
export {
  type AskOptions,
  type ClockReading,
  time,
  type TimeOptions,
  type TimeReading,
} from "./time.ts";
