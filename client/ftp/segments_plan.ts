/**
 * Which bytes of a file are there, which are on their way, and which nobody
 * fetches yet.
 *
 * @module
 */

/** Bytes from the first number up to, and without, the second. */
export type Range = readonly [start: number, end: number];

/** Bytes that one connection fetches. */
export interface Segment {
  /** The first one. */
  readonly start: number;
  /** Where the next one goes. */
  position: number;
  /** Behind the last one; moves when another connection takes a part. */
  end: number;
}

/** Less than this is not worth a transfer of its own. */
export const LEAST_SEGMENT: number = 1 << 20;

/**
 * A file in segments.
 *
 * @example
 * ```ts
 * import { LEAST_SEGMENT, SegmentPlan } from "./segments_plan.ts";
 * const plan = new SegmentPlan(4 * LEAST_SEGMENT, []);
 * const all = plan.take()!;
 * const half = plan.take()!;
 * console.assert(all.end === 2 * LEAST_SEGMENT && half.start === all.end);
 * half.position = half.end;
 * plan.leave(half);
 * console.assert(plan.bytes === 2 * LEAST_SEGMENT);
 * ```
 */
export class SegmentPlan {
  readonly #size: number;
  readonly #active: Set<Segment> = new Set();
  #done: Range[];
  #holes: Range[];

  /** A file of `size` bytes, of which these ranges are there. */
  constructor(size: number, done: readonly Range[]) {
    this.#size = size;
    this.#done = merged(done);
    this.#holes = holesIn(this.#done, size);
  }

  /** Bytes that are there. */
  get bytes(): number {
    return this.ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  /** Whether every byte is there. */
  get complete(): boolean {
    const [first, ...more] = this.ranges;
    if (this.#size === 0) return true;
    return first?.[0] === 0 && first[1] === this.#size && more.length === 0;
  }

  /** What is there, in order, as few ranges as possible. */
  get ranges(): Range[] {
    const now = [...this.#active].map(({ start, position }): Range => [
      start,
      position,
    ]);
    return merged([...this.#done, ...now]);
  }

  /** A hole, or half of what somebody else has to do; `null` for nothing. */
  take(): Segment | null {
    const range = this.#holes.shift() ?? this.#half();
    if (range === null) return null;
    const [start, end] = range;
    const segment = { start, position: start, end };
    this.#active.add(segment);
    return segment;
  }

  /** Nobody fetches this any more; what is missing is a hole again. */
  leave(segment: Segment): void {
    const { start, position, end } = segment;
    this.#active.delete(segment);
    this.#done = merged([...this.#done, [start, position]]);
    if (position < end) this.#holes.push([position, end]);
  }

  #half(): Range | null {
    const left = ({ position, end }: Segment) => end - position;
    const [most] = [...this.#active].sort((a, b) => left(b) - left(a));
    if (most === undefined || left(most) < 2 * LEAST_SEGMENT) return null;
    const { end } = most;
    most.end -= Math.floor(left(most) / 2);
    return [most.end, end];
  }
}

/** The same bytes in order, in as few ranges as possible. */
function merged(ranges: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (end <= start) continue;
    if (last === undefined || start > last[1]) result.push([start, end]);
    else last[1] = Math.max(last[1], end);
  }
  return result;
}

function holesIn(done: readonly Range[], size: number): Range[] {
  const starts = [0, ...done.map(([, end]) => end)];
  const ends = [...done.map(([start]) => start), size];
  return starts.map((start, at): Range => [start, ends[at]!])
    .filter(([start, end]) => start < end);
}
