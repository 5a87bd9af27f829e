/**
 * A connection as the stream that `node:tls` works on.
 *
 * @module
 */

import type { Bytes } from "../../bytes.ts";
import type { Stream } from "../stream.ts";
import { turn } from "./node.ts";
import { recordCutter } from "./records.ts";
import { TlsError } from "./stream.ts";

/** Bytes that are read at a time, as long as there is little to read. */
const FIRST_READ = 1 << 13;
/** Bytes that are read at a time from somebody who sends a lot. */
const LARGEST_READ = 1 << 18;
/** Bytes that may wait to be written, so that encrypting goes on meanwhile. */
const MOST_WAITING = 1 << 17;
/** Most bytes of a handshake: two messages as long as can be, and some. */
const LARGEST_HANDSHAKE = 1 << 18;

/** What a connection tells, apart from its bytes. */
export interface DuplexListener {
  /** The other end ended the connection; TLS got everything before that. */
  ended(): void;
  /** The connection broke. */
  readFailed(error: Error): void;
  /** Nothing more can be written. What the other end sent can still be read. */
  writeFailed(error: Error): void;
}

/**
 * Feeds `node:tls` from a connection and takes what it wants to send. It has of
 * a Node stream what `node:tls` asks for, and no more: the queues of a real one
 * would hold everything twice. The end and the failures of the connection are
 * told to whoever made this, and the end of TLS is not its end.
 */
export class ConnectionDuplex {
  /** Asked for by `node:tls`: our side stays open when the other ends. */
  readonly allowHalfOpen = true;
  /** Asked for by `node:tls`. */
  readonly readable = true;
  /** Asked for by `node:tls`. */
  readonly writable = true;
  /** Asked for by `node:tls`: nothing waits here. */
  readonly readableLength = 0;
  /** Asked for by `node:tls`: these are bytes. */
  readonly readableObjectMode = false;
  /** Bytes that the connection has taken. */
  written = 0;
  /** Whether it ended with plain text, which is kept. */
  hasPlainText = false;
  /** Who is told. */
  listener: DuplexListener;
  readonly #stream: Stream;
  readonly #records = recordCutter();
  readonly #queue: Bytes[] = [];
  #feed: ((bytes: Bytes) => void) | null = null;
  #hasBegun = false;
  #isReading = false;
  #isStopped = false;
  #goOn: (() => void) | null = null;
  #isHeld = false;
  #handshakeLeft = LARGEST_HANDSHAKE;
  #rest: Bytes = new Uint8Array(0);
  #waiting = 0;
  #mayWrite: (() => void) | null = null;
  #writing: Promise<void> | null = null;

  /** Nothing is read before `node:tls` asks for it. */
  constructor(stream: Stream, listener: DuplexListener) {
    this.#stream = stream;
    this.listener = listener;
  }

  /** The handshake is done: from now on there may be any number of bytes. */
  shookHands(): void {
    this.#handshakeLeft = Infinity;
  }

