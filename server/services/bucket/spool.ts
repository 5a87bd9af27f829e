/**
 * Between datagrams, which do not wait, and an output, which takes its time.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import { within } from "../../../lib/net/wait.ts";
import type { RecordFormat } from "./format.ts";
import { RecordQueue } from "./queue.ts";
import type { DebugRecord } from "./record.ts";

/** Where records are written. */
export interface RecordSink {
  /** Makes room for `length` bytes; how many may follow in one go. */
  room(length: number): number | Promise<number>;
  /** Writes some of `bytes`, at least one; how many. One call at a time. */
  write(bytes: Bytes): Promise<number>;
  /** Releases what it holds. */
  close(): void;
}

/** Options for {@linkcode Spool}. */
export interface SpoolOptions {
  /** Writes a record. */
  readonly format: RecordFormat;
  /** Records that wait at most; further ones are dropped. @default {8192} */
  readonly maxRecords?: number;
  /** Bytes of datagrams that wait at most. @default 8 MiB */
  readonly maxBytes?: number;
  /** Called after `count` records were dropped, once the output moves again. */
  onDropped?(count: number): void;
  /** Called when writing fails, once until it succeeds again. */
  onFailed?(error: unknown): void;
  /** Called once when the reader of a pipe has gone: nothing follows. */
  onGone?(): void;
}

/** What became of the records of a {@linkcode Spool}. */
export interface SpoolCounters {
  /** Records that were written whole. */
  written: number;
  /** Records for which there was no room in the queue. */
  dropped: number;
  /** Records that could not be written. */
  failed: number;
}

const MIB = 1024 * 1024;
/** Bytes in one go: larger ones keep datagrams waiting for too long. */
const CHUNK = 16_384;
const LF: Bytes = new Uint8Array([10]);

/**
 * Writes records to a sink, in order, in the background. It never waits for
 * the sink: when the queue is full, records are dropped and counted.
 *
 * @example
 * ```ts
 * import { recordFormat } from "./format.ts";
 * import { Spool } from "./spool.ts";
 * const spool = new Spool({
 *   room: () => Infinity,
 *   write: (bytes) => Promise.resolve(bytes.length),
 *   close: () => {},
 * }, { format: recordFormat({ body: "raw" }) });
 * await spool.finish(1000);
 * console.assert(spool.counters.written === 0);
 * ```
 */
export class Spool {
  readonly #sink: RecordSink;
  readonly #options: SpoolOptions;
  readonly #queue: RecordQueue;
  #underWay = 0;
  #untold = 0;
  #running: Promise<void> | null = null;
  #isOver = false;
  #isFailing = false;
  /** Whether the output ends within a line, after a failure. */
  #isTorn = false;

  /** What became of the records so far. */
  readonly counters: SpoolCounters = { written: 0, dropped: 0, failed: 0 };

  /** Nothing is written yet. */
  constructor(sink: RecordSink, options: SpoolOptions) {
    const { format, maxRecords = 8192, maxBytes = 8 * MIB } = options;
    this.#sink = sink;
    this.#options = options;
    this.#queue = new RecordQueue(format, { maxRecords, maxBytes });
  }

  /** Queues a record, or drops it. Returns at once. */
  put(record: DebugRecord): void {
    if (this.#isOver) return;
    if (!this.#queue.push(record)) return this.#drop(1);
    this.#running ??= this.#run();
  }

  /**
   * Takes no more, and writes what waits, for at most `ms` milliseconds; what
   * is left then counts as dropped.
   */
  async finish(ms: number): Promise<void> {
    if (this.#running) await within(this.#running, ms, undefined);
    if (!this.#isOver) this.#drop(this.#queue.length + this.#underWay);
    this.#isOver = true;
    this.#tellDropped();
    this.#sink.close();
  }

  async #run(): Promise<void> {
    // What came together is there before the first of it is written.
    await Promise.resolve();
    let line: Bytes | null;
    while ((line = this.#queue.first()) !== null && !this.#isOver) {
      const room = await this.#sink.room(line.length);
      await this.#write(this.#queue.gather(Math.min(CHUNK, room)));
    }
    this.#running = null;
  }

  async #write(lines: readonly Bytes[]): Promise<void> {
    this.#underWay = lines.length;
    const bytes = joined(this.#isTorn ? [LF, ...lines] : lines);
    let at = 0;
    try {
      while (at < bytes.length) {
        at += await this.#sink.write(bytes.subarray(at));
      }
      this.#settle(lines, at);
      this.#isFailing = false;
      this.#tellDropped();
    } catch (error) {
      this.#settle(lines, at);
      this.#fail(error);
    }
  }

  /** Counts which of `lines` are written when `length` bytes are. */
  #settle(lines: readonly Bytes[], length: number): void {
    this.#underWay = 0;
    if (this.#isOver) return;
    let end = this.#isTorn ? LF.length : 0;
    const whole = lines.filter((line) => (end += line.length) <= length);
    this.counters.written += whole.length;
    this.counters.failed += lines.length - whole.length;
    if (length > 0) this.#isTorn = whole.length < lines.length;
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    if (error instanceof Deno.errors.BrokenPipe) {
      this.#isOver = true;
      this.#queue.clear();
      return this.#options.onGone?.();
    }
    if (!this.#isFailing) this.#options.onFailed?.(error);
    this.#isFailing = true;
  }

  #drop(count: number): void {
    this.counters.dropped += count;
    this.#untold += count;
  }

  #tellDropped(): void {
    if (this.#untold > 0) this.#options.onDropped?.(this.#untold);
    this.#untold = 0;
  }
}

function joined(parts: readonly Bytes[]): Bytes {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
