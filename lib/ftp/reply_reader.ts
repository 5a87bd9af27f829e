/**
 * Replies as clients read them (RFC 959 section 4.2), with a limit on every
 * line and on the whole: an endless reply ends here.
 *
 * @module
 */

import type { Source } from "../bytes.ts";
import { LineFloodError, LineReader } from "../lines.ts";
import { visible } from "../visible.ts";
import { type Charset, decodeText } from "./charset.ts";
import { type Reply, reply } from "./reply.ts";

/** The peer broke the rules of the protocol: nothing it says can be trusted. */
export class ProtocolError extends Error {
  /** Says what the peer did. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ProtocolError";
  }
}

/** Limits of {@linkcode ReplyReader}, in bytes. */
export interface ReplyLimits {
  /** Longest line of a reply, its ending not counted. */
  readonly maxLine: number;
  /** Longest reply, all its lines with two bytes of ending each. */
  readonly maxReply: number;
}

const REPLY_REGEXP = /^([1-5]\d\d)(?:([ -])(.*))?$/s;
/** More of a strange line would only fill the screen. */
const SHOWN = 60;

/**
 * Reads replies, one after another.
 *
 * A reply of several lines ends with the line that has its code and a space;
 * lines between may begin with any other code. `NNN-` in front of a line
 * between is no part of its text.
 *
 * @example
 * ```ts
 * import { ReplyReader } from "./reply_reader.ts";
 * const bytes = new TextEncoder().encode("220-Hello\r\n331 ?\r\n220 there\r\n");
 * let at = 0;
 * const replies = new ReplyReader({
 *   read: (buffer) => {
 *     const part = bytes.subarray(at, at += buffer.length);
 *     buffer.set(part);
 *     return Promise.resolve(part.length || null);
 *   },
 * }, { maxLine: 8192, maxReply: 65536 });
 * const greeting = await replies.next();
 * console.assert(greeting?.lines.join("|") === "Hello|331 ?|there");
 * ```
 */
export class ReplyReader {
  readonly #lines: LineReader;
  readonly #limits: ReplyLimits;
  readonly #charset: Charset;

  /** Reads from `source`; the limits are not optional. */
  constructor(
    source: Pick<Source, "read">,
    limits: ReplyLimits,
    charset: Charset = "utf-8",
  ) {
    this.#lines = new LineReader(source, {
      maxLength: limits.maxLine,
      maxSkipped: 0,
    });
    this.#limits = limits;
    this.#charset = charset;
  }

  /** Whether a line is here that was not read yet. */
  get hasLine(): boolean {
    return this.#lines.hasLine;
  }

  /** Bytes that have arrived and belong to no reply that was read. */
  get buffered(): number {
    return this.#lines.buffered;
  }

  /**
   * The next reply, or `null` when the stream ended; half a reply is none.
   *
   * @throws {ProtocolError} when it is too long or no reply at all.
   */
  async next(): Promise<Reply | null> {
    const first = await this.#line();
    if (first === null) return null;
    const match = REPLY_REGEXP.exec(first);
    if (match === null) throw noReply(first);
    const [, code, separator, text = ""] = match;
    if (separator !== "-") return reply(Number(code), text);
    return await this.#rest(code!, text);
  }

  async #rest(code: string, text: string): Promise<Reply | null> {
    const lines = [text];
    let size = text.length;
    for (;;) {
      const line = await this.#line();
      if (line === null) return null;
      size += line.length + 2;
      if (size > this.#limits.maxReply) {
        const { maxReply } = this.#limits;
        throw new ProtocolError(
          `The server sent a reply of more than ${maxReply} bytes`,
        );
      }
      const isOurs = line.startsWith(code);
      lines.push(isOurs && /^...[ -]/.test(line) ? line.slice(4) : line);
      if (isOurs && (line.length === 3 || line[3] === " ")) break;
    }
    const last = lines.length - 1;
    if (lines[last] === code) lines[last] = "";
    return reply(Number(code), ...lines);
  }

  async #line(): Promise<string | null> {
    const line = await this.#lines.next().catch((error) => {
      if (error instanceof LineFloodError) throw this.#tooLong(error);
      throw error;
    });
    if (line?.tooLong) throw this.#tooLong();
    return line && decodeText(line.bytes, this.#charset);
  }

  #tooLong(cause?: Error): ProtocolError {
    const { maxLine } = this.#limits;
    return new ProtocolError(
      `The server sent a line of more than ${maxLine} bytes`,
      { cause },
    );
  }
}

function noReply(line: string): ProtocolError {
  const shown = visible(line.slice(0, SHOWN));
  const more = line.length > SHOWN ? "…" : "";
  return new ProtocolError(
    `The server sent "${shown}${more}", which is no FTP reply`,
  );
}
