/**
 * The time-stamp service: every line comes back with the time in front of it.
 *
 * It reads lines, not what happens to arrive together: two lines in one packet
 * get two stamps, a line in two packets gets one. A line's time is that of its
 * last byte.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { Service, ServiceConn } from "../../lib/net/service.ts";
import { type LineEnding, type LinePart, LineParts } from "./stamp_lines.ts";
import type { Arrival, Stamp, StampKind } from "./stamps.ts";

/** Options for {@linkcode stampService}. */
export interface StampServiceOptions {
  /** What stands in front of a line. */
  readonly stamp: StampKind;
  /**
   * The longest line that is answered as one, in bytes without its ending, at
   * least 4. A longer one is answered in parts of that length.
   *
   * @default {65536}
   */
  readonly maxLine?: number;
  /** What the clocks say. @default the system's clocks */
  now?(): Arrival;
}

/** The longest line that is answered as one, unless told otherwise, in bytes. */
export const DEFAULT_MAX_LINE = 65_536;

const READ_SIZE = 16_384;
/** Answers are gathered up to this before they are written. */
const WRITE_SIZE = 16_384;

const encoder = new TextEncoder();
const ENDINGS: Readonly<Record<LineEnding, Bytes>> = {
  "": new Uint8Array(0),
  "\n": Uint8Array.of(10),
  "\r\n": Uint8Array.of(13, 10),
};

/**
 * Answers each line with `[stamp] line`, ended as it was: with LF, CRLF, or
 * not at all when the stream ends in the middle of it.
 *
 * A part of a longer line has its place in the line behind the stamp, as in
 * `[stamp +65536] rest`. A connection holds two buffers and a line, whatever
 * arrives.
 *
 * @throws {RangeError} from `stream`, when `maxLine` is below 4.
 *
 * @example
 * ```ts
 * import { memoryConn, memoryContext } from "../../lib/net/memory_conn.ts";
 * import { stampService } from "./stamp.ts";
 * import { timeOfDay } from "./stamps.ts";
 * const service = stampService({ stamp: timeOfDay(() => "noon") });
 * const conn = memoryConn("one\r\ntw" + "o");
 * await service.stream?.(conn, memoryContext());
 * console.assert(conn.text === "[noon] one\r\n[noon] two");
 * ```
 */
export function stampService(options: StampServiceOptions): Service {
  const { stamp, maxLine = DEFAULT_MAX_LINE, now = systemNow } = options;
  return {
    stream: (conn) => answerLines(conn, { stamp, maxLine, now }),
  };
}

function systemNow(): Arrival {
  return { time: Date.now(), now: performance.now() };
}

async function answerLines(
  conn: ServiceConn,
  { stamp: kind, maxLine, now }: Required<StampServiceOptions>,
): Promise<void> {
  let arrival = now();
  const stamp = kind(arrival);
  const lines = new LineParts(maxLine);
  const answers = new Answers(conn);
  const buffer = new Uint8Array(READ_SIZE);
  for (;;) {
    const count = await conn.read(buffer);
    if (count === null) break;
    arrival = now();
    const parts = lines.push(buffer.subarray(0, count));
    await answers.send(parts, stamp, arrival);
  }
  // What the end completes arrived with its last byte, before the end.
  await answers.send(lines.end(), stamp, arrival);
}

/** Answers on their way to a connection: few writes for many short lines. */
class Answers {
  readonly #conn: ServiceConn;
  readonly #buffer: Bytes = new Uint8Array(WRITE_SIZE);
  #length = 0;
  /** Most lines have the prefix of the line before. */
  #prefix = { text: "", bytes: ENDINGS[""] };

  constructor(conn: ServiceConn) {
    this.#conn = conn;
  }

  /** Writes all of `parts`, as fast as the peer takes them. */
  async send(
    parts: Iterable<LinePart>,
    stamp: Stamp,
    arrival: Arrival,
  ): Promise<void> {
    for (const { bytes, offset, ending } of parts) {
      const place = offset === 0 ? "" : ` +${offset}`;
      const prefix = this.#prefixOf(`[${stamp(arrival)}${place}] `);
      if (!this.#add(prefix)) await this.#write(prefix);
      if (!this.#add(bytes)) await this.#write(bytes);
      if (!this.#add(ENDINGS[ending])) await this.#write(ENDINGS[ending]);
    }
    await this.#flush();
  }

  #prefixOf(text: string): Bytes {
    if (this.#prefix.text !== text) {
      this.#prefix = { text, bytes: encoder.encode(text) };
    }
    return this.#prefix.bytes;
  }

  /** Keeps `bytes` for the next write; false when there is no room. */
  #add(bytes: Bytes): boolean {
    if (this.#length + bytes.length > this.#buffer.length) return false;
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return true;
  }

  async #write(bytes: Bytes): Promise<void> {
    await this.#flush();
    if (!this.#add(bytes)) await writeAll(this.#conn, bytes);
  }

  async #flush(): Promise<void> {
    const ready = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    await writeAll(this.#conn, ready);
  }
}
