/**
 * A mirror before it begins: two sides, and what was told, made complete.
 *
 * @module
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import { pathIn } from "../listing.ts";
import type { LocalFiles } from "../local_files.ts";
import { createFilter, type Filter } from "./filter.ts";
import {
  nameKey,
  nameProblem,
  type NameRules,
  nameRulesOf,
  sendingProblem,
} from "./local_name.ts";
import type { FtpPool } from "../pool.ts";
import type { MirrorOptions, MirrorSide } from "./options.ts";
import { localTree } from "./scan_local.ts";
import { remoteTree } from "./scan_remote.ts";
import type { ListingRules, Tree } from "./tree.ts";

/** A mirror that can begin. */
export interface MirrorJob {
  /** Whether the target is on the server. */
  readonly isUpload: boolean;
  /** Where it comes from. */
  readonly source: Tree;
  /** Where it goes. */
  readonly target: Tree;
  /** The one of both that is on the server. */
  readonly remote: Tree;
  /** The other one. */
  readonly local: Tree;
  /** The connections. */
  readonly pool: FtpPool;
  /** The local files. */
  readonly files: LocalFiles;
  /** What it is about. */
  readonly filter: Filter;
  /** Equal for names that are one name. */
  readonly key: (name: string) => string;
  /** Whose milliseconds count. */
  readonly clock: Clock;
  /** Cancels it. */
  readonly signal: AbortSignal;
  /** What was told. */
  readonly options: MirrorOptions;
}

/**
 * Finds out what is wanted.
 *
 * @throws {TypeError} unless exactly one side is on a server.
 */
export async function prepareJob(
  source: MirrorSide,
  target: MirrorSide,
  options: MirrorOptions,
): Promise<MirrorJob> {
  const isUpload = typeof source === "string";
  const side = isUpload ? target : source;
  const folder = isUpload ? source : target;
  if (typeof side === "string" || typeof folder !== "string") {
    throw new TypeError(
      "Cannot mirror: one side must be a local path, the other one a pool " +
        "and a path",
    );
  }
  const { pool } = side;
  const { names = nameRulesOf(), clock = systemClock } = options;
  const { signal = new AbortController().signal } = options;
  const { hidden = true, maxEntries = 1_000_000 } = options;
  const files = options.files ?? pool.files;
  const rules = rulesFor(isUpload, names);
  // What stays on the server need not be a name here.
  const localRules = isUpload ? "posix" : names;
  const root = await absolute(pool, side.path, signal);
  const remote = remoteTree(pool, root, {
    rules: { ...rules, problem: (name) => nameProblem(name, localRules) },
    hidden,
    maxEntries,
    signal,
  });
  const local = localTree(files, folder === "" ? "." : folder, {
    rules: { ...rules, problem: isUpload ? sendingProblem : anyName },
    maxEntries,
    signal,
  });
  return {
    isUpload,
    source: isUpload ? local : remote,
    target: isUpload ? remote : local,
    remote,
    local,
    pool,
    files,
    filter: createFilter(options),
    key: rules.key,
    clock,
    signal,
    options,
  };
}

function anyName(): null {
  return null;
}

/** A server tells names apart; only their normal form may differ. */
function rulesFor(
  isUpload: boolean,
  names: NameRules,
): Pick<ListingRules, "key"> {
  if (!isUpload) return { key: (name) => nameKey(name, names) };
  if (names !== "darwin") return { key: (name) => name };
  return { key: (name) => name.normalize("NFC") };
}

/** Whatever connection does something must mean the same folder. */
async function absolute(
  pool: FtpPool,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  if (path.startsWith("/")) return path;
  const current = pool.folder ?? await pool.run(
    (client, signal) => client.workingDirectory({ signal }),
    { signal },
  );
  return current.startsWith("/") ? pathIn(current, path) : path;
}
