/**
 * The loop that moves bytes from one end of a transfer to the other.
 *
 * @module
 */

import type { Bytes, Sink, Source } from "../../lib/bytes.ts";
import type { Shaper } from "../../lib/net/shaper.ts";
import type { TlsFacts } from "../../lib/net/tls/stream.ts";
import { FsError } from "../fs/file_system.ts";
import type { Breather } from "./breather.ts";
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
  /** When to let others have their turn. @default never */
  readonly breather?: Breather | undefined;
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
 * Longest buffer, as measured: what was read should still be in the processor's
 * cache when it is written, and fewer system calls make up for the rest.
 */
const LONGEST = 1 << 19;
/** Longest of the two that are read ahead, by another thread: {@linkcode fileIo}. */
const LONGEST_AHEAD = 1 << 20;
/** As many downloads of a thread at a time are worth another processor. */
const MOST_AHEAD = 1;

/**
 * Moves bytes through one buffer, which stays in the processor's cache. The
 * first one is short, because most files are; when it was filled, a long one
 * takes its place. A download without TLS that has the thread for itself gets
 * two, so that another processor reads the next piece while this one sends the
 * last.
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
  const { breather } = options;
  // Over TLS it is encrypting that takes the time, and nothing is gained.
  const isAlone = () =>
    route.to === "network" && !progress.facts &&
    (breather?.running ?? 1) <= MOST_AHEAD;
  const buffers = lending(options.buffers);
  const first: Bytes = new Uint8Array(FIRST_BUFFER);
  let [buffer, spare]: [Bytes, Bytes | null] = [first, null];
  let ahead: Promise<number | null> | null = null;
  let complete = false;
  breather?.begin();
  try {
    for (;;) {
      const count = await (ahead ?? read(buffer.subarray(0, LONGEST)));
      if (count === null) break;
      const isLong = buffer !== first || count === first.length;
      ahead = null;
      if (isLong && isAlone()) {
        spare ??= buffers.lend(LONGEST_AHEAD);
        ahead = read(spare);
        ahead.catch(() => {}); // Awaited above, unless the write fails first.
      }
      await write(buffer.subarray(0, count));
      const breath = breather?.moved(count);
      if (breath) await breath;
      if (ahead) [buffer, spare] = [spare!, buffer === first ? null : buffer];
      else if (isLong && buffer === first) buffer = buffers.lend(LONGEST);
    }
    complete = true;
  } finally {
    breather?.end();
    // After an error a read or a write may still be using them.
    buffers.giveBack(complete);
  }
}

/** What one transfer borrows, given back all at once. */
function lending(pool: BufferPool) {
  const lent: Bytes[] = [];
  return {
    lend(longest: number): Bytes {
      const buffer = pool.lend(longest);
      lent.push(buffer);
      return buffer;
    },
    giveBack(reusable: boolean): void {
      for (const buffer of lent) pool.giveBack(buffer, reusable);
    },
  };
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
