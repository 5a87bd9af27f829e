/**
 * What a mirror is told.
 *
 * @module
 */

import type { Clock } from "../../../lib/clock.ts";
import type { Progress } from "../download.ts";
import type { LocalFiles } from "../local_files.ts";
import type { FtpPool } from "../pool.ts";
import type { RateLimit } from "../rate_limit.ts";
import type { FilterOptions } from "./filter.ts";
import type { NameRules } from "./local_name.ts";
import type { MirrorFailure, MirrorStep, MirrorStepState } from "./step.ts";

/** A folder on a server. */
export interface RemoteSide {
  /** The connections that do all the work. */
  readonly pool: FtpPool;
  /** The folder, as commands take it; "" for the current one. */
  readonly path: string;
}

/** A side of a mirror: the path of a local folder, or a folder on a server. */
export type MirrorSide = string | RemoteSide;

/**
 * How files of both sides are compared. Different sizes are always different,
 * and
 * - `newer`: so is a source that is newer, by more than both sides can tell;
 * - `time`: so is a source that is newer or older;
 * - `size`: nothing else is;
 * - `hash`: so are different hashes; without any, it is as with `newer`.
 */
export type MirrorComparison = "newer" | "size" | "time" | "hash";

/** Options for {@linkcode mirror}. */
export interface MirrorOptions extends FilterOptions {
  /** Only plan. @default {false} */
  dryRun?: boolean;
  /**
   * Remove what the source lacks. Nothing is removed from folders whose source
   * could not be read whole, nor what `include`, `exclude` and `hidden` leave
   * out. @default {false}
   */
  delete?: boolean;
  /** How files are compared. @default {"newer"} */
  compare?: MirrorComparison;
  /** Leave out what the target lacks. @default {false} */
  onlyExisting?: boolean;
  /** Leave out files with more bytes. @default {Infinity} */
  maxSize?: number;
  /**
   * What to do with links of the source: report them, or mirror what they lead
   * to, three deep at most. Links of the target are never followed nor
   * replaced. @default {"skip"}
   */
  links?: "skip" | "follow";
  /**
   * Go on with files that an earlier mirror left unfinished under a name that
   * ends with `.part`, if they are surely of the same file. @default {true}
   */
  resume?: boolean;
  /** Connections for one large download. @default {1} */
  segments?: number;
  /** Bytes from which a download is a large one. @default {67108864} */
  segmentFrom?: number;
  /**
   * What must be right when a file was moved: the number of its bytes, or its
   * hash too, where the server tells one. @default {"size"}
   */
  verify?: "size" | "hash";
  /** Give files the time of their source. @default {true} */
  preserveTime?: boolean;
  /** Bounds the bytes per second of all transfers together. @default none */
  rateLimit?: RateLimit | undefined;
  /** Folders in folders that are too many. @default {100} */
  maxDepth?: number;
  /** Entries of a side that are too many. @default {1000000} */
  maxEntries?: number;
  /** Told of every step, when it is planned and when it is done. */
  onStep?: ((step: MirrorStep, state: MirrorStepState) => void) | undefined;
  /** Told of every failure at once, also of those of a mirror that throws. */
  onFailure?: ((failure: MirrorFailure) => void) | undefined;
  /** Told how far the file of a step is. */
  onProgress?: ((path: string, progress: Progress) => void) | undefined;
  /** Cancels it; what is unfinished can be resumed. */
  signal?: AbortSignal | undefined;
  /** The local files. @default those of the pool */
  files?: LocalFiles;
  /** Whose rules hold for local names. @default this machine's */
  names?: NameRules;
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Clock;
}
