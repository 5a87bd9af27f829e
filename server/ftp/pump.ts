/**
 * The loop that moves bytes from one end of a transfer to the other.
 *
 * @module
 */

import type { Bytes, Sink, Source } from "../../lib/bytes.ts";
import type { Shaper } from "../../lib/net/shaper.ts";
import type { TlsFacts } from "../../lib/net/tls/stream.ts";
import { FsError } from "../fs/file_system.ts";
import type { BufferPool } from "./buffers.ts";
import { DataPortError } from "./session.ts";

/** How far a transfer is. */
export interface Progress {
  /** Bytes that were written. */
  bytes: number;
  /** When it began, in milliseconds of `performance.now()`. */
  readonly began: number;
  /** How TLS protects it, if it does. */
  facts?: TlsFacts | undefined;
}

/** Where bytes come from and go to. */
export interface Route {
  /** Where they come from. */
  readonly source: Pick<Source, "read">;
  /** Which of the two is the sink; the source is the other one. */
  readonly to: Side;
  /** Where they go to. */
  readonly sink: Pick<Sink, "write">;
}

/** An end of a transfer. */
export type Side = "file" | "network";

/** What {@linkcode pump} needs. */
export interface PumpOptions {
  /** Where long buffers come from. */
  readonly buffers: BufferPool;
  /** How fast bytes may move. @default as fast as can be */
  readonly pace?: Shaper | undefined;
  /** Ends waiting for the pace; reading and writing end by closing the ends. */
  readonly signal: AbortSignal;
}

/** One of the two ends of a transfer failed. */
export class EndError extends Error {
  /** Which one. */
  readonly side: Side;

  /** Takes what the end rejected with. */
  constructor(side: Side, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.side = side;
    this.name = "EndError";
  }
}

const FIRST_BUFFER = 1 << 15;
/**
 * Longest buffers by where the bytes go, as measured: files fill long ones,
 * sockets give what they have, and what is to be written to a file should
 * still be in the processor's cache.
 */
const LONGEST = { network: 1 << 20, file: 1 << 19 };

/**
 * Moves bytes with two buffers: the next read is under way while the last one
 * is being written. The first are short, because most files are; when one was
 * filled, long ones take their place.
 *
 * @throws {EndError} when an end fails without an error of its own kind.
 */
export async function pump(
  route: Route,
  progress: Progress,
  options: PumpOptions,
): Promise<void> {
  const read = readerOf(route, options);
  const write = writerOf(route, progress, options);
  const borrowed: Bytes[] = [];
  let long = false;
  let complete = false;
  try {
    let current: Bytes = new Uint8Array(FIRST_BUFFER);
    let spare: Bytes | null = null;
    let count = await read(current);
    while (count !== null) {
      long ||= count === current.length;
      if (long && !borrowed.includes(spare!)) {
        spare = options.buffers.lend(LONGEST[route.to]);
        borrowed.push(spare);
      }
      spare ??= new Uint8Array(FIRST_BUFFER);
      const next = read(spare);
      next.catch(() => {}); // Awaited below, unless the write fails first.
      await write(current.subarray(0, count));
      count = await next;
      [current, spare] = [spare, current];
    }
    complete = true;
  } finally {
    // After an error a read may still be filling one of them.
    for (const buffer of borrowed) options.buffers.giveBack(buffer, complete);
  }
}

/** What has come from the network is held back: so the client's side fills. */
function readerOf(
  { source, to }: Route,
  { pace, signal }: PumpOptions,
): (buffer: Bytes) => Promise<number | null> {
  if (to === "network") return (buffer) => reading(buffer, "file");
  if (pace === undefined) return (buffer) => reading(buffer, "network");
  return async (buffer) => {
    const part = buffer.subarray(0, pace.block);
    const count = await reading(part, "network");
    if (count !== null) await pace.take(count, signal);
    return count;
  };

  function reading(buffer: Bytes, from: Side): Promise<number | null> {
    return source.read(buffer).catch(failed(from));
  }
}

/** Writes all it is given; what goes to the network in small parts. */
function writerOf(
  { to, sink }: Route,
  progress: Progress,
  { pace, signal }: PumpOptions,
): (bytes: Bytes) => Promise<void> {
  if (to === "file" || pace === undefined) return writing;
  return async (bytes) => {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + pace.block);
      await pace.take(part.length, signal);
      await writing(part);
      at += part.length;
    }
  };

  async function writing(bytes: Bytes): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const written = await sink.write(bytes.subarray(at)).catch(failed(to));
      at += written;
      progress.bytes += written;
    }
  }
}

function failed(side: Side): (error: unknown) => never {
  return (error) => {
    const isClear = error instanceof FsError || error instanceof DataPortError;
    throw isClear ? error : new EndError(side, error);
  };
}
