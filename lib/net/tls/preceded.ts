/**
 * A connection of which something was read already.
 *
 * @module
 */

import type { Bytes } from "../../bytes.ts";
import type { Stream } from "../stream.ts";
import { Backlog } from "./backlog.ts";

/** The same connection; these bytes are read first. */
export function preceded(bytes: Bytes, stream: Stream): Stream {
  if (bytes.length === 0) return stream;
  const unread = new Backlog();
  unread.push(bytes);
  return {
    read: (buffer) =>
      unread.length > 0
        ? Promise.resolve(unread.take(buffer))
        : stream.read(buffer),
    write: (bytes) => stream.write(bytes),
    close: () => stream.close(),
  };
}
