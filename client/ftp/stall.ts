/**
 * Data connections that tell when the other end has stopped.
 *
 * @module
 */

import type { Bytes, Sink, Source } from "../../lib/bytes.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { networkError } from "./network_errors.ts";

/** A data connection whose waiting is measured. */
export interface WatchedStream {
  /** Reads like the stream; its errors are network errors. */
  read: Source["read"];
  /** Writes like the stream; its errors are network errors. */
  write: Sink["write"];
  /**
   * Resolves when one read or write has been pending for `timeout`
   * milliseconds; time that this side takes is not counted. Rejects when
   * `signal` aborts.
   */
  stalled(timeout: number, signal: AbortSignal): Promise<void>;
}

/** Watches a stream. */
export function watchStream(stream: Stream, clock: Clock): WatchedStream {
  let since: number | null = null;
  async function timed<T>(action: Promise<T>): Promise<T> {
    since = clock.now();
    try {
      return await action;
    } catch (error) {
      throw networkError("Data connection", error);
    } finally {
      since = null;
    }
  }
  return {
    read: (buffer: Bytes) => timed(stream.read(buffer)),
    write: (bytes: Bytes) => timed(stream.write(bytes)),
    async stalled(timeout, signal) {
      for (;;) {
        await clock.sleep(Math.max(1, timeout / 4), signal);
        if (since !== null && clock.now() - since >= timeout) return;
      }
    },
  };
}
