/**
 * A message of any length over a connection, compared with what comes back
 * while it comes.
 *
 * @module
 */

import { type Bytes, type Source, writeAll } from "../../lib/bytes.ts";
import type { ClientConn } from "../service/connect.ts";
import { ServiceError } from "../service/errors.ts";
import { Movement } from "./movement.ts";
import { Returning } from "./returning.ts";

/** Options for {@linkcode echoStream}. */
export interface EchoStreamOptions {
  /** Milliseconds that nothing may move while something is under way. */
  readonly timeout: number;
  /** Takes what comes back; what it returns is waited for. */
  onReply?(bytes: Bytes): void | Promise<void>;
  /** Breaks off. */
  readonly signal?: AbortSignal | undefined;
}

/** What came back over a connection. */
export interface StreamEcho {
  /** Bytes that were sent. */
  readonly sent: number;
  /** Bytes that came back. */
  readonly received: number;
  /**
   * The first offset that is not as it was sent, also for a byte that is
   * missing or too many; `null` when all is.
   */
  readonly differsAt: number | null;
}

const CHUNK = 65_536;
/** Bytes that wait for their return, and are kept to be compared. */
const MOST_AHEAD = 16 * 1024 * 1024;
/** What is still shown behind the first difference. */
const MOST_WRONG = 65_536;

/**
 * Sends all of `source`, ends our side, and takes what comes back until the
 * server ends its own. At most 16 MiB are under way; then sending waits.
 *
 * A server that sends something else is left 64 KiB behind the difference.
 *
 * @throws {ServiceError} when nothing moves for `timeout` milliseconds or the
 * connection breaks; the signal's reason when it aborts. Then close `conn`.
 */
export async function echoStream(
  conn: ClientConn,
  source: Pick<Source, "read">,
  options: EchoStreamOptions,
): Promise<StreamEcho> {
  const { signal, timeout } = options;
  const broken = Promise.withResolvers<never>();
  const way = wayOf(conn, timeout, broken.reject);
  const abort = () => broken.reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  send(way, source).catch(broken.reject);
  try {
    await Promise.race([receive(way, options), broken.promise]);
    return way.returning.end();
  } finally {
    broken.promise.catch(() => {});
    signal?.removeEventListener("abort", abort);
    way.movement.end();
    way.returning.close();
  }
}

/** What both directions work with. */
interface Way {
  readonly conn: ClientConn;
  readonly returning: Returning;
  readonly movement: Movement;
}

function wayOf(
  conn: ClientConn,
  timeout: number,
  onBroken: (error: Error) => void,
): Way {
  const returning = new Returning(MOST_AHEAD);
  const movement = new Movement({
    timeout,
    // What is typed may take its time; what is under way may not.
    isExpected: () => returning.isUnderWay,
    onStandstill: () => onBroken(standstill(conn, returning, timeout)),
  });
  return { conn, returning, movement };
}

async function send(
  { conn, returning, movement }: Way,
  source: Pick<Source, "read">,
): Promise<void> {
  for (;;) {
    const buffer = new Uint8Array(CHUNK);
    const count = await source.read(buffer);
    if (count === null) break;
    movement.note();
    const part = buffer.subarray(0, count);
    if (!await returning.expect(part)) return;
    await writeAll({
      async write(bytes) {
        const written = await conn.write(bytes);
        movement.note();
        return written;
      },
    }, part);
  }
  movement.note();
  await conn.closeWrite();
  returning.isAllSent = true;
}

async function receive(
  { conn, returning, movement }: Way,
  { onReply }: EchoStreamOptions,
): Promise<void> {
  const buffer = new Uint8Array(CHUNK);
  while (returning.wrong <= MOST_WRONG) {
    const count = await conn.read(buffer);
    if (count === null) return;
    const part = buffer.subarray(0, count);
    returning.take(part);
    // Whoever reads what we print may take his time, too.
    movement.isPaused = true;
    await onReply?.(part);
    movement.isPaused = false;
    movement.note();
  }
}

function standstill(
  { remote }: ClientConn,
  { sent, received }: Returning,
  timeout: number,
): ServiceError {
  return new ServiceError(
    "timeout",
    `no reply in ${timeout / 1000} s from ${remote}: ${received} of ${sent} ` +
      `bytes came back; is it an echo server?`,
  );
}
