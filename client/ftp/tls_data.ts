/**
 * Data connections as transfers use them: plain, or protected.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { ClientConnection } from "../../lib/net/client_network.ts";
import type { Stream } from "../../lib/net/stream.ts";
import type { TlsStream } from "../../lib/net/tls/stream.ts";
import { visible } from "../../lib/visible.ts";
import type { ConnectWithinOptions } from "./connect_within.ts";
import type { SessionTls } from "./tls_session.ts";
import type { TransferSession } from "./transfer_job.ts";

/** A data connection that knows how to end. */
export interface DataChannel extends Stream {
  /**
   * Whether the other end just went away, where it had to say that it has sent
   * everything. Plain connections have no such words.
   */
  readonly isCut: boolean;
  /** Whether it resumed the control connection's session. */
  readonly hasResumed: boolean;
  /** Says that everything was sent, after everything that was. */
  endWrite(): Promise<void>;
  /**
   * Lets both ends say their last words, for two seconds at most, and closes.
   * Who closes earlier may destroy what is on its way, and misses the tickets
   * that the next connection needs (RFC 8446 section 4.6.1). Never rejects.
   *
   * @param answered Settles when the server has said how the transfer went:
   * those that never had last words are not waited for any longer.
   */
  part(answered: Promise<unknown>): Promise<void>;
}

/** A close_notify is shorter than this, a ticket longer. */
const LEAST_TICKET = 64;
/** Some servers never say that they have ended. */
const PART_MS = 2000;

/**
 * Takes a data connection into use, which is when TLS begins: the server has
 * the transfer's command by now, and does not expect a handshake before.
 *
 * @param command The transfer's, for messages.
 * @throws {NetworkError} when the handshake fails; the signal's reason.
 */
export async function channelOver(
  connection: ClientConnection,
  { tls, timeout, patience }: TransferSession,
  command: string,
  signal: AbortSignal,
): Promise<DataChannel> {
  if (!tls?.protectsData) return plain(connection);
  const what = visible(`No TLS for the data of ${command}`);
  const options = { what, timeout, patience, signal };
  return await secured(connection, tls, options);
}

/** A connection without TLS: its end is all it has. */
function plain(connection: Stream): DataChannel {
  const close = () => connection.close();
  return {
    isCut: false,
    hasResumed: false,
    read: (buffer) => connection.read(buffer),
    write: (bytes) => connection.write(bytes),
    close,
    endWrite: () => Promise.resolve(),
    part: () => Promise.resolve(close()),
  };
}

async function secured(
  connection: ClientConnection,
  tls: SessionTls,
  options: ConnectWithinOptions,
): Promise<DataChannel> {
  const counted = countingReads(connection);
  const stream = await tls.data(counted.stream, options);
  const { resumed } = stream.facts;
  const before = counted.bytes();
  let hasSaid = false;
  let isOpen = true;
  async function endWrite(): Promise<void> {
    hasSaid = true;
    await stream.closeWrite();
    // Servers that do not listen to the words see the end, at least.
    await connection.closeWrite?.();
  }
  function close(): void {
    if (isOpen && resumed && counted.bytes() - before < LEAST_TICKET) {
      tls.loseTicket();
    }
    isOpen = false;
    stream.close();
  }
  return {
    get isCut() {
      return stream.end === "cut";
    },
    hasResumed: resumed,
    read: (buffer) => stream.read(buffer),
    write: (bytes) => stream.write(bytes),
    close,
    endWrite,
    async part(answered) {
      const words = hasSaid ? drained(stream) : endWrite();
      const last = tls.isCurt ? Promise.race([words, answered]) : words;
      const said = last.then(() => true, () => true);
      const inTime = await options.patience.within(said, PART_MS, false);
      if (!inTime) tls.isCurt = true;
      close();
    },
  };
}

/** A connection, and how much was read from it. */
function countingReads(
  connection: Stream,
): { stream: Stream; bytes: () => number } {
  let bytes = 0;
  const stream = {
    async read(buffer: Bytes) {
      const count = await connection.read(buffer);
      bytes += count ?? 0;
      return count;
    },
    write: (bytes: Bytes) => connection.write(bytes),
    close: () => connection.close(),
  };
  return { stream, bytes: () => bytes };
}

/** Nothing that comes now is a part of the transfer. */
async function drained(stream: TlsStream): Promise<void> {
  const buffer = new Uint8Array(1024);
  while (await stream.read(buffer) !== null);
}

/** What comes after `signal` has aborted is read, and given to nobody. */
export function whileWanted(channel: DataChannel, signal: AbortSignal): Stream {
  return {
    async read(buffer) {
      let count = await channel.read(buffer);
      while (count !== null && signal.aborted) {
        count = await channel.read(buffer);
      }
      return count;
    },
    write: (bytes) => channel.write(bytes),
    close: () => channel.close(),
  };
}
