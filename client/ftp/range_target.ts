/**
 * A part of a file: the transfer begins at an offset, and is stopped when
 * enough has come.
 *
 * @module
 */

import { type Sink, writeAll } from "../../lib/bytes.ts";
import type { DownloadOptions, TransferResult } from "./download.ts";
import { LocalError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Target } from "./targets.ts";
import { download } from "./transfers.ts";

/** Options for {@linkcode FtpClient.downloadRange}. */
export interface RangeOptions extends DownloadOptions {
  /** Bytes of the file before the first one that is wanted. @default {0} */
  offset?: number;
  /**
   * Bytes that are wanted; a function is asked after every piece.
   *
   * @default all that follow
   */
  length?: number | (() => number);
}

/** Ends a transfer that gave all that was wanted; nobody sees it. */
const ENOUGH = new Error("enough");

/**
 * Gets a range into `sink`, which is not closed.
 *
 * @throws {FtpError} when the server cannot begin there.
 */
export async function downloadRange(
  link: Link,
  path: string,
  sink: Pick<Sink, "write">,
  options: RangeOptions,
): Promise<TransferResult> {
  const { offset = 0, length = Infinity } = options;
  const wanted = () =>
    offset + (typeof length === "function" ? length() : length);
  const target = rangeTarget(path, sink, { ...options, offset, wanted });
  try {
    if (offset < wanted()) await download(link, path, target, options);
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
  return { path, size: target.position, bytes: target.position - offset };
}

function rangeTarget(
  path: string,
  sink: Pick<Sink, "write">,
  options: Pick<RangeOptions, "size"> & {
    offset: number;
    wanted: () => number;
  },
): Target {
  const { size, wanted } = options;
  let position = options.offset;
  return {
    restartable: false,
    keepsTime: false,
    get position() {
      return position;
    },
    async write(bytes) {
      const part = bytes.subarray(0, Math.max(0, wanted() - position));
      await writeAll(sink, part);
      position += part.length;
      // The file's own end shows whether the server sent what it should.
      const untilEnd = size !== undefined && size !== null && wanted() >= size;
      if (position >= wanted() && !untilEnd) throw ENOUGH;
      return bytes.length;
    },
    restart: () =>
      Promise.reject(
        new LocalError(`${path} has changed on the server meanwhile`),
      ),
    finish: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
  };
}
