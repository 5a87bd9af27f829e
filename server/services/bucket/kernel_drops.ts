/**
 * Datagrams that the kernel dropped before we could take them, because our
 * socket's buffer was full.
 *
 * Linux counts them in `/proc`, where a confined program cannot look: the
 * runtime opens these files only with `--allow-all`.
 *
 * @module
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import { pause } from "../../../lib/net/wait.ts";

/** What the system tells of this process. */
export interface ProcessView {
  /** What its open files are, such as `socket:[4711]`. */
  files(): string[];
  /** A file's text; throws when there is none or it may not be read. */
  read(path: string): string;
}

/** Options for {@linkcode watchKernelDrops}. */
export interface DropWatchOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Called when datagrams were dropped: how many new ones, how many in all. */
  onDrops(fresh: number, total: number): void;
  /** Milliseconds between two looks. @default {1000} */
  readonly interval?: number;
  /** What the system tells. @default {systemView} */
  readonly view?: ProcessView;
  /** Whose milliseconds count. @default {systemClock} */
  readonly clock?: Clock;
}

const TABLES = ["/proc/net/udp", "/proc/net/udp6"];
/** Columns of these tables, counted from 0. */
const INODE = 9;
const DROPS = 12;

/** This process, as Linux tells. */
export const systemView: ProcessView = {
  files: () =>
    Array.from(Deno.readDirSync("/proc/self/fd"), ({ name }) => target(name)),
  read: (path) => Deno.readTextFileSync(path),
};

/**
 * How many datagrams the kernel dropped at this process's sockets, by inode;
 * `null` where nobody says.
 *
 * @example
 * ```ts
 * import { kernelDrops } from "./kernel_drops.ts";
 * const heading = "sl local_address rem_address st queue tr retrnsmt uid timeout inode ref pointer drops";
 * const row = " 1: 0100007F:1E3B 00000000:0000 07 0:0 00:0 0 0 0 4711 2 0000 37";
 * const drops = kernelDrops({
 *   files: () => ["socket:[4711]"],
 *   read: () => `${heading}\n${row}\n`,
 * });
 * console.assert(drops?.get("4711") === 37);
 * ```
 */
export function kernelDrops(
  view: ProcessView = systemView,
): Map<string, number> | null {
  try {
    const own = new Set(view.files().flatMap(inodeOf));
    const rows = TABLES.flatMap((path) => rowsOf(view, path));
    const drops = new Map<string, number>();
    for (const row of rows) {
      const inode = row[INODE] ?? "";
      if (own.has(inode)) drops.set(inode, Number(row[DROPS]));
    }
    return drops;
  } catch {
    return null;
  }
}

/**
 * Looks every second whether the kernel dropped datagrams, until the signal
 * aborts; returns at once where nobody says.
 *
 * @example
 * ```ts
 * import { watchKernelDrops } from "./kernel_drops.ts";
 * await watchKernelDrops({ signal: AbortSignal.abort(), onDrops: () => {} });
 * ```
 */
export async function watchKernelDrops(
  options: DropWatchOptions,
): Promise<void> {
  const { signal, onDrops, interval = 1000, view, clock } = options;
  let known = kernelDrops(view);
  let total = 0;
  while (known !== null && !signal.aborted) {
    await pause(interval, { signal, clock: clock ?? systemClock });
    const now = kernelDrops(view);
    let fresh = 0;
    for (const [inode, count] of now ?? []) {
      fresh += Math.max(0, count - (known.get(inode) ?? 0));
    }
    total += fresh;
    if (fresh > 0) onDrops(fresh, total);
    known = now;
  }
}

function rowsOf(view: ProcessView, path: string): string[][] {
  const lines = textOf(view, path).split("\n").slice(1);
  return lines.map((line) => line.trim().split(/\s+/));
}

/** A machine without IPv6 has no table for it. */
function textOf(view: ProcessView, path: string): string {
  try {
    return view.read(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && path !== TABLES[0]) return "";
    throw error;
  }
}

function inodeOf(file: string): string[] {
  return /^socket:\[(\d+)\]$/.exec(file)?.slice(1) ?? [];
}

/** A file may be closed while we look. */
function target(name: string): string {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${name}`);
  } catch {
    return "";
  }
}
