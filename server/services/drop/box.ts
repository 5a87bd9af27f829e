/**
 * A drop box: the folder, what may be done with it, and what has been done.
 *
 * @module
 */

import type { FileSystem } from "../../fs/file_system.ts";
import type { FileCount } from "./file_count.ts";

/** What clients may do: save and fetch, only fetch, only save. */
export type DropAccess = "read-write" | "read-only" | "upload-only";

/** A folder that files are dropped into. */
export interface DropBox {
  /** Its files, in the root. */
  readonly fs: FileSystem;
  /** What clients may do. */
  readonly access: DropAccess;
  /** Most bytes of a file. */
  readonly maxSize: number;
  /** Milliseconds for the first line, and in which an upload must move. */
  readonly patience: number;
  /** How many files there are, and may be. */
  readonly files: FileCount;
  /** Whether a new file may take the place of an old one. */
  readonly overwrite: boolean;
  /** What has been done since the start. */
  readonly counts: DropCounts;
}

/** What a box has done. */
export interface DropCounts {
  /** Files that were saved. */
  saved: number;
  /** Bytes of these. */
  savedBytes: number;
  /** Files that were sent, whole. */
  sent: number;
  /** Bytes that were sent, of files that broke off, too. */
  sentBytes: number;
  /** Listings. */
  listings: number;
  /** Requests that were refused, uploads that were given up among them. */
  refused: number;
}

/** Buffers begin so long, because most files are short; in bytes. */
export const FIRST_BUFFER: number = 1 << 14;
/** Buffers that were filled once become so long. */
export const LONG_BUFFER: number = 1 << 18;
