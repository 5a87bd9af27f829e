/**
 * Downloads, uploads and listings from beginning to end, in as many attempts
 * as allowed.
 *
 * @module
 */

import type { Bytes, Sink } from "../../lib/bytes.ts";
import {
  attemptDownload,
  type Download,
  type DownloadOptions,
  type TransferResult,
} from "./download.ts";
import type { Link } from "./link.ts";
import { listEntries, type ListEntry, type ListOptions } from "./listing.ts";
import type { LocalFiles } from "./local_files.ts";
import { supplyOf, type UploadSource } from "./supplies.ts";
import {
  fileTarget,
  sinkTarget,
  streamTarget,
  type Target,
} from "./targets.ts";
import { attemptUpload, type Upload, type UploadOptions } from "./upload.ts";

/** Where a download can go: a path, a stream, or a sink. */
export type DownloadTarget = string | WritableStream<Bytes> | Sink;

/** Makes a target of what was given. */
export async function targetOf(
  target: DownloadTarget,
  files: LocalFiles,
  { resume = false, overwrite = true, keepPart = resume, size }:
    DownloadOptions,
): Promise<Target> {
  if (typeof target === "string") {
    return await fileTarget(files, target, {
      resume,
      keepPart,
      overwrite,
      size,
    });
  }
  return "getWriter" in target ? streamTarget(target) : sinkTarget(target);
}

/** Downloads `path` into `target`, which is finished or abandoned. */
export async function download(
  link: Link,
  path: string,
  target: Target,
  options: DownloadOptions,
): Promise<TransferResult> {
  const job: Download = { path, target, options, moved: 0 };
  const { signal } = options;
  try {
    await link.run((session, signal) => attemptDownload(session, job, signal), {
      signal,
    });
    await target.finish(job.modified ?? null);
  } catch (error) {
    await target.abandon(error);
    throw error;
  }
  return { path, size: target.position, bytes: job.moved };
}

/** Uploads `source` to `path`. */
export async function upload(
  link: Link,
  source: UploadSource,
  path: string,
  files: LocalFiles,
  options: UploadOptions,
): Promise<TransferResult> {
  const supply = await supplyOf(source, files);
  // Twice appended, or stored under two names, would be wrong.
  const repeatable = supply.restartable && !options.append && !options.unique;
  const mayRetry = repeatable && link.retries > 0;
  const job: Upload = { path, supply, options, mayRetry, moved: 0, sent: 0 };
  try {
    return await link.run(
      (session, signal) => attemptUpload(session, job, signal),
      { signal: options.signal, repeat: mayRetry ? "any" : "none" },
    );
  } finally {
    await supply.close();
  }
}

/** Lists `path`; a listing that has begun is not tried again. */
export async function* list(
  link: Link,
  path: string,
  options: ListOptions,
): AsyncGenerator<ListEntry> {
  using scope = link.scope(options.signal);
  const { signal } = scope;
  for (let retry = 0;; retry++) {
    let told = false;
    try {
      const session = await link.connected(signal);
      const listing = listEntries(session, path, { ...options, signal });
      for await (const entry of listing) {
        told = true;
        yield entry;
      }
      return;
    } catch (error) {
      if (told) throw error;
      await link.repeat(error, retry, { signal });
    }
  }
}
