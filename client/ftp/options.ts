/**
 * Options of the client's methods.
 *
 * @module
 */

import type { DownloadOptions } from "./download.ts";
import type { LinkOptions } from "./link.ts";
import type { LocalFiles } from "./local_files.ts";

/** Options for {@linkcode FtpClient.connect}. Times are in milliseconds. */
export interface ConnectOptions extends LinkOptions {
  /** Cancels the connecting. */
  signal?: AbortSignal;
  /** The files that paths of downloads and uploads mean. @default this machine's */
  files?: LocalFiles;
}

/** Options of every method. */
export interface CallOptions {
  /** Cancels it; the connection stays usable, or is closed. */
  signal?: AbortSignal | undefined;
}

/** Options for {@linkcode FtpClient.login}. */
export interface LoginOptions extends CallOptions {
  /** The account, for servers that ask for one. @default none */
  account?: string | undefined;
}

/** Options for {@linkcode FtpClient.downloadBytes}. */
export interface DownloadBytesOptions extends DownloadOptions {
  /** Bytes that are too many for memory. @default {268435456} */
  maxBytes?: number;
}

/** Options for {@linkcode FtpClient.makeDirectory}. */
export interface MakeDirectoryOptions extends CallOptions {
  /** Also the folders above; one that is there is no error. @default {false} */
  parents?: boolean;
}

/** Options for {@linkcode FtpClient.removeDirectory}. */
export interface RemoveDirectoryOptions extends CallOptions {
  /** Also what is in it; links are removed, never followed. @default {false} */
  recursive?: boolean;
  /** Folders in folders that are too many. @default {100} */
  maxDepth?: number;
  /** Entries that are too many. @default {1000000} */
  maxEntries?: number;
}
