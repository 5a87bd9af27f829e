/**
 * A log file that does not grow without end.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";

/** Options for {@linkcode openLogFile}. */
export interface LogFileOptions {
  /**
   * The file, and the names of older ones, the youngest first. Without any the
   * file is emptied when it is full.
   */
  readonly paths: readonly string[];
  /** Bytes after which the file is put aside. @default no limit */
  readonly rotateSize?: number;
  /**
   * The name of the time that `date` is in, such as its day: the file is put
   * aside when a record comes in another one. @default never
   */
  readonly period?: ((date: Date) => string) | undefined;
  /** The time of day. @default the system's */
  readonly now?: () => Date;
  /** Permission bits of a new file. @default what the system gives */
  readonly mode?: number;
  /** Called when the file cannot be put aside; it grows on. */
  onFailed?(error: unknown): void;
}

/** A log file; only for one writer. */
export interface LogFile {
  /**
   * Puts the file aside where `length` more bytes are too many; how many may
   * follow in one go.
   */
  room(length: number): Promise<number>;
  /** Writes some of `bytes`, at least one; how many. One call at a time. */
  write(bytes: Bytes): Promise<number>;
  /** Opens the file anew before the next record: somebody has moved it. */
  reopen(): void;
  /** Closes the file. */
  close(): void;
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
  return new File(options);
}

/** Whether there is a file of this name already, to go on with. */
export function isLogThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Why a file can't be opened or written, in a few words. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such folder";
  const said = error instanceof Error ? error.message : String(error);
  return said.replace(/( \(os error \d+\)|, run again with).*/s, "");
}

class File implements LogFile {
  readonly #options: LogFileOptions;
  readonly #path: string;
  #file: Deno.FsFile | null;
  #size = 0;
  #period: string | undefined;
  #isMoved = false;

  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#path = options.paths[0] ?? "";
    refuseOthers(infoOf(this.#path));
    this.#file = Deno.openSync(this.#path, this.#how());
    this.#look(this.#file);
  }

  async room(length: number): Promise<number> {
    const { rotateSize = Infinity } = this.#options;
    if (this.#isMoved) await this.#openAnew();
    if (this.#isOver()) await this.#rotate();
    if (this.#size > 0 && this.#size + length > rotateSize) {
      // Somebody else may have made it shorter (logrotate's copytruncate).
      this.#size = this.#file?.statSync().size ?? 0;
      if (this.#size + length > rotateSize) await this.#rotate();
    }
    return rotateSize - this.#size;
  }

  async write(bytes: Bytes): Promise<number> {
    const written = await (await this.#current()).write(bytes);
    this.#size += written;
    return written;
  }

  reopen(): void {
    this.#isMoved = true;
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #how(): Deno.OpenOptions {
    const { mode } = this.#options;
    return { append: true, create: true, ...(mode && { mode }) };
  }

  /** What was written in another time stays with what else was. */
  #look(file: Deno.FsFile): void {
    const { size, mtime } = file.statSync();
    this.#size = size;
    const date = size > 0 && mtime !== null ? mtime : this.#now();
    this.#period = this.#options.period?.(date);
  }

  #isOver(): boolean {
    const { period } = this.#options;
    return period !== undefined && period(this.#now()) !== this.#period;
  }

  async #current(): Promise<Deno.FsFile> {
    if (this.#file !== null) return this.#file;
    refuseOthers(infoOf(this.#path));
    this.#file = await Deno.open(this.#path, this.#how());
    this.#look(this.#file);
    return this.#file;
  }

  async #openAnew(): Promise<void> {
    this.#isMoved = false;
    this.close();
    await this.#current().catch(() => {}); // The next write says why.
  }

  async #rotate(): Promise<void> {
    const { paths, period, onFailed } = this.#options;
    const isEmpty = this.#size === 0;
    this.close();
    try {
      if (!isEmpty) await putAside(paths);
    } catch (error) {
      onFailed?.(error);
      await this.#openAnew();
    }
    // After a failure, too: it is tried again when as much has come again.
    this.#size = 0;
    this.#period = period?.(this.#now());
  }
}

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
