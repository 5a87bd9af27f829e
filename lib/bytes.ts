/**
 * Bytes and the two ends of a transfer.
 *
 * {@linkcode Source} and {@linkcode Sink} have the shape of `Deno.FsFile` and
 * `Deno.Conn`, so that bytes move between files, sockets and memory without
 * adapters.
 *
 * @module
 */

/** Bytes whose buffer is not shared between threads. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Something bytes can be read from, front to back. */
export interface Source {
  /**
   * Reads into `buffer` and returns how many bytes arrived, at least 1, or
   * `null` at the end.
   */
  read(buffer: Bytes): Promise<number | null>;
  /** Releases what the source holds. Safe to call more than once. */
  close(): void | Promise<void>;
  /**
   * Tells that nobody waits any longer: a `read` that goes on should reject
   * soon. For sources that may look for long before they find something.
   */
  stop?(): void;
}

/** Something bytes can be written to. */
export interface Sink {
  /** Writes some of `bytes`, at least one, and returns how many. */
  write(bytes: Bytes): Promise<number>;
  /** Everything was written: makes it stay. */
  close(): void | Promise<void>;
  /** Not everything was written: undoes what can be undone. */
  abort(): void | Promise<void>;
}

/**
 * Writes all of `bytes`, however little each call takes.
 *
 * @example
 * ```ts
 * import { type Bytes, writeAll } from "./bytes.ts";
 * const seen: number[] = [];
 * await writeAll({
 *   write: (bytes: Bytes) => (seen.push(bytes[0]!), Promise.resolve(1)),
 * }, new Uint8Array([1, 2, 3]));
 * console.assert(seen.join() === "1,2,3");
 * ```
 */
export async function writeAll(
  sink: Pick<Sink, "write">,
  bytes: Bytes,
): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    at += await sink.write(at === 0 ? bytes : bytes.subarray(at));
  }
}
