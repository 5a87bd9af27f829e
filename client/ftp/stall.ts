/**
 * Data connections that tell when the other end has stopped.
 *
 * @module
 */

import type { Bytes, Sink, Source } from "../../lib/bytes.ts";
import type { Stream } from "../../lib/net/stream.ts";
import { networkError } from "./network_errors.ts";
import type { Deadline } from "./patience.ts";

/** Both directions of a data connection; errors are network errors. */
export type DataStream = Pick<Source & Sink, "read" | "write">;

/**
 * Sets `deadline` to `timeout` milliseconds while a read or a write is under
 * way; time that this side takes is not counted.
 */
export function watchStream(
  stream: Stream,
  deadline: Deadline,
  timeout: number,
): DataStream {
  async function timed<T>(action: Promise<T>): Promise<T> {
    deadline.set(timeout);
    try {
      return await action;
    } catch (error) {
      throw networkError("Data connection", error);
    } finally {
      deadline.clear();
    }
  }
  return {
    read: (buffer: Bytes) => timed(stream.read(buffer)),
    write: (bytes: Bytes) => timed(stream.write(bytes)),
  };
}
