/**
 * The transfer engine: the one function that moves bytes.
 *
 * @module
 */

import type { Bytes, Sink, Source } from "../../lib/bytes.ts";
import { lastReply, type Reply, reply } from "../../lib/ftp/reply.ts";
import type { TlsFacts } from "../../lib/net/tls/stream.ts";
import { FsError } from "../fs/file_system.ts";
import type { BufferPool } from "./buffers.ts";
import { fsErrorReply } from "./commands.ts";
import {
  type DataConnection,
  type DataPort,
  DataPortError,
  type RunningTransfer,
  type Transfer,
} from "./session.ts";

/** What a transfer needs from its surroundings. */
export interface TransferOptions {
  /** Longest time in milliseconds in which no byte moves. */
  dataTimeout: number;
  /**
   * Whether the client is still there: asked when an upload's data ended, with
   * the bytes that moved and the milliseconds that it took.
   */
  clientPresent(bytes: number, duration: number): boolean | Promise<boolean>;
  /** Where buffers come from. */
  buffers: BufferPool;
  /** Protects the connection before any byte moves. @default it stays as it is */
  secure?: SecureData | undefined;
}

/** Protects a data connection, or closes it and rejects. */
export type SecureData = (
  connection: DataConnection,
  signal: AbortSignal,
) => Promise<DataConnection>;

/** How a transfer ended. */
export interface TransferResult {
  /** The final reply. */
  reply: Reply;
  /** Bytes that moved. */
  bytes: number;
  /** Milliseconds that it took. */
  duration: number;
  /** How TLS protected it, if it did. */
  facts?: TlsFacts | undefined;
  /** Why it is not complete; not set when it is. */
  failure?: string;
}

/** A transfer that can be waited for and stopped. */
export interface StartedTransfer extends RunningTransfer {
  /** How it ended; never rejects. */
  readonly finished: Promise<TransferResult>;
  /** Stops it; `reply` becomes its final reply unless it has one already. */
  stop(reply: Reply): void;
}

/** A transfer was stopped on purpose. */
class Stopped extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(reply.lines[0]);
    this.reply = reply;
    this.name = "Stopped";
  }
}

/** One of the two ends of a transfer failed. */
class EndError extends Error {
  readonly side: Side;

  constructor(side: Side, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.side = side;
    this.name = "EndError";
  }
}

const FIRST_BUFFER = 1 << 15;
/**
 * Longest buffers by where the bytes come from, as measured: files fill long
 * ones, sockets give what they have, and what is to be written to a file
 * should still be in the processor's cache.
 */
const LONGEST = { file: 1 << 20, network: 1 << 19 };

/** Starts a transfer over `port`, which it uses up. */
export function startTransfer(
  transfer: Transfer,
  port: DataPort,
  options: TransferOptions,
): StartedTransfer {
  const controller = new AbortController();
  const progress: Progress = { bytes: 0, began: performance.now() };
  const stop = (reply: Reply) => controller.abort(new Stopped(reply));
  const finished = settle(
    move(transfer, port, progress, {
      ...options,
      stop,
      signal: controller.signal,
    }),
    progress,
    controller.signal,
    transfer,
  );
  return {
    transfer,
    get bytes() {
      return progress.bytes;
    },
    finished,
    stop,
  };
}

/** How far a transfer is. */
interface Progress {
  bytes: number;
  readonly began: number;
  facts?: TlsFacts | undefined;
}

/** Looks four times a time-out whether bytes still move. */
function watchStall(
  progress: Progress,
  timeout: number,
  stop: (reply: Reply) => void,
): () => void {
  let seen = progress.bytes;
  let quiet = 0;
  const timer = setInterval(() => {
    quiet = progress.bytes === seen ? quiet + 1 : 0;
    seen = progress.bytes;
    if (quiet >= 4) stop(lastReply(421, "Data connection timed out."));
  }, Math.max(1, timeout / 4));
  return () => clearInterval(timer);
}

async function settle(
  moving: Promise<void>,
  progress: Progress,
  signal: AbortSignal,
  { done }: Transfer,
): Promise<TransferResult> {
  const { began } = progress;
  const result = (reply: Reply) => {
    const { bytes, facts } = progress;
    return { reply, bytes, facts, duration: performance.now() - began };
  };
  try {
    await moving;
    return result(reply(226, done));
  } catch (error) {
    const fromFile = error instanceof FsError;
    const cause = signal.aborted && !fromFile ? signal.reason : error;
    const failure = cause instanceof Error ? cause.message : String(cause);
    return { ...result(failureReply(cause)), failure };
  }
}

