/**
 * The file system a session sees: what a server needs of one, and how it says
 * no.
 *
 * Paths are virtual: absolute, `/`-separated, normalised (no `.`, `..`, `//`
 * or trailing `/`), with `/` as the root. What they stand for is known only to
 * the implementation. Variation is by wrapping ({@linkcode readOnly}), not by
 * flags.
 *
 * @module
 */

import type { Sink, Source } from "../../lib/bytes.ts";
import type { Entry } from "../../lib/ftp/listing.ts";
import { common, type Permission, READING } from "./rights.ts";
import { wrapped } from "./wrapped.ts";

export type { Entry, EntryType } from "../../lib/ftp/listing.ts";

/** Why a file system refused. */
export type FsErrorKind =
  | "not-found"
  | "exists"
  | "not-directory"
  | "is-directory"
  | "not-empty"
  | "permission"
  | "bad-name"
  | "bad-offset"
  | "no-space"
  | "too-large"
  | "over-quota"
  | "unsupported"
  | "io";

/** A file system said no. */
export class FsError extends Error {
  /** Why, as a word that code can compare. */
  readonly kind: FsErrorKind;

  /** Makes the error; without a message it says what the kind means. */
  constructor(
    kind: FsErrorKind,
    message: string = MEANINGS[kind],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "FsError";
    this.kind = kind;
  }
}

const MEANINGS: Record<FsErrorKind, string> = {
  "not-found": "No such file or directory.",
  "exists": "File exists.",
  "not-directory": "Not a directory.",
  "is-directory": "Is a directory.",
  "not-empty": "Directory not empty.",
  "permission": "Not enough privileges.",
  "bad-name": "File name not allowed.",
  "bad-offset": "Position beyond the end of the file.",
  "no-space": "Insufficient storage space.",
  "too-large": "File too large.",
  "over-quota": "Quota exceeded.",
  "unsupported": "Not supported by this file system.",
  "io": "Input/output error.",
};

/** An open file whose length is known. */
export interface FileSource extends Source {
  /** Size of the whole file in bytes when it was opened. */
  readonly size: number;
}

/**
 * How a file is written.
 *
 * - `replace`: under a hidden name, which takes the place of the old file when
 *   the sink is closed. Aborted, it leaves the old file as it was.
 * - `new`: the same, but closing fails with `exists` when the name was taken.
 * - `append`: in place, behind the last byte.
 * - `at`: in place from `offset`, where the file is cut first.
 */
export type WriteMode =
  | { mode: "replace" | "new" | "append" }
  | { mode: "at"; offset: number };

/** How a file or folder is renamed. */
export interface RenameOptions {
  /**
   * Whether a file that is in the way is replaced; without, `exists` is thrown,
   * also when it came in this instant. @default {true}
   */
  replace?: boolean;
}

/** What a quota counts. */
export interface Usage {
  /** Bytes of all files. */
  readonly bytes: number;
  /** Number of files and folders. */
  readonly files: number;
  /** Bytes that there may be. @default no limit */
  readonly maxBytes?: number | undefined;
  /** Files and folders that there may be. @default no limit */
  readonly maxFiles?: number | undefined;
}

/**
 * A tree of files.
 *
 * Every method throws {@linkcode FsError} when the file system says no.
 */
export interface FileSystem {
  /** Describes the file or folder at `path`; links are followed. */
  stat(path: string): Promise<Entry>;
  /**
   * Opens the folder at `path` for listing; it is opened when the promise
   * resolves. Entries that cannot be named on one line, that vanish meanwhile
   * or that lead out of the tree are left out. With `sorted` they come in the
   * order of their UTF-8 bytes.
   */
  list(
    path: string,
    options?: { sorted?: boolean },
  ): Promise<AsyncIterable<Entry>>;
  /** Opens a file for reading from `offset` (bytes, at most its size). */
  read(path: string, offset: number): Promise<FileSource>;
  /** Opens a file for writing. */
  write(path: string, how: WriteMode): Promise<Sink>;
  /** Removes a file, or a link but not what it leads to. */
  remove(path: string): Promise<void>;
  /** Renames a file or folder; a file that is in the way is replaced. */
  rename(from: string, to: string, options?: RenameOptions): Promise<void>;
  /** Makes one folder. */
  makeDirectory(path: string): Promise<void>;
  /** Removes one empty folder. */
  removeDirectory(path: string): Promise<void>;
  /** Sets the time of last modification. */
  setModified(path: string, modified: Date): Promise<void>;
  /** Sets the permission bits (0 to 0o777). */
  setMode(path: string, mode: number): Promise<void>;
  /** Sets the group, by its number; the system says who may. */
  setGroup(path: string, group: number): Promise<void>;
  /** Sets the time of creation; `unsupported` where nothing does. */
  setCreated(path: string, created: Date): Promise<void>;
  /** Makes a symbolic link at `path` that leads to the path `target`. */
  makeLink(path: string, target: string): Promise<void>;
  /**
   * The path with links resolved, and with the case of names that the system
   * ignores set right; what does not exist stays as it was given.
   */
  resolve(path: string): Promise<string>;
  /** Bytes that can still be stored in the folder; `null` when unknown. */
  space(path: string): Promise<number | null>;
  /** What the quota counts; `null` without one. */
  usage(): Promise<Usage | null>;
  /** What may be done at `path`, going by names: nothing is looked at. */
  rights(path: string): readonly Permission[];
  /**
   * The operating system's path, for logs and hooks; `null` where there is
   * none. Nothing is looked at, and links are not resolved.
   */
  fileOf(path: string): string | null;
}

/**
 * The same tree with everything that changes it refused.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { FsError, readOnly } from "./file_system.ts";
 * import { memoryFileSystem } from "./memory.ts";
 * const fs = readOnly(memoryFileSystem({ "/a": "text" }));
 * console.assert((await fs.stat("/a")).size === 4);
 * await assertRejects(() => fs.remove("/a"), FsError, "privileges");
 * ```
 */
export function readOnly(fs: FileSystem): FileSystem {
  const refuse = () => Promise.reject(new FsError("permission"));
  return wrapped(fs, {
    write: refuse,
    remove: refuse,
    rename: refuse,
    makeDirectory: refuse,
    removeDirectory: refuse,
    setModified: refuse,
    setMode: refuse,
    setGroup: refuse,
    setCreated: refuse,
    makeLink: refuse,
    rights: (path) => common(READING, fs.rights(path)),
  });
}
