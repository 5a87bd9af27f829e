/**
 * A download in segments, from its beginning to its end.
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import type { FtpClient } from "./client.ts";
import type { DownloadOptions, TransferResult } from "./download.ts";
import { FtpError, IncompleteError, isTransient } from "./errors.ts";
import type { FtpPool } from "./pool.ts";
import { readMap, removeMap, writeMap } from "./segments_map.ts";
import {
  LEAST_SEGMENT,
  type Range,
  type Segment,
  SegmentPlan,
} from "./segments_plan.ts";
import { partPath } from "./part_name.ts";
import { attempt, fileTarget } from "./targets.ts";

/** Options for {@linkcode downloadSegments}. */
export interface SegmentOptions
  extends Omit<DownloadOptions, "type" | "verify"> {
  /** Most connections for this file. @default the limit of the pool */
  segments?: number | undefined;
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Clock;
}

/** What is known of a file on the server. */
export interface Known {
  /** Bytes. */
  readonly size: number | null;
  /** Last modification. */
  readonly modified: Date | null;
}

/** A file, there and here. */
export interface Place extends Known {
  /** The path on the server. */
  readonly path: string;
  /** Where it goes. */
  readonly localPath: string;
  /** The folder that the path on the server means. */
  readonly folder: string | null;
  /** Bytes. */
  readonly size: number;
}

/** Milliseconds between two notes of what is there. */
const NOTE_MS = 1000;

/** A download from its beginning to its end. */
export class SegmentedDownload {
  readonly #pool: FtpPool;
  readonly #file: Place;
  readonly #options: SegmentOptions;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  #plan = new SegmentPlan(0, []);
  #moved = 0;
  #notedAt = 0;
  #lost: unknown = null;

  /** A download with the connections of `pool`. */
  constructor(pool: FtpPool, file: Place, options: SegmentOptions) {
    this.#pool = pool;
    this.#file = file;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Downloads over `most` connections, or as many as there are. */
  async run(most: number): Promise<TransferResult> {
    const { size, localPath } = this.#file;
    const { overwrite = true } = this.#options;
    // Nothing is opened yet: it says what is in the way.
    await fileTarget(this.#pool.files, localPath, {
      overwrite,
      resume: false,
      keepPart: false,
    });
    this.#plan = new SegmentPlan(size, await this.#begin());
    this.#notedAt = this.#clock.now();
    try {
      await this.#note(); // Before there are holes that look like bytes.
      await this.#fetchAll(most);
      await this.#finish();
    } catch (error) {
      await this.#abandon(error).catch(() => {}); // The first error is told.
      throw error;
    }
    return { path: this.#file.path, size, bytes: this.#moved };
  }

  /** What an earlier attempt has got; without one, an empty part is made. */
  async #begin(): Promise<readonly Range[]> {
    const { files } = this.#pool;
    const { localPath, size, modified } = this.#file;
    if (this.#options.resume) {
      const map = await readMap(files, localPath);
      const same = map?.size === size &&
        map.modified?.getTime() === modified?.getTime();
      if (same) return map.done;
    }
    await removeMap(files, localPath);
    const sink = await attempt("write", this.#part, files.create(this.#part));
    await sink.close();
    return [];
  }

  /** What a lost connection leaves, the others get in another round. */
  async #fetchAll(most: number): Promise<void> {
    while (!this.#plan.complete) {
      const before = this.#plan.bytes;
      await this.#fetchOnce(most);
      const { bytes, complete } = this.#plan;
      const worthIt = bytes - before >= LEAST_SEGMENT;
      if (complete || (worthIt && this.#pool.connections > 0)) continue;
      const { path, size } = this.#file;
      throw this.#lost ?? new IncompleteError(path, size, bytes);
    }
  }

  async #fetchOnce(most: number): Promise<void> {
    const workers = Array.from({ length: most }, () => this.#worker());
    await Promise.all(workers).catch((error) => this.#over.abort(error));
    await Promise.allSettled(workers);
    const { signal } = this.#over;
    if (signal.aborted && signal.reason !== this) throw signal.reason;
  }

  /** A connection's share; who waits for one at the end is not needed. */
  async #worker(): Promise<void> {
    const { signal } = this.#options;
    const signals = [this.#over.signal, ...(signal ? [signal] : [])];
    try {
      await this.#pool.run((client, signal) => this.#work(client, signal), {
        signal: AbortSignal.any(signals),
        folder: this.#file.folder,
      });
    } catch (error) {
      if (error !== this) throw error;
    }
  }

  async #work(client: FtpClient, signal: AbortSignal): Promise<void> {
    const plan = this.#plan;
    for (let next = plan.take(); next !== null; next = plan.take()) {
      try {
        await this.#fetch(client, next, signal);
      } catch (error) {
        if (!isTransient(error)) throw error;
        this.#lost = error; // The others have its rest, if there are others.
        return;
      } finally {
        plan.leave(next);
      }
    }
    if (plan.complete) this.#over.abort(this);
  }

  async #fetch(
    client: FtpClient,
    segment: Segment,
    signal: AbortSignal,
  ): Promise<void> {
    const { files } = this.#pool;
    const { path, size } = this.#file;
    const { start } = segment;
    const opening = files.patch(this.#part, start);
    const sink = await attempt("write", this.#part, opening);
    try {
      await client.downloadRange(path, this.#into(segment, sink), {
        ...this.#options,
        onProgress: undefined,
        offset: start,
        length: () => segment.end - start,
        size,
        signal,
      });
    } finally {
      await sink.close();
    }
  }

  #into(segment: Segment, sink: Sink): Pick<Sink, "write"> {
    return {
      write: async (bytes) => {
        const writing = sink.write(bytes);
        const count = await attempt("write", this.#part, writing);
        segment.position += count;
        this.#moved += count;
        await this.#tell();
        return count;
      },
    };
  }

  async #tell(): Promise<void> {
    const { path, size } = this.#file;
    const position = this.#plan.bytes;
    this.#options.onProgress?.({ path, position, size });
    if (this.#clock.now() - this.#notedAt < NOTE_MS) return;
    this.#notedAt = Infinity; // One at a time.
    await this.#note();
    this.#notedAt = this.#clock.now();
  }

  async #note(): Promise<void> {
    const { localPath, size, modified } = this.#file;
    const done = this.#plan.ranges;
    await writeMap(this.#pool.files, localPath, { size, modified, done });
  }

  async #finish(): Promise<void> {
    const { files } = this.#pool;
    const { localPath, modified } = this.#file;
    const { preserveTime = true } = this.#options;
    if (preserveTime && modified !== null) {
      const stamped = files.setModified(this.#part, modified);
      await attempt("set the time of", this.#part, stamped);
    }
    const renamed = files.rename(this.#part, localPath);
    await attempt("write", localPath, renamed);
    await removeMap(files, localPath);
  }

  /** The part stays only where it can be continued. */
  async #abandon(error: unknown): Promise<void> {
    if (this.#options.resume && !cannotRestart(error)) {
      return await this.#note();
    }
    await this.#pool.files.remove(this.#part);
    await removeMap(this.#pool.files, this.#file.localPath);
  }

  get #part(): string {
    return partPath(this.#file.localPath);
  }
}

/** REST was refused, or accepted and ignored. */
export function cannotRestart(error: unknown): boolean {
  if (error instanceof FtpError) {
    return error.command.startsWith("REST ") && !error.transient;
  }
  return error instanceof IncompleteError && error.received > error.expected;
}
