/**
 * The transfer engine: the one function that moves bytes.
 *
 * @module
 */

import { lastReply, type Reply, reply } from "../../lib/ftp/reply.ts";
import type { Shaper } from "../../lib/net/shaper.ts";
import type { TlsFacts } from "../../lib/net/tls/stream.ts";
import { FsError } from "../fs/file_system.ts";
import type { Breather } from "./breather.ts";
import type { BufferPool } from "./buffers.ts";
import { fsErrorReply } from "./commands.ts";
import { EndError, type Progress, pump } from "./pump.ts";
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
  /** When to let other sessions have their turn. @default never */
  breather?: Breather | undefined;
  /** How fast bytes may move; closed at the end. @default as fast as can be */
  pace?: Shaper | undefined;
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

/**
 * Looks four times a time-out whether bytes still move. Those that we hold back
 * are no fault of the client's.
 */
function watchStall(
  progress: Progress,
  { dataTimeout, pace, stop }: MoveOptions,
): () => void {
  let seen = progress.bytes;
  let quiet = 0;
  const timer = setInterval(() => {
    const isStill = progress.bytes === seen && !pace?.isWaiting;
    quiet = isStill ? quiet + 1 : 0;
    seen = progress.bytes;
    if (quiet >= 4) stop(lastReply(421, "Data connection timed out."));
  }, Math.max(1, dataTimeout / 4));
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

type MoveOptions = TransferOptions & {
  signal: AbortSignal;
  stop(reply: Reply): void;
};

async function move(
  { end }: Transfer,
  port: DataPort,
  progress: Progress,
  options: MoveOptions,
): Promise<void> {
  const { signal } = options;
  let connection: DataConnection | null = null;
  const close = () => {
    connection?.close();
    if ("send" in end && signal.aborted) end.send.stop?.();
  };
  let unwatch = () => {};
  try {
    connection = await port.open(signal);
    unwatch = watchStall(progress, options);
    signal.addEventListener("abort", close, { once: true });
    signal.throwIfAborted();
    if (options.secure) connection = await options.secure(connection, signal);
    progress.facts = connection.facts;
    if ("send" in end) {
      const route = {
        source: end.send,
        to: "network" as const,
        sink: connection,
      };
      await pump(route, progress, options);
      await connection.finish?.();
      signal.throwIfAborted();
    } else {
      const route = {
        source: connection,
        to: "file" as const,
        sink: end.receive,
      };
      await pump(route, progress, options);
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
    options.pace?.close();
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
