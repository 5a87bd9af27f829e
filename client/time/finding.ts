/**
 * What one server told, by whichever protocol and however often it was asked.
 *
 * @module
 */

import type { Interval } from "../../lib/time/interval.ts";
import type { Daytime } from "../../lib/time/parse_daytime.ts";
import { eraOf } from "../../lib/time/rfc868.ts";
import type { Target } from "../service/target.ts";
import { type AnyReading, asker } from "./ask.ts";
import { daytime } from "./daytime.ts";
import type { Measurement } from "./looks.ts";
import { measureOffset } from "./measure.ts";
import type { Inquiry, Request } from "./options.ts";
import { measurePrecisely } from "./precise.ts";

/** What a server told. */
export interface Finding {
  /** Whom we asked. */
  readonly target: Target;
  /** How. */
  readonly protocol: "time" | "daytime";
  /** Milliseconds since 1970; `null` when its line cannot be read. */
  readonly time: number | null;
  /** The era of RFC 868's answer. */
  readonly era?: number | undefined;
  /** The line of RFC 867's answer, as it came. */
  readonly line?: string | undefined;
  /** What the line says. */
  readonly daytime?: Daytime | undefined;
  /** By how much its clock is ahead, in milliseconds; `null` with `time`. */
  readonly offset: Interval | null;
  /** How many answers there were. */
  readonly samples: number;
  /** How many of them agree on `offset`. */
  readonly agreed: number;
  /** What is odd: a clause each. */
  readonly warnings: readonly string[];
}

/** Asks one server what the request wants to know of it. */
export async function find(
  inquiry: Inquiry,
  request: Request,
  signal: AbortSignal,
): Promise<Finding> {
  if (request.measure === null && inquiry.protocol === "daytime") {
    return await findLine(inquiry, request, signal);
  }
  const { measure } = request;
  const ask = asker(inquiry.target, { ...request, ...inquiry });
  const measurement = measure === "precise"
    ? await measurePrecisely(ask, { signal })
    : await measureOffset(ask, {
      samples: measure?.samples ?? 1,
      interval: inquiry.interval,
      signal,
    });
  return fromMeasurement(inquiry, request, measurement);
}

/** A line is worth showing, even if only people understand it. */
async function findLine(
  { target, protocol }: Inquiry,
  { timeout, zone }: Request,
  signal: AbortSignal,
): Promise<Finding> {
  const answer = await daytime(target, { timeout, zone, signal });
  const { line, daytime: read, offset } = answer;
  return {
    target,
    protocol,
    time: read?.time ?? null,
    line,
    daytime: read ?? undefined,
    offset,
    samples: 1,
    agreed: 1,
    warnings: read?.warnings ?? ["the form of the line is not known"],
  };
}

function fromMeasurement(
  { target, protocol }: Inquiry,
  { era: wanted }: Request,
  { offset, samples, agreed, lost, last }: Measurement<AnyReading>,
): Finding {
  const { time, era, line, daytime } = last;
  const warnings = [...last.warnings];
  const ourEra = eraOf(last.received);
  if (era !== undefined && era !== ourEra && wanted === undefined) {
    const otherwise = `--era ${ourEra} takes it for one of ours`;
    warnings.push(`taken for a time of era ${era}; ${otherwise}`);
  }
  if (lost > 0) {
    warnings.push(`${lost} of ${samples + lost} questions had no answer`);
  }
  if (agreed < samples) {
    warnings.push(
      `only ${agreed} of ${samples} answers agree: a clock jumped, ` +
        "or does not go as fast as ours",
    );
  }
  const rest = { offset, samples, agreed, warnings };
  return { target, protocol, time, era, line, daytime, ...rest };
}
