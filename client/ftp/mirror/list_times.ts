/**
 * Comparing the times of a server with exact ones. MLSD tells seconds in UTC;
 * LIST tells minutes, or days, in a zone that is nowhere told.
 *
 * @module
 */

/** Positive when what the server has is newer, 0 when it is as old. */
export type TimeOrder = -1 | 0 | 1;

/** Compares a time from a listing with an exact one. */
export type CompareTimes = (
  path: string,
  listed: Date,
  exact: Date,
) => TimeOrder | Promise<TimeOrder>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** FAT keeps even seconds only. */
const SLACK = 2 * SECOND;
/** Zones are multiples of this apart. */
const ZONE_STEP = 15 * MINUTE;
const WIDEST_ZONE = 14 * HOUR;
/** LIST has no time of day for what is older than half a year or so. */
const DATE_ONLY = 120 * DAY;
/** Offsets that a server can have: two, unless it lies. */
const MOST_OFFSETS = 8;
/** Questions after which one learns no more. */
const MOST_QUESTIONS = 50;

/**
 * Compares times that are exact to the second, as those of MLSD.
 *
 * @example
 * ```ts
 * import { compareExactTimes } from "./list_times.ts";
 * const order = compareExactTimes("a", new Date(5000), new Date(5900));
 * console.assert(order === 0);
 * ```
 */
export function compareExactTimes(
  _path: string,
  listed: Date,
  exact: Date,
): TimeOrder {
  return orderOf(listed.getTime() - exact.getTime(), SLACK);
}

function orderOf(difference: number, slack: number): TimeOrder {
  if (Math.abs(difference) <= slack) return 0;
  return difference > 0 ? 1 : -1;
}

/** How far a server's clock was ahead of UTC. */
interface Sample {
  /** When, as the listing tells it. */
  readonly at: number;
  /** Milliseconds. */
  readonly offset: number;
}

/**
 * Compares times of LIST. What a listing time cannot tell apart counts as
 * equal. Where the difference could be the server's time zone, one file's
 * exact time is asked for, and what it teaches serves for all others: an
 * unchanged tree costs a question or two, however large it is.
 *
 * @param ask The exact time of a file on the server; `null` when it does not
 * tell. Then a difference that could be a zone is none.
 */
export function compareListedTimes(
  ask: (path: string) => Promise<Date | null>,
  now: () => number = Date.now,
): CompareTimes {
  const samples: Sample[] = [];
  let left = MOST_QUESTIONS;
  let asking: Promise<unknown> = Promise.resolve();

  async function decide(path: string, at: number, exact: number) {
    if (fits(samples, at, exact, MINUTE)) return 0; // Learned meanwhile.
    const asks = left > 0 && mayLearn(samples, at, exact);
    const told = asks ? await ask(path) : null;
    if (asks) left = told === null ? 0 : left - 1;
    if (told === null) return byOffsets(samples, at, exact);
    learn(samples, at, told.getTime());
    return orderOf(told.getTime() - exact, SLACK);
  }

  return (path, listed, exact) => {
    const at = listed.getTime();
    const time = exact.getTime();
    if (at % DAY === 0 && now() - at > DATE_ONLY) {
      return compareDays(samples, at, time);
    }
    if (fits(samples, at, time, MINUTE)) return 0;
    // One question at a time: the next may be answered by its reply.
    const answer = asking.then(() => decide(path, at, time));
    asking = answer.catch(() => {});
    return answer;
  };
}

/** Without any knowledge, a time that is right in UTC is in UTC. */
function fits(
  samples: readonly Sample[],
  at: number,
  exact: number,
  precision: number,
): boolean {
  if (samples.length === 0) return isWithin(exact - at, precision);
  return samples.some(({ offset }) => isWithin(exact + offset - at, precision));
}

function isWithin(late: number, precision: number): boolean {
  return late >= -SLACK && late < precision + SLACK;
}

/** A day somewhere on earth. */
function compareDays(
  samples: readonly Sample[],
  at: number,
  exact: number,
): TimeOrder {
  const wide = WIDEST_ZONE + SLACK;
  if (exact >= at - wide && exact < at + DAY + wide) return 0;
  return fits(samples, at, exact, DAY) ? 0 : orderOf(at - exact, 0);
}

/** Whether a zone, or summer time, could explain the difference. */
function mayLearn(
  samples: readonly Sample[],
  at: number,
  exact: number,
): boolean {
  if (samples.length === 0) return true;
  return samples.length < MOST_OFFSETS && isZone(at - exact);
}

function isZone(difference: number): boolean {
  const steps = Math.round(difference / ZONE_STEP) * ZONE_STEP;
  return Math.abs(steps) <= WIDEST_ZONE &&
    Math.abs(difference - steps) <= MINUTE + SLACK;
}

function learn(samples: Sample[], at: number, exact: number): void {
  if (!isZone(at - exact)) return;
  const offset = Math.round((at - exact) / ZONE_STEP) * ZONE_STEP;
  samples.push({ at, offset });
}

/** By the offset of the nearest time that was asked for. */
function byOffsets(
  samples: readonly Sample[],
  at: number,
  exact: number,
): TimeOrder {
  const [nearest] = samples.toSorted((a, b) =>
    Math.abs(a.at - at) - Math.abs(b.at - at)
  );
  if (nearest === undefined && isZone(at - exact)) return 0;
  return orderOf(at - (nearest?.offset ?? 0) - exact, MINUTE + SLACK);
}
