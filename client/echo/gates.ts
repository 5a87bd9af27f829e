/**
 * When a ping has failed.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import { quoted } from "../../lib/cli/values.ts";
import { milliseconds, percent } from "./numbers.ts";
import { readNumber } from "./options.ts";
import type { PingResult } from "./result.ts";

/** What is still good enough. */
export interface Gates {
  /** Most loss, in percent. @default 100, but some reply must have come */
  readonly maxLoss?: number;
  /** What 99 % of the times must not be above, in milliseconds. @default anything */
  readonly maxP99?: number;
  /**
   * How many replies a run with a deadline wants, but for `maxLoss` percent of
   * them. @default {1}
   */
  readonly count?: number;
}

/** What of a result the gates look at. */
export type Judged =
  & Pick<PingResult, "sent" | "received" | "lost" | "corrupted" | "truncated">
  & { readonly rtt: Pick<PingResult["rtt"], "p99"> };

/**
 * Reads `--max-loss` and `--max-p99`.
 *
 * @throws {UsageError} when they are no such numbers.
 */
export function readGates(
  values: {
    readonly "max-loss": string | undefined;
    readonly "max-p99": string | undefined;
  },
): Gates {
  const maxLoss = read(
    "max-loss",
    values["max-loss"],
    100,
    "percent, 0 to 100",
  );
  const maxP99 = read("max-p99", values["max-p99"], Infinity, "milliseconds");
  return {
    ...maxLoss === undefined ? {} : { maxLoss },
    ...maxP99 === undefined ? {} : { maxP99 },
  };
}

/**
 * What is not good enough, a line each; none when all is well.
 *
 * @example
 * ```ts
 * import { problemsOf } from "./gates.ts";
 * const result = {
 *   ...{ sent: 10, received: 8, lost: 2, corrupted: 0, truncated: 0 },
 *   rtt: { p99: 3 },
 * };
 * console.assert(problemsOf(result, { maxLoss: 10 }).length === 1);
 * console.assert(problemsOf(result, { maxLoss: 20 }).length === 0);
 * ```
 */
export function problemsOf(result: Judged, gates: Gates): string[] {
  const { received, corrupted, truncated } = result;
  if (received === 0) return ["no reply"];
  return [
    ...lossProblems(result, gates),
    ...corrupted > 0 ? [`${replies(corrupted)} came back changed`] : [],
    ...truncated > 0 ? [`${replies(truncated)} came back cut short`] : [],
    ...slowProblems(result, gates),
  ];
}

function replies(count: number): string {
  return count === 1 ? "1 reply" : `${count} replies`;
}

/** Lost probes, in percent of those sent. */
export function lossOf({ sent, lost }: Pick<Judged, "sent" | "lost">): number {
  return sent === 0 ? 0 : shareOf(lost, sent);
}

/** Divides last: 7 of 100 are 7 %, and not a hair more. */
function shareOf(part: number, all: number): number {
  return part * 100 / all;
}

function lossProblems(
  result: Judged,
  { maxLoss, count = 1 }: Gates,
): string[] {
  const loss = lossOf(result);
  if (maxLoss !== undefined && loss > maxLoss) {
    return [`${percent(loss)} lost, more than --max-loss ${maxLoss}`];
  }
  const missing = shareOf(count - result.received, count);
  if (missing <= (maxLoss ?? 0)) return [];
  return [`only ${result.received} of ${count} replies came in time`];
}

function slowProblems({ rtt: { p99 } }: Judged, { maxP99 }: Gates): string[] {
  if (maxP99 === undefined || p99 === null || p99 <= maxP99) return [];
  return [`p99 is ${milliseconds(p99)}, more than --max-p99 ${maxP99}`];
}

function read(
  name: string,
  text: string | undefined,
  most: number,
  wanted: string,
): number | undefined {
  if (text === undefined) return undefined;
  const number = readNumber(text);
  if (number !== null && number <= most) return number;
  throw new UsageError(`--${name}: expected ${wanted}, got ${quoted(text)}`);
}
