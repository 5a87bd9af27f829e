/**
 * Transmission mode Z (draft-preston-ftpext-deflate): data go over the wire in
 * the format of zlib (RFC 1950).
 *
 * The runtime's streams would give out whatever one block inflates to in one
 * piece, a thousand times its length; zlib itself stops when nobody takes what
 * it has made, so that memory stays within a few blocks.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import { type Bytes, type Sink, type Source, writeAll } from "../bytes.ts";

/** What came is not what zlib writes, or not all of it. */
export class InflateError extends Error {
  /** Takes zlib's own error as the cause. */
  constructor(options?: ErrorOptions) {
    super("The data are not deflated, or not whole.", options);
    this.name = "InflateError";
  }
}

/** Bytes that are read, and made, at a time. */
const BLOCK = 1 << 16;
/** Milliseconds of work until everybody else gets a turn. */
const STINT = 4;

/**
 * A source's bytes, deflated.
 *
 * @param level How hard to try: 0 (not at all) to 9.
 *
 * @example
 * ```ts
 * import { deflating } from "./deflate.ts";
 * import { textSource } from "../text_source.ts";
 * async function* zeros() {
 *   yield "0".repeat(10_000);
 * }
 * const source = await deflating(textSource(zeros()), 6);
 * const count = await source.read(new Uint8Array(4096));
 * console.assert(count! < 100);
 * await source.close();
 * ```
 */
export async function deflating(
  source: Source,
  level: number,
): Promise<Source> {
  const { createDeflate } = await import("node:zlib");
  const deflate = createDeflate({ level, chunkSize: BLOCK });
  const made = deflate[Symbol.asyncIterator]();
  let fed: Promise<void> | null = null;
  let held: Bytes = new Uint8Array(0);
  return {
    async read(buffer) {
      fed ??= feed(source, deflate);
      if (held.length === 0) {
        const { value, done } = await made.next();
        if (done) return null;
        held = value as Bytes;
      }
      const part = held.subarray(0, buffer.length);
      buffer.set(part);
      held = held.subarray(part.length);
      return part.length;
    },
    async close() {
      deflate.on("error", () => {});
      deflate.destroy();
      await fed;
      await source.close();
    },
    stop: () => source.stop?.(),
  };
}

/** Gives zlib all of a source; never rejects, as the reader hears of it. */
async function feed(source: Source, deflate: Duplex): Promise<void> {
  const buffer = new Uint8Array(BLOCK);
  try {
    const rest = await pauses();
    while (!deflate.destroyed) {
      const count = await source.read(buffer);
      if (count === null) return void deflate.end();
      await give(deflate, buffer.subarray(0, count));
      await rest();
    }
  } catch (error) {
    deflate.destroy(error as Error);
  }
}

/** Ends when the last one who makes a pause goes on. */
let line: Promise<unknown> = Promise.resolve();

/**
 * Makes pauses in work: zlib works in this thread and calls back at once, so
 * that data which become small, or large, would keep all others waiting. Of
 * many who do such work one goes on at a time, and others have a turn between.
 */
async function pauses(): Promise<() => void | Promise<void>> {
  const { setImmediate } = await import("node:timers/promises");
  let began = performance.now();
  return async () => {
    if (performance.now() - began < STINT) return;
    line = line.then(() => setImmediate());
    await line;
    began = performance.now();
  };
}

/** Waits until a block was taken, or never will be. */
function give(stream: Duplex, block: Bytes): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => resolve();
    stream.once("close", gone);
    stream.write(block, (error) => {
      stream.off("close", gone);
      error ? reject(error) : resolve();
    });
  });
}

/**
 * Writes to a sink what comes deflated. The sink is told to stay only when
 * everything came, to the checksum at the end, and nothing behind it; or when
 * nothing came at all, which is an empty file.
 *
 * @throws {InflateError} from `write` or `close`, when that is not so.
 *
 * @example
 * ```ts
 * import { deflateSync } from "node:zlib";
 * import { inflating } from "./deflate.ts";
 * let text = "";
 * const sink = await inflating({
 *   write(bytes) {
 *     text += new TextDecoder().decode(bytes);
 *     return Promise.resolve(bytes.length);
 *   },
 *   close: () => {},
 *   abort: () => {},
 * });
 * await sink.write(new Uint8Array(deflateSync("hello")));
 * await sink.close();
 * console.assert(text === "hello");
 * ```
 */
export async function inflating(sink: Sink): Promise<Sink> {
  const { createInflate } = await import("node:zlib");
  const inflate = createInflate({ chunkSize: BLOCK });
  let came = 0;
  let failure: unknown = null;
  const drained = drain(inflate, sink).catch((error) => void (failure = error));
  const check = () => {
    if (failure !== null) throw failure;
    if (inflate.bytesWritten < came && inflate.readableEnded) {
      throw new InflateError();
    }
  };
  return {
    async write(bytes) {
      check();
      // zlib keeps the block; the caller fills its buffer anew.
      const block = bytes.slice(0, BLOCK);
      came += block.length;
      await Promise.race([give(inflate, block), drained]).catch(() => {});
      check();
      return block.length;
    },
    async close() {
      // Some clients send nothing at all for a file without bytes.
      if (came === 0) inflate.destroy();
      else inflate.end();
      await drained;
      if (came > 0) check();
      await sink.close();
    },
    async abort() {
      inflate.destroy();
      await drained;
      await sink.abort();
    },
  };
}

async function drain(inflate: Duplex, sink: Sink): Promise<void> {
  let isTheirs = true;
  try {
    const rest = await pauses();
    for await (const block of inflate) {
      isTheirs = false;
      await writeAll(sink, block as Bytes);
      await rest();
      isTheirs = true;
    }
  } catch (error) {
    throw isTheirs ? new InflateError({ cause: error }) : error;
  }
}
