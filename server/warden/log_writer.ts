/**
 * Lines into a log file, one batch after the other, whatever happens to the
 * file.
 *
 * @module
 */

import type { LogFile } from "./log_file.ts";

/** Options for {@linkcode LogWriter}. */
export interface LogWriterOptions {
  /** Called when a batch can't be written, once until that works again. */
  onFailed?(error: unknown): void;
  /** Called when it works again; so many lines are lost. */
  onRecovered?(lost: number): void;
}

/** Bytes that are written in one go at most, or one line. */
const CHUNK = 1 << 16;
const LF = 10;

/** Writes lines to a file in the order in which they come. */
export class LogWriter {
  readonly #file: LogFile;
  readonly #options: LogWriterOptions;
  readonly #encoder = new TextEncoder();
  #last: Promise<void> = Promise.resolve();
  /** Whether the file ends within a line, after a failure. */
  #isTorn = false;
  #lost = 0;
  #untold = 0;

  /** Only this one writes to the file. */
  constructor(file: LogFile, options: LogWriterOptions = {}) {
    this.#file = file;
    this.#options = options;
  }

  /** Lines that could not be written. */
  get lost(): number {
    return this.#lost;
  }

  /** Writes lines, each with its end; resolves when they are written or lost. */
  write(lines: readonly string[]): Promise<void> {
    return this.#last = this.#last.then(() => this.#write(lines));
  }

  /** Opens the file anew before the next line. */
  reopen(): void {
    this.#file.reopen();
  }

  /** Closes the file behind the last line. */
  async close(): Promise<void> {
    await this.#last;
    this.#file.close();
  }

  async #write(lines: readonly string[]): Promise<void> {
    let at = 0;
    try {
      while (at < lines.length) {
        const room = await this.#file.room(this.#lengthOf(lines[at]!));
        const end = this.#chunkEnd(lines, at, Math.min(room, CHUNK));
        await this.#put(lines.slice(at, end).join(""));
        at = end;
      }
      this.#recover();
    } catch (error) {
      this.#fail(lines.length - at, error);
    }
  }

  async #put(text: string): Promise<void> {
    const bytes = this.#encoder.encode(this.#isTorn ? `\n${text}` : text);
    let at = 0;
    try {
      while (at < bytes.length) {
        at += await this.#file.write(bytes.subarray(at));
      }
    } finally {
      if (at > 0) this.#isTorn = bytes[at - 1] !== LF;
    }
  }

  #lengthOf(line: string): number {
    return this.#encoder.encode(line).length;
  }

  /** Where the chunk ends that begins at `at`: behind one line at least. */
  #chunkEnd(lines: readonly string[], at: number, most: number): number {
    let length = this.#lengthOf(lines[at]!);
    let end = at + 1;
    while (end < lines.length) {
      length += this.#lengthOf(lines[end]!);
      if (length > most) break;
      end++;
    }
    return end;
  }

  #fail(lines: number, error: unknown): void {
    const isNew = this.#untold === 0;
    this.#lost += lines;
    this.#untold += lines;
    if (isNew) this.#options.onFailed?.(error);
  }

  #recover(): void {
    const lost = this.#untold;
    this.#untold = 0;
    if (lost > 0) this.#options.onRecovered?.(lost);
  }
}
