/**
 * A file system in which calls go wrong, and which counts what is open.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import type { FileSource, FileSystem } from "../../server/fs/file_system.ts";
import { wrapped } from "../../server/fs/wrapped.ts";
import type { Fuse } from "./faults_fuse.ts";

/** What a {@linkcode faultyFileSystem} has open. */
export interface Watched {
  /** The file system. */
  readonly fs: FileSystem;
  /** What is open now: `read /a`, `write /b`, `list /`. */
  readonly open: Map<number, string>;
}

/**
 * The same tree; each call passes the fuse, those of open files and listings
 * too. A read or a write moves at most `most` bytes.
 */
export function faultyFileSystem(
  fs: FileSystem,
  fuse: Fuse,
  most: number = Infinity,
): Watched {
  const open = new Map<number, string>();
  let number = 0;
  const opened = (what: string) => {
    const own = ++number;
    open.set(own, what);
    return () => void open.delete(own);
  };
  const changing = [
    ...["remove", "rename", "makeDirectory", "removeDirectory", "makeLink"],
    ...["setModified", "setMode", "setGroup", "setCreated"],
    ...["stat", "resolve", "space", "usage"],
  ] as const;
  const own: Record<string, unknown> = {};
  for (const name of changing) {
    const method = fs[name as keyof FileSystem] as (
      ...all: unknown[]
    ) => unknown;
    own[name] = (...all: unknown[]) =>
      fuse.pass(`${name} ${all[0]}`, () => method.apply(fs, all));
  }
  const faulty = wrapped(fs, {
    ...own as Partial<FileSystem>,
    read: (path, offset) =>
      fuse.pass(`read ${path}`, async () => {
        const source = await fs.read(path, offset);
        return faultySource(source, path, opened(`read ${path}`));
      }, (source) => source.close()),
    write: (path, how) =>
      fuse.pass(`write ${path}`, async () => {
        const sink = await fs.write(path, how);
        return faultySink(sink, path, opened(`write ${path}`));
      }, (sink) => sink.abort()),
    list: (path, options) =>
      fuse.pass(`list ${path}`, async () => {
        const entries = await fs.list(path, options);
        return faultyList(entries, path, () => opened(`list ${path}`));
      }),
  });
  return { fs: faulty, open };

  function faultySource(
    source: FileSource,
    path: string,
    released: () => void,
  ): FileSource {
    return {
      size: source.size,
      read: (buffer) =>
        fuse.pass(
          `read from ${path}`,
          () => source.read(buffer.subarray(0, most)),
        ),
      close: () =>
        fuse.passDone(`close ${path}`, () => {
          released();
          return source.close();
        }),
    };
  }

  function faultySink(sink: Sink, path: string, released: () => void): Sink {
    return {
      write: (bytes) =>
        fuse.pass(
          `write to ${path}`,
          () => sink.write(bytes.subarray(0, most)),
        ),
      // What could not be closed is still there to be aborted.
      close: () =>
        fuse.pass(`complete ${path}`, async () => {
          await sink.close();
          released();
        }),
      abort: () =>
        fuse.passDone(`abort ${path}`, () => {
          released();
          return sink.abort();
        }),
    };
  }

  async function* faultyList<T>(
    entries: AsyncIterable<T>,
    path: string,
    begun: () => () => void,
  ): AsyncGenerator<T, void, void> {
    const released = begun();
    const iterator = entries[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await fuse.pass(
          `next of ${path}`,
          () => iterator.next(),
        );
        if (next.done) return;
        yield next.value;
      }
    } finally {
      released();
      await iterator.return?.();
    }
  }
}