  /**
   * Reads no further, or goes on: TLS itself takes whatever comes, however much
   * of it nobody has read yet.
   */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) return;
    this.#goOn?.();
    this.#goOn = null;
  }

  /** Reads nothing more, ever. */
  stop(): void {
    this.#isStopped = true;
    this.hold(false);
  }

  /** From now on TLS gets one record at a time, so that none is lost to it. */
  feedByRecord(): void {
    this.#records.cutEveryRecord();
  }

  /**
   * What was read and does not belong to TLS any more, once this has stopped;
   * `null` when it waits for the connection all the same.
   */
  async takeRest(): Promise<Bytes | null> {
    await turn();
    if (this.#isReading) return null;
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return rest;
  }

  /** Everything that TLS wanted to send has been written, or never will be. */
  async flushed(): Promise<void> {
    // TLS hands its last words over a moment later.
    await turn();
    while (this.#writing !== null) await this.#writing;
  }

  /** Asked for by `node:tls`, which listens for what is read. */
  on(event: string, listener: (bytes: Bytes) => void): this {
    if (event === "data") this.#feed = listener;
    return this;
  }

  /** Asked for by `node:tls`: the listener hears of ends and errors. */
  once(): this {
    return this;
  }

  /** Asked for by `node:tls`. */
  removeListener(): this {
    return this;
  }

  /** Reads, until there is nothing more to read. */
  resume(): this {
    if (!this.#hasBegun) this.#read();
    this.#hasBegun = true;
    return this;
  }

  /** Asked for by `node:tls`, which takes what comes all the same. */
  pause(): this {
    return this;
  }

  /** Takes what TLS sends; tells when there is room for more. */
  write(bytes: Bytes, taken: () => void): boolean {
    this.#queue.push(bytes);
    this.#waiting += bytes.length;
    this.#writing ??= this.#writeAll();
    if (this.#waiting < MOST_WAITING) queueMicrotask(taken);
    else this.#mayWrite = taken;
    return true;
  }

  /** Asked for by `node:tls`: the end of TLS is not the connection's. */
  end(ended?: () => void): this {
    ended?.();
    return this;
  }

  /** Reads nothing more; what TLS has said, or says yet, is still written. */
  destroy(): this {
    this.stop();
    return this;
  }

  /** Asked for by `node:tls`. */
  cork(): void {}

  /** Asked for by `node:tls`. */
  uncork(): void {}

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      // Bytes that are there before TLS has begun would fail where nothing
      // catches it, if they are wrong.
      await turn();
      await this.#readAll();
      this.#isReading = false;
      await turn();
      if (!this.#isStopped) this.listener.ended();
    } catch (error) {
      this.#isReading = false;
      if (!this.#isStopped) this.listener.readFailed(error as Error);
    }
  }

  async #readAll(): Promise<void> {
    let buffer: Bytes = new Uint8Array(FIRST_READ);
    while (!this.#isStopped && !this.hasPlainText) {
      const count = await this.#stream.read(buffer);
      if (count === null) return;
      await this.#feedAll(buffer.subarray(0, count));
      if (this.#isHeld) await new Promise<void>((go) => this.#goOn = go);
      buffer = nextBuffer(buffer, count);
    }
  }

  async #feedAll(bytes: Bytes): Promise<void> {
    this.#handshakeLeft -= bytes.length;
    if (this.#handshakeLeft < 0) throw endless();
    let rest = bytes;
    while (rest.length > 0 && !this.#isStopped) {
      if (this.#records.isPlainText(rest)) {
        this.hasPlainText = true;
        break;
      }
      const length = this.#records.cut(rest);
      this.#feed?.(rest.subarray(0, length));
      rest = rest.subarray(length);
      // TLS says a moment later that it has ended, if it has.
      if (this.#records.mayHaveEnded()) await turn();
    }
    this.#rest = rest.slice();
  }

  async #writeAll(): Promise<void> {
    try {
      for (let at = 0; this.#queue.length > 0; at = 0) {
        const bytes = this.#queue[0]!;
        while (at < bytes.length) {
          const rest = at === 0 ? bytes : bytes.subarray(at);
          const count = await this.#stream.write(rest);
          at += count;
          this.written += count;
        }
        this.#queue.shift();
        this.#waiting -= bytes.length;
        this.#tellRoom();
      }
    } catch (error) {
      this.listener.writeFailed(error as Error);
    }
    this.#queue.length = 0;
    this.#waiting = 0;
    this.#writing = null;
    this.#tellRoom();
  }

  #tellRoom(): void {
    if (this.#waiting >= MOST_WAITING) return;
    const taken = this.#mayWrite;
    this.#mayWrite = null;
    taken?.();
  }
}

/** A larger one, when this one was filled. */
function nextBuffer(buffer: Bytes, count: number): Bytes {
  const isFull = count === buffer.length && count < LARGEST_READ;
  return isFull ? new Uint8Array(count * 2) : buffer;
}

function endless(): TlsError {
  return new TlsError(
    "handshake",
    "the other end sends more than any TLS handshake needs",
  );
}
