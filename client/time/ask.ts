/**
 * Asks one server again and again, by either protocol.
 *
 * @module
 */

import type { Daytime } from "../../lib/time/parse_daytime.ts";
import { visible } from "../../lib/visible.ts";
import type { Target } from "../service/target.ts";
import { daytime, type DaytimeOptions } from "./daytime.ts";
import { TimeError } from "./errors.ts";
import type { Ask } from "./looks.ts";
import { type ClockReading, time, type TimeOptions } from "./time.ts";

/** What either protocol tells. */
export interface AnyReading extends ClockReading {
  /** The era of RFC 868's answer. */
  readonly era?: number;
  /** The line of RFC 867's answer, as it came. */
  readonly line?: string;
  /** What that line says. */
  readonly daytime?: Daytime;
}

/** What to ask, and how. */
export interface AskerOptions extends TimeOptions, DaytimeOptions {
  /** `time` is RFC 868, `daytime` RFC 867. */
  protocol: "time" | "daytime";
}

/**
 * Asks `target`, and from then on the very machine that answered first: a name
 * may stand for several, whose clocks differ.
 */
export function asker(
  target: Target,
  { protocol, ...common }: AskerOptions,
): Ask<AnyReading> {
  let at = target;
  const ask = protocol === "time" ? time : askDaytime;
  return async ({ signal, timeout = common.timeout }) => {
    const reading = await ask(at, { ...common, signal, timeout });
    at = reading.target;
    return reading;
  };
}

/** Only a line that can be read is a look at a clock. */
async function askDaytime(
  target: Target,
  options: DaytimeOptions,
): Promise<AnyReading> {
  const { daytime: read, offset, ...rest } = await daytime(target, options);
  if (read === null || offset === null) {
    const line = visible(rest.line.slice(0, 80));
    throw new TimeError(
      "unreadable",
      target,
      `cannot tell the time from the line "${line}"`,
    );
  }
  const { time, warnings } = read;
  return { ...rest, daytime: read, offset, time, warnings };
}
