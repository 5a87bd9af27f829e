/**
 * Records that wait to be written, up to a limit.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import type { RecordFormat } from "./format.ts";
import type { DebugRecord } from "./record.ts";

/** Limits of a {@linkcode RecordQueue}. */
export interface QueueLimits {
  /** Most records. */
  readonly maxRecords: number;
  /** Most bytes of datagrams. */
  readonly maxBytes: number;
}

/** Records that are done before the array is cut. */
const MANY = 1024;

/**
 * A queue that takes records and gives lines. A record is written out when its
 * turn has come, so that taking it costs next to nothing.
 *
 * @example
 * ```ts
 * import { recordFormat } from "./format.ts";
 * import { RecordQueue } from "./queue.ts";
 * const limits = { maxRecords: 100, maxBytes: 10_000 };
 * const queue = new RecordQueue(recordFormat(), limits);
 * console.assert(queue.first() === null && queue.gather(1000).length === 0);
 * ```
 */
export class RecordQueue {
  readonly #format: RecordFormat;
  readonly #limits: QueueLimits;
  #records: DebugRecord[] = [];
  #head = 0;
  #bytes = 0;
  /** The first record, written out. */
  #line: Bytes | null = null;

  /** It is empty. */
  constructor(format: RecordFormat, limits: QueueLimits) {
    this.#format = format;
    this.#limits = limits;
  }

  /** How many records wait. */
  get length(): number {
    return this.#records.length - this.#head;
  }

  /** Takes a record at its end, or says that it is full. */
  push(record: DebugRecord): boolean {
    const { maxRecords, maxBytes } = this.#limits;
    const bytes = this.#bytes + record.data.length;
    if (this.length >= maxRecords || bytes > maxBytes) return false;
    this.#bytes = bytes;
    this.#records.push(record);
    return true;
  }

  /** The line of the first record, which stays; `null` when there is none. */
  first(): Bytes | null {
    const record = this.#records[this.#head];
    if (record === undefined) return null;
    return this.#line ??= this.#format(record);
  }

  /** Takes lines of up to `most` bytes together; the first in any case. */
  gather(most: number): Bytes[] {
    const lines: Bytes[] = [];
    let size = 0;
    for (let line; (line = this.first()) !== null;) {
      size += line.length;
      if (lines.length > 0 && size > most) break;
      lines.push(line);
      this.#shift();
    }
    return lines;
  }

  /** Throws all of it away. */
  clear(): void {
    this.#records = [];
    this.#head = this.#bytes = 0;
    this.#line = null;
  }

  #shift(): void {
    this.#bytes -= this.#records[this.#head]!.data.length;
    this.#line = null;
    this.#head++;
    if (this.#head < MANY && this.length > 0) return;
    this.#records = this.#records.slice(this.#head);
    this.#head = 0;
  }
}
