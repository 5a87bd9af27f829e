/**
 * Many look-ups at once: a few under way at any time, their results in the
 * order of the questions.
 *
 * @module
 */

import { UsageError } from "../../lib/cli.ts";
import type { Bytes, Source } from "../../lib/bytes.ts";
import { LineReader } from "../../lib/lines.ts";
import { Mailbox } from "../../lib/mailbox.ts";

/** Longest line that is read, in bytes: longer than two names of hosts. */
const LONGEST_LINE = 1024;
/** What is skipped of a longer one before giving up: 1 MiB. */
const LONGEST_SKIPPED = 1_048_576;
/** Look-ups that are under way at once. */
const MOST_RUNNING = 8;

/** Where lines come from. */
export type LineSource = Pick<Source, "read">;

/**
 * The questions on the lines of `input`, without empty ones and comments
 * (`#`). A last line needs no end.
 *
 * @throws {UsageError} when a line is longer than 1,024 bytes.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../lib/net/memory_conn.ts";
 * import { readQueries } from "./queries.ts";
 * const queries = await Array.fromAsync(readQueries(memoryConn("a\n# b\nc")));
 * console.assert(queries.join() === "a,c");
 * ```
 */
export async function* readQueries(input: LineSource): AsyncGenerator<string> {
  const reader = new LineReader(endedByLine(input), {
    maxLength: LONGEST_LINE,
    maxSkipped: LONGEST_SKIPPED,
  });
  const decoder = new TextDecoder();
  for (;;) {
    const line = await reader.next();
    if (line === null) return;
    if (line.tooLong) {
      throw new UsageError(
        `a line of the input is longer than ${LONGEST_LINE} bytes`,
      );
    }
    const [text = ""] = decoder.decode(line.bytes).split("#", 1);
    if (text.trim() !== "") yield text.trim();
  }
}

/** The same bytes, and an end of line behind the last one. */
function endedByLine(input: LineSource): LineSource {
  let ended = false;
  return {
    async read(buffer: Bytes) {
      const count = ended ? null : await input.read(buffer);
      if (count !== null || ended) return count;
      ended = true;
      buffer[0] = 10;
      return 1;
    },
  };
}

/**
 * Does `work` for every item, a few at once, and hands the results to `take`
 * in the order of the items, each as soon as it is there. What the items throw
 * comes behind the results of those before.
 *
 * @param work Must not throw.
 * @param take Says whether to go on; else the rest is left undone.
 *
 * @example
 * ```ts
 * import { inOrder } from "./queries.ts";
 * async function* items() {
 *   yield* [1, 2, 3];
 * }
 * const taken: number[] = [];
 * const double = (item: number) => Promise.resolve(item * 2);
 * await inOrder(items(), double, (result) => taken.push(result) > 0);
 * console.assert(taken.join() === "2,4,6");
 * ```
 */
export async function inOrder<T, R>(
  items: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  take: (result: R) => boolean,
): Promise<void> {
  const running = new Mailbox<Promise<R> | null>();
  const places = new Mailbox<void>();
  for (let place = 0; place < MOST_RUNNING; place++) places.put();
  const feeding = feed(items, work, running, places);
  feeding.catch(() => {}); // It may fail while results are still to be told.
  for (;;) {
    const result = await running.take();
    if (result === null) break;
    if (!take(await result)) return;
    places.put();
  }
  await feeding;
}

/** Puts `null` behind the last one. */
async function feed<T, R>(
  items: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  running: Mailbox<Promise<R> | null>,
  places: Mailbox<void>,
): Promise<void> {
  try {
    for await (const item of items) {
      await places.take();
      running.put(work(item));
    }
  } finally {
    running.put(null);
  }
}
