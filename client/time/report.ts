/**
 * How `timec` tells what it found: lines for people, or JSON.
 *
 * @module
 */

import { formatDaytime } from "../../lib/time/daytime.ts";
import { errorOf, type Interval, middleOf } from "../../lib/time/interval.ts";
import type { Agreement } from "../../lib/time/interval.ts";
import type { Zone } from "../../lib/time/zone.ts";
import { visible, visibleJson } from "../../lib/visible.ts";
import { formatTarget, type Target } from "../service/target.ts";
import type { Finding } from "./finding.ts";
import type { Request } from "./options.ts";
import { MAX_QUESTIONS, MAX_TIME } from "./precise.ts";

/** How lines for people look. */
export interface LineOptions {
  /** The zone of times that come without one. */
  readonly zone: Zone;
  /** Whether the offset was asked for. */
  readonly isMeasured: boolean;
  /** The width of the server's names in front; 0 for none. */
  readonly nameWidth: number;
}

/**
 * A finding as a line, without its end: the server's name, its own line or the
 * time of RFC 868, the offset.
 */
export function findingLine(
  finding: Finding,
  { zone, isMeasured, nameWidth }: LineOptions,
): string {
  const { target, time, line, offset } = finding;
  const shown = line === undefined
    ? formatDaytime(time!, { format: "iso8601", zone })
    : visible(line);
  const parts = nameWidth > 0
    ? [formatTarget(target).padEnd(nameWidth), shown]
    : [shown];
  if (isMeasured && offset !== null) parts.push(offsetText(offset));
  return parts.join("  ");
}

/**
 * An offset in seconds: `offset +0.0005 s ±0.0010 s`. The bound is rounded up,
 * so that it stays true.
 *
 * @example
 * ```ts
 * import { offsetText } from "./report.ts";
 * const text = offsetText({ low: -1500, high: -500 });
 * console.assert(text === "offset -1.0000 s ±0.5000 s");
 * ```
 */
export function offsetText(offset: Interval): string {
  const { low, high } = offset;
  const shown = Math.round(middleOf(offset) * 10) / 10;
  const error = Math.ceil(Math.max(high - shown, shown - low) * 10) / 10;
  const sign = shown < 0 ? "-" : "+";
  return `offset ${sign}${seconds(Math.abs(shown))} ±${seconds(error)}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(4)} s`;
}

/** What several servers say together, as a line without its end. */
export function agreementLine(
  { interval, count }: Agreement,
  servers: number,
): string {
  return count === 1
    ? `no two of the ${servers} servers agree`
    : `${count} of ${servers} servers agree: ${offsetText(interval)}`;
}

/** A finding as a line of JSON, without its end; offsets in milliseconds. */
export function findingJson(finding: Finding): string {
  const { target, protocol, time, era, line, daytime, offset } = finding;
  return visibleJson(JSON.stringify({
    ...place(target),
    protocol,
    time: time === null ? null : new Date(time).toISOString(),
    era,
    line,
    format: daytime?.format,
    zone: daytime?.zone,
    zoneAssumed: daytime?.zoneAssumed,
    offset: offset && offsetFields(offset),
    samples: finding.samples,
    agreed: finding.agreed,
    warnings: finding.warnings,
  }));
}

/** Why a server told nothing, as a line of JSON. */
export function failureJson(target: Target, error: string): string {
  return visibleJson(JSON.stringify({ ...place(target), error }));
}

/** What several servers say together, as a line of JSON. */
export function agreementJson(
  { interval, count }: Agreement,
  servers: number,
): string {
  const offset = offsetFields(interval);
  return JSON.stringify({ servers, agreed: count, offset });
}

/** Many questions in a short time are rude to other people's servers. */
export function hasteNotes(
  { measure, inquiries, quiet }: Pick<
    Request,
    "measure" | "inquiries" | "quiet"
  >,
): string[] {
  if (measure !== "precise" || quiet) return [];
  const elsewhere = inquiries.filter(({ isLocal }) => !isLocal);
  return elsewhere.map(({ target }) =>
    `note: up to ${MAX_QUESTIONS} questions in ${MAX_TIME / 1000} s go to ` +
    `${formatTarget(target)}; ask other people's servers with -n 10`
  );
}

function place(target: Target): { host: string; transport: string } {
  const { transport } = target;
  const host = formatTarget(target).slice(0, -` (${transport})`.length);
  return { host, transport };
}

function offsetFields(offset: Interval): Record<string, number> {
  const estimate = middleOf(offset);
  return { ...offset, estimate, error: errorOf(offset) };
}
