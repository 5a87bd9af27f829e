/**
 * Walks through a folder of the server and all below it. Links are never
 * followed.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import type { FtpClient } from "../client.ts";
import { FtpError, ProtocolError } from "../errors.ts";
import { isPlainName, type ListEntry } from "../listing.ts";
import { ShellError } from "./failure.ts";
import { shownPath } from "./on_server.ts";
import { readListing } from "./read_listing.ts";

/** What a folder and everything below it come to. */
export interface Totals {
  /** Bytes of all files whose size is known. */
  size: number;
  /** What is no folder. */
  files: number;
  /** Folders, without the one that the walk began with. */
  directories: number;
}

/** Who is told what is found. */
export interface Visitor {
  /** Every entry, before what is in it; `depth` is 1 in the first folder. */
  entry?(entry: ListEntry, depth: number): void;
  /** Every folder, after all that is in it; `depth` is 0 for the first. */
  folder?(path: string, depth: number, totals: Readonly<Totals>): void;
  /** A folder below the first that could not be listed. */
  failed(path: string, error: unknown): void;
}

/** Options for {@linkcode walk}. */
export interface WalkOptions {
  /** Cancels it. */
  signal: AbortSignal;
  /** Folders in folders that are listed; deeper ones are left out. @default {Infinity} */
  depth?: number;
  /** Folders in folders that are a failure. @default {100} */
  maxDepth?: number;
  /** Entries that are too many. @default {10000000} */
  maxEntries?: number;
}

/**
 * Walks through `path`. Memory is needed for the names of the folders on the
 * way only.
 *
 * @throws {FtpError} when the first folder is refused.
 * @throws {ShellError} when it does not exist.
 * @throws {ProtocolError} when there are entries without end.
 */
export async function walk(
  client: FtpClient,
  path: string,
  visitor: Visitor,
  options: WalkOptions,
): Promise<Totals> {
  const { depth = Infinity, maxDepth = 100, maxEntries = 1e7 } = options;
  const { signal } = options;
  let left = maxEntries;

  async function into(path: string, at: number): Promise<Totals> {
    const totals = { size: 0, files: 0, directories: 0 };
    const folders: string[] = [];
    const entries = readListing(client, path, { hidden: true, signal });
    for await (const entry of entries) {
      if (--left < 0) throw endless(maxEntries);
      visitor.entry?.(entry, at + 1);
      if (entry.unparsed !== undefined) continue;
      if (entry.type !== "directory") {
        totals.files++;
        if (entry.type === "file") totals.size += entry.size ?? 0;
        continue;
      }
      totals.directories++;
      if (at + 1 < depth) keep(folders, entry, visitor);
    }
    for (const folder of folders) add(totals, await below(folder, at + 1));
    visitor.folder?.(path, at, totals);
    return totals;
  }

  async function below(path: string, at: number): Promise<Totals> {
    try {
      if (at > maxDepth) throw tooDeep(path, maxDepth);
      return await into(path, at);
    } catch (error) {
      signal.throwIfAborted();
      if (!isOfOneFolder(error)) throw error;
      visitor.failed(path, error);
      return { size: 0, files: 0, directories: 0 };
    }
  }

  return await into(path, 0);
}

/** A folder whose name is none could lead anywhere. */
function keep(
  folders: string[],
  { name, path }: ListEntry,
  { failed }: Visitor,
): void {
  if (isPlainName(name)) folders.push(path);
  else failed(path, notEntered(path));
}

function notEntered(path: string): ShellError {
  const message = `${
    shownPath(path)
  }: not entered, this is no name of a folder`;
  return new ShellError("failed", message);
}

function add(totals: Totals, { size, files, directories }: Totals): void {
  totals.size += size;
  totals.files += files;
  totals.directories += directories;
}

/** Whether the other folders may be better. */
function isOfOneFolder(error: unknown): boolean {
  return error instanceof FtpError ||
    error instanceof ShellError;
}

function endless(most: number): ProtocolError {
  return new ProtocolError(`Stopped after ${most} entries: is there an end?`);
}

function tooDeep(path: string, depth: number): ShellError {
  return new ShellError(
    "failed",
    `${visible(path)}: folders in folders, ${depth} deep; stopped`,
  );
}
