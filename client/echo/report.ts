/**
 * A ping in words: a line a probe, and the statistics.
 *
 * @module
 */

import { formatRate } from "../../lib/terminal/format.ts";
import { visible } from "../../lib/visible.ts";
import { bars } from "./bars.ts";
import type { LossEvent, ProbeEvent, ReplyEvent } from "./events.ts";
import { lossOf } from "./gates.ts";
import { milliseconds, percent, plainMilliseconds, rate } from "./numbers.ts";
import type { PingResult } from "./result.ts";

/**
 * The line for a reply or a loss, with no line end.
 *
 * @example
 * ```ts
 * import { eventLine } from "./report.ts";
 * const line = eventLine(
 *   { kind: "lost", sequence: 3, size: 56, error: null },
 *   { remote: "127.0.0.1:7", timeout: 2000 },
 * );
 * console.assert(line === "no reply to seq=3 in 2 s");
 * ```
 */
export function eventLine(
  event: ProbeEvent,
  { remote, timeout }: { remote: string; timeout: number },
): string {
  return event.kind === "reply"
    ? replyLine(event, remote)
    : lossLine(event, timeout);
}

function replyLine(event: ReplyEvent, remote: string): string {
  const { sequence, length, time } = event;
  const what = `${length} bytes from ${visible(remote)}: seq=${sequence}`;
  const notes = notesOf(event);
  const all = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
  return `${what} time=${milliseconds(time)}${all}`;
}

function notesOf(event: ReplyEvent): string[] {
  const { status, isReordered, wrongAt, length, size } = event;
  return [
    ...status === "received" ? [] : [status],
    ...isReordered ? ["out of order"] : [],
    ...length < size ? [`cut from ${size} bytes`] : [],
    ...wrongAt === null ? [] : [`wrong from offset ${wrongAt} on`],
  ];
}

function lossLine({ sequence, error }: LossEvent, timeout: number): string {
  return error === null
    ? `no reply to seq=${sequence} in ${timeout / 1000} s`
    : `seq=${sequence} not sent: ${error}`;
}

/** The statistics, a line each. */
export function summaryLines(
  result: PingResult,
  options: { readonly histogram: boolean; readonly isSweep: boolean },
): string[] {
  return [
    `--- ${visible(result.target)} ---`,
    countsLine(result),
    ...sideLines(result),
    roundTripLine(result),
    jitterLine(result),
    rateLine(result),
    ...options.isSweep ? [sweepLine(result)] : [],
    ...options.histogram ? bars(result.histogram) : [],
  ].filter((line) => line !== "");
}

/** The line of a run that goes on. */
export function interimLine(result: PingResult): string {
  const { sent, received, rtt } = result;
  const times = [rtt.min, rtt.avg, rtt.p99, rtt.max].map(plainMilliseconds);
  return `${sent} sent, ${received} received, ${
    percent(lossOf(result))
  } lost, ` +
    `min/avg/p99/max = ${times.join("/")} ms`;
}

function countsLine(result: PingResult): string {
  const { sent, received, lost, duplicates, reordered } = result;
  const { corrupted, late, truncated } = result;
  return [
    `${sent} sent`,
    `${received} received`,
    `${lost} lost (${percent(lossOf(result))})`,
    `${duplicates} duplicates`,
    `${reordered} reordered`,
    `${corrupted} corrupted`,
    `${late} late`,
    `${truncated} truncated`,
  ].join(", ");
}

/** What is out of the ordinary, and only then. */
function sideLines(result: PingResult): string[] {
  const { unexpected, otherSource, sendErrors, unfinished } = result;
  const rows: (readonly [count: number, what: string])[] = [
    [unexpected, "replies to nothing that was sent"],
    [otherSource, "datagrams from elsewhere"],
    [sendErrors, "probes not sent"],
    [unfinished, "still under way, and not counted"],
  ];
  return rows.filter(([count]) => count > 0)
    .map(([count, what]) => `${what}: ${count}`);
}

function roundTripLine({ rtt }: PingResult): string {
  if (rtt.min === null) return "";
  const { min, avg, p50, p90, p99, p999, max, mdev } = rtt;
  const times = [min, avg, p50, p90, p99, p999, max, mdev];
  return `rtt min/avg/median/p90/p99/p99.9/max/mdev = ${
    times.map(plainMilliseconds).join("/")
  } ms`;
}

function jitterLine({ jitter: { smoothed, mean } }: PingResult): string {
  if (smoothed === null) return "";
  return `jitter ${milliseconds(smoothed)} (RFC 3550), neighbours differ by ` +
    milliseconds(mean);
}

function rateLine(result: PingResult): string {
  const { duration, connectTime, goodput } = result;
  const seconds = (duration / 1000).toFixed(duration < 10_000 ? 2 : 1);
  return [
    `${seconds} s`,
    ...result.rate === null ? [] : [`${rate(result.rate)} probes/s`],
    ...goodput === null ? [] : [`${formatRate(goodput)} came back`],
    ...connectTime === null
      ? []
      : [`connected in ${milliseconds(connectTime)}`],
  ].join(", ");
}

function sweepLine({ largestWhole, smallestBroken }: PingResult): string {
  if (largestWhole === null) return "no length came back whole";
  const whole = `the longest that came back whole had ${largestWhole} bytes`;
  return smallestBroken === null
    ? `${whole}, and none failed`
    : `${whole}, the shortest that did not ${smallestBroken}`;
}
