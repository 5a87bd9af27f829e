/**
 * What the stamp service writes in front of a line.
 *
 * @module
 */

/** When something arrived. */
export interface Arrival {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds since some fixed moment; never goes back. */
  readonly now: number;
}

/** Writes the stamp of a line: what stands between the brackets. */
export type Stamp = (arrival: Arrival) => string;

/** Makes the stamp of a connection that began at `start`. */
export type StampKind = (start: Arrival) => Stamp;

/**
 * The time of day, as `format` writes it (from milliseconds since 1970). It is
 * asked once for lines that arrived together.
 *
 * @example
 * ```ts
 * import { timeOfDay } from "./stamps.ts";
 * const start = { time: 0, now: 0 };
 * const stamp = timeOfDay((time) => new Date(time).toISOString())(start);
 * console.assert(stamp(start) === "1970-01-01T00:00:00.000Z");
 * ```
 */
export function timeOfDay(format: (time: number) => string): StampKind {
  return () => {
    let last: { readonly time: number; readonly text: string } | undefined;
    return ({ time }) => {
      if (last?.time !== time) last = { time, text: format(time) };
      return last.text;
    };
  };
}

/**
 * The time since the connection began.
 *
 * @example
 * ```ts
 * import { sinceStart } from "./stamps.ts";
 * const stamp = sinceStart({ time: 0, now: 1000 });
 * console.assert(stamp({ time: 0, now: 2500 }) === "00:00:01.500");
 * ```
 */
export function sinceStart(start: Arrival): Stamp {
  return ({ now }) => formatElapsed(now - start.now);
}

/**
 * The time since the line before; for the first one, since the connection
 * began.
 *
 * @example
 * ```ts
 * import { sinceLast } from "./stamps.ts";
 * const stamp = sinceLast({ time: 0, now: 1000 });
 * stamp({ time: 0, now: 2000 });
 * console.assert(stamp({ time: 0, now: 2005 }) === "00:00:00.005");
 * ```
 */
export function sinceLast(start: Arrival): Stamp {
  let last = start.now;
  return ({ now }) => {
    const elapsed = now - last;
    last = now;
    return formatElapsed(elapsed);
  };
}

/**
 * Hours, minutes, seconds and milliseconds, cut and not rounded; the hours
 * have more than two digits when they need them.
 *
 * @example
 * ```ts
 * import { formatElapsed } from "./stamps.ts";
 * console.assert(formatElapsed(360_000_000) === "100:00:00.000");
 * ```
 */
export function formatElapsed(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const parts = [3_600_000, 60_000, 1000].map((unit) =>
    Math.floor(whole / unit)
  );
  const [hours = 0, minutes = 0, seconds = 0] = parts;
  const clock = [hours, minutes % 60, seconds % 60].map((part) => padded(part));
  return `${clock.join(":")}.${padded(whole % 1000, 3)}`;
}

function padded(number: number, digits = 2): string {
  return String(number).padStart(digits, "0");
}