function failureReply(error: unknown): Reply {
  if (error instanceof Stopped || error instanceof DataPortError) {
    return error.reply;
  }
  if (error instanceof FsError) {
    const said = fsErrorReply(error);
    // 550 is for requests that were refused before they began.
    return said.code === 550 ? { ...said, code: 451 } : said;
  }
  if (error instanceof EndError && error.side === "file") {
    return reply(451, "Requested action aborted: internal error.");
  }
  return reply(426, "Connection closed; transfer aborted.");
}

async function move(
  { end }: Transfer,
  port: DataPort,
  progress: Progress,
  options: TransferOptions & {
    signal: AbortSignal;
    stop(reply: Reply): void;
  },
): Promise<void> {
  const { signal, buffers } = options;
  let connection: DataConnection | null = null;
  const close = () => connection?.close();
  let unwatch = () => {};
  try {
    connection = await port.open(signal);
    unwatch = watchStall(progress, options.dataTimeout, options.stop);
    signal.addEventListener("abort", close, { once: true });
    signal.throwIfAborted();
    if (options.secure) connection = await options.secure(connection, signal);
    progress.facts = connection.facts;
    if ("send" in end) {
      await pump(end.send, "file", connection, progress, buffers);
      await connection.finish?.();
      signal.throwIfAborted();
    } else {
      await pump(connection, "network", end.receive, progress, buffers);
      // Python waits for it, and only then for the reply; lftp is gone already.
      const { finish } = connection;
      await quietly(() => finish?.());
      signal.throwIfAborted();
      const duration = performance.now() - progress.began;
      if (!await options.clientPresent(progress.bytes, duration)) {
        throw new Stopped(CLIENT_GONE);
      }
      signal.throwIfAborted();
      await end.receive.close();
    }
  } catch (error) {
    close();
    if ("receive" in end) await quietly(() => end.receive.abort());
    throw error;
  } finally {
    unwatch();
    signal.removeEventListener("abort", close);
    close();
    if ("send" in end) await quietly(() => end.send.close());
  }
}

const CLIENT_GONE = reply(426, "Control connection closed; upload discarded.");

/** Giving up must not hide why. */
async function quietly(
  giveUp: () => void | Promise<void> | undefined,
): Promise<void> {
  try {
    await giveUp();
  } catch {
    // The transfer's own error is the one that is told.
  }
}

/**
 * Moves bytes with two buffers: the next read is under way while the last one
 * is being written. The first are short, because most files are; when one was
 * filled, long ones take their place.
 */
async function pump(
  source: Pick<Source, "read">,
  sourceSide: Side,
  sink: Pick<Sink, "write">,
  progress: Progress,
  buffers: BufferPool,
): Promise<void> {
  const sinkSide = sourceSide === "file" ? "network" : "file";
  const borrowed: Bytes[] = [];
  let long = false;
  let complete = false;
  try {
    let current: Bytes = new Uint8Array(FIRST_BUFFER);
    let spare: Bytes | null = null;
    let count = await source.read(current).catch(failed(sourceSide));
    while (count !== null) {
      long ||= count === current.length;
      if (long && !borrowed.includes(spare!)) {
        spare = buffers.lend(LONGEST[sourceSide]);
        borrowed.push(spare);
      }
      spare ??= new Uint8Array(FIRST_BUFFER);
      const next = source.read(spare).catch(failed(sourceSide));
      next.catch(() => {}); // Awaited below, unless the write fails first.
      let at = 0;
      while (at < count) {
        const written = await sink.write(current.subarray(at, count))
          .catch(failed(sinkSide));
        at += written;
        progress.bytes += written;
      }
      count = await next;
      [current, spare] = [spare, current];
    }
    complete = true;
  } finally {
    // After an error a read may still be filling one of them.
    for (const buffer of borrowed) buffers.giveBack(buffer, complete);
  }
}

type Side = "file" | "network";

function failed(side: Side): (error: unknown) => never {
  return (error) => {
    const isClear = error instanceof FsError || error instanceof DataPortError;
    throw isClear ? error : new EndError(side, error);
  };
}
