/**
 * Lines out of a stream of bytes, with a limit on every one of them.
 *
 * @module
 */

import type { Bytes, Source } from "./bytes.ts";

/** One line as it arrived. */
export interface Line {
  /** The bytes before LF or CRLF; empty when the line was too long. */
  bytes: Bytes;
  /** Whether the line was longer than the limit; its bytes are thrown away. */
  tooLong: boolean;
}

/** Limits of {@linkcode LineReader}. */
export interface LineLimits {
  /** Longest line in bytes, its ending not counted. */
  maxLength: number;
  /** Bytes of one too long line that are skipped before giving up. */
  maxSkipped: number;
  /**
   * A line that may be sent as urgent data. The runtime drops the urgent byte,
   * which is the line's LF: this line ends at its CR. Default: none.
   */
  urgentLine?: Bytes;
}

/** Options for {@linkcode LineReader.next}. */
export interface NextOptions {
  /**
   * Whether to read single bytes, for when urgent data may come: a read stops
   * in front of the urgent byte, and after a read that got less than it could
   * take the runtime waits for news although there may be more behind that
   * byte. Asked again for each byte, but a line that has begun as one that may
   * be urgent is read so to its end.
   *
   * @default never
   */
  byByte?: () => boolean;
}

/** A peer sent more bytes without a line ending than anyone should. */
export class LineFloodError extends Error {
  /** Says how many bytes came. */
  constructor(bytes: number) {
    super(`No end of line in ${bytes} bytes`);
    this.name = "LineFloodError";
  }
}

const LF = 10;
const CR = 13;
const FIRST_BUFFER = 256;

/**
 * Reads lines that end with LF or CRLF, wherever the bytes are cut.
 *
 * Memory is bounded by `maxLength`: it starts with 256 bytes, because most
 * sessions never need more.
 *
 * @example
 * ```ts
 * import { LineReader } from "./lines.ts";
 * const bytes = new TextEncoder().encode("NOOP\r\nQUIT\r\n");
 * let at = 0;
 * const lines = new LineReader({
 *   read: (buffer) => {
 *     if (at === bytes.length) return Promise.resolve(null);
 *     buffer[0] = bytes[at++]!;
 *     return Promise.resolve(1);
 *   },
 * }, { maxLength: 80, maxSkipped: 80 });
 * const line = await lines.next();
 * console.assert(new TextDecoder().decode(line!.bytes) === "NOOP");
 * ```
 */
export class LineReader {
  readonly #source: Pick<Source, "read">;
  readonly #limits: LineLimits;
  #buffer: Bytes = new Uint8Array(FIRST_BUFFER);
  #start = 0;
  #scanned = 0;
  #end = 0;
  #skipped = 0;
  #lfLost = false;

  /** Reads from `source`; the limits are not optional. */
  constructor(source: Pick<Source, "read">, limits: LineLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** Whether a whole line has arrived that was not taken yet. */
  get hasLine(): boolean {
    return this.#findLf() >= 0;
  }

  /** Bytes that have arrived and were not taken yet, whole lines or not. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  /**
   * The next line, or `null` at the end of the stream. Bytes behind the last
   * line ending are not a line.
   *
   * @throws {LineFloodError} when a line exceeds `maxLength + maxSkipped`.
   */
  async next(options: NextOptions = {}): Promise<Line | null> {
    const { byByte = never } = options;
    for (
      let careful = byByte();;
      careful = byByte() || careful && this.#mayBeUrgent()
    ) {
      const line = this.#take() ?? this.#takeUrgent();
      if (line !== null) return line;
      this.#makeRoom();
      const room = this.#buffer.subarray(this.#end);
      const read = await this.#source.read(
        careful ? room.subarray(0, 1) : room,
      );
      if (read === null) return null;
      this.#end += read;
      this.#skipLateLf();
    }
  }

  /** Whether what has come of a line begins like ABOR, or with Telnet. */
  #mayBeUrgent(): boolean {
    const first = this.#buffer[this.#start]!;
    return first > 0x7f || first === this.#limits.urgentLine?.[0];
  }

  /** Takes the line whose LF was lost, when nothing else is there. */
  #takeUrgent(): Line | null {
    const { urgentLine } = this.#limits;
    const length = this.#end - this.#start - 1;
    if (length !== urgentLine?.length || this.#skipped > 0) return null;
    if (this.#buffer[this.#end - 1] !== CR) return null;
    const bytes = this.#buffer.slice(this.#start, this.#end - 1);
    if (!bytes.every((byte, at) => byte === urgentLine[at])) return null;
    this.#start = this.#scanned = this.#end;
    this.#lfLost = true;
    return { bytes, tooLong: false };
  }

  /** An LF that was late, not lost, is no line of its own. */
  #skipLateLf(): void {
    if (!this.#lfLost) return;
    this.#lfLost = false;
    if (this.#buffer[this.#start] === LF) this.#scanned = ++this.#start;
  }

  /** Where the first line ends that has not been looked at; -1: nowhere. */
  #findLf(): number {
    const found = this.#buffer.indexOf(LF, this.#scanned);
    return found < this.#end ? found : -1; // What is behind the end is old.
  }

  #take(): Line | null {
    const found = this.#findLf();
    if (found < 0) {
      this.#scanned = this.#end;
      return null;
    }
    const end = found > this.#start && this.#buffer[found - 1] === CR
      ? found - 1
      : found;
    const tooLong = this.#skipped > 0 ||
      end - this.#start > this.#limits.maxLength;
    const bytes = this.#buffer.slice(this.#start, tooLong ? this.#start : end);
    this.#start = this.#scanned = found + 1;
    this.#skipped = 0;
    return { bytes, tooLong };
  }

  /** Moves what is left to the front, grows, or throws a too long line away. */
  #makeRoom(): void {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const most = this.#limits.maxLength + 2;
    if (this.#end >= most) {
      this.#skipped += this.#end;
      if (this.#skipped > most + this.#limits.maxSkipped) {
        throw new LineFloodError(this.#skipped);
      }
      this.#end = 0;
    } else if (this.#end === this.#buffer.length) {
      const grown = new Uint8Array(Math.min(this.#end * 4, most));
      grown.set(this.#buffer);
      this.#buffer = grown;
    }
    this.#scanned = this.#end;
  }
}

function never(): boolean {
  return false;
}

/**
 * `source` with a line ending at its end in any case, so that what stands
 * behind the last one is a line, too.
 *
 * @example
 * ```ts
 * import { LineReader, withLineEnd } from "./lines.ts";
 * const parts = [new TextEncoder().encode("last")];
 * const source = {
 *   read(buffer: Uint8Array) {
 *     const part = parts.shift();
 *     buffer.set(part ?? []);
 *     return Promise.resolve(part?.length ?? null);
 *   },
 * };
 * const lines = new LineReader(withLineEnd(source), { maxLength: 80, maxSkipped: 0 });
 * console.assert((await lines.next())?.bytes.length === 4);
 * console.assert(await lines.next() === null);
 * ```
 */
export function withLineEnd(
  source: Pick<Source, "read">,
): Pick<Source, "read"> {
  let last = LF;
  return {
    async read(buffer) {
      const count = await source.read(buffer);
      if (count !== null) last = buffer[count - 1] ?? last;
      if (count !== null || last === LF) return count;
      buffer[0] = last = LF;
      return 1;
    },
  };
}
