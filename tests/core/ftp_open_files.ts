/**
 * Which files a server has open, and how it ended its uploads.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import type { FileSource, FileSystem } from "../../server/fs/file_system.ts";

/** Watches what is opened through a file system. */
export class OpenFiles {
  /** What is open now: `reading /a`, `writing /b`. */
  readonly open: Set<string> = new Set();
  /** How uploads have ended: `close /a`, `abort /b`. */
  readonly uploads: string[] = [];

  /** The same file system, watched. */
  watch(fs: FileSystem): FileSystem {
    return {
      ...fs,
      read: async (path, offset) =>
        this.#source(path, await fs.read(path, offset)),
      write: async (path, how) => this.#sink(path, await fs.write(path, how)),
    };
  }

  #source(path: string, source: FileSource): FileSource {
    this.open.add(`reading ${path}`);
    return {
      size: source.size,
      read: (buffer) => source.read(buffer),
      close: async () => {
        this.open.delete(`reading ${path}`);
        await source.close();
      },
    };
  }

  #sink(path: string, sink: Sink): Sink {
    this.open.add(`writing ${path}`);
    const end = (how: "close" | "abort") => async () => {
      await sink[how]();
      this.open.delete(`writing ${path}`);
      this.uploads.push(`${how} ${path}`);
    };
    return {
      write: (bytes) => sink.write(bytes),
      close: end("close"),
      abort: end("abort"),
    };
  }
}
