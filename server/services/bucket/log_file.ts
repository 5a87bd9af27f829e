/**
 * A log file that does not grow without end.
 *
 * @module
 */

import type { RecordSink } from "./spool.ts";

/** Options for {@linkcode openLogFile}. */
export interface LogFileOptions {
  /**
   * The file, and the names of older ones, the youngest first. Without any the
   * file is emptied when it is full.
   */
  readonly paths: readonly string[];
  /** Bytes after which the file is put aside. @default no limit */
  readonly rotateSize?: number;
  /** Called when the file cannot be put aside; it grows on. */
  onFailed?(error: unknown): void;
}

/** A log file; only for one writer. */
export interface LogFile extends RecordSink {
  /** Opens the file anew before the next record: somebody has moved it. */
  reopen(): void;
}

/**
 * Opens a file to append to. When a record would make it larger than
 * `rotateSize`, it is renamed, as are its predecessors, and a new one is begun;
 * a record is never cut in two.
 *
 * Throws what the runtime throws when the file cannot be opened, and an error
 * when it is a pipe or a device.
 *
 * @example
 * ```ts
 * import { openLogFile } from "./log_file.ts";
 * const path = await Deno.makeTempFile();
 * const log = openLogFile({ paths: [path], rotateSize: 1000 });
 * await log.write(new TextEncoder().encode("one record\n"));
 * log.close();
 * await Deno.remove(path);
 * ```
 */
export function openLogFile(options: LogFileOptions): LogFile {
  const { paths, rotateSize = Infinity, onFailed } = options;
  const [path = ""] = paths;
  refuseOthers(infoOf(path));
  let file: Deno.FsFile | null = Deno.openSync(path, APPEND);
  let size = file.statSync().size;
  let isMoved = false;

  function close(): void {
    file?.close();
    file = null;
  }

  async function current(): Promise<Deno.FsFile> {
    if (file !== null) return file;
    refuseOthers(infoOf(path));
    file = await Deno.open(path, APPEND);
    size = file.statSync().size;
    return file;
  }

  async function openAnew(): Promise<void> {
    isMoved = false;
    close();
    await current().catch(() => {}); // The next write says why.
  }

  async function rotate(): Promise<void> {
    close();
    try {
      await putAside(paths);
    } catch (error) {
      onFailed?.(error);
      await openAnew();
    }
    // After a failure, too: it is tried again when as much has come again.
    size = 0;
  }

  return {
    async room(length) {
      if (isMoved) await openAnew();
      if (size > 0 && size + length > rotateSize) await rotate();
      return rotateSize - size;
    },
    async write(bytes) {
      const written = await (await current()).write(bytes);
      size += written;
      return written;
    },
    reopen() {
      isMoved = true;
    },
    close,
  };
}

const APPEND = { append: true, create: true } as const;

/** Opening a pipe waits for a reader, and a device must not be renamed. */
function refuseOthers(info: Deno.FileInfo | null): void {
  if (info === null || info.isFile || info.isDirectory) return;
  throw new Error("it is not a regular file");
}

function infoOf(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Gives every file the name of the next older one; the oldest goes. */
async function putAside(paths: readonly string[]): Promise<void> {
  if (paths.length === 1) return await Deno.truncate(paths[0]!);
  for (let at = paths.length - 1; at > 0; at--) {
    try {
      await Deno.rename(paths[at - 1]!, paths[at]!);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
