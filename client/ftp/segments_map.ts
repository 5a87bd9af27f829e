/**
 * The note beside a file that is being fetched in segments: which of its bytes
 * are there, and of which file. Without it nobody could tell its holes.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import type { LocalFiles } from "./local_files.ts";
import type { Range } from "./segments_plan.ts";
import { partPath } from "./part_name.ts";
import { attempt } from "./targets.ts";

/** What the note says. */
export interface SegmentMap {
  /** Bytes of the file on the server. */
  readonly size: number;
  /** When it was modified there; `null` when the server does not tell. */
  readonly modified: Date | null;
  /** What is there. */
  readonly done: readonly Range[];
}

const LONGEST = 1 << 20;

function mapPath(path: string): string {
  return `${partPath(path)}.map`;
}

/** Writes the note for a download to `path`; it is the old or the new one. */
export async function writeMap(
  files: LocalFiles,
  path: string,
  map: SegmentMap,
): Promise<void> {
  const place = mapPath(path);
  const text = new TextEncoder().encode(JSON.stringify(map));
  await attempt(
    "write",
    place,
    replaceFile(files, place, text),
  );
}

async function replaceFile(
  files: LocalFiles,
  path: string,
  bytes: Bytes,
): Promise<void> {
  const fresh = `${path}.new`;
  const sink = await files.create(fresh);
  try {
    await writeAll(sink, bytes);
    await sink.close();
    await files.rename(fresh, path);
  } catch (error) {
    await sink.abort();
    await files.remove(fresh).catch(() => {}); // The first error is told.
    throw error;
  }
}

/** Removes the note for a download to `path`. */
export async function removeMap(
  files: LocalFiles,
  path: string,
): Promise<void> {
  const place = mapPath(path);
  const note = await attempt("read", place, files.stat(place));
  if (note !== null) await attempt("remove", place, files.remove(place));
}

/**
 * The note for a download to `path`; `null` when there is none. One that makes
 * no sense, or does not fit the part, says that nothing is there.
 */
export async function readMap(
  files: LocalFiles,
  path: string,
): Promise<SegmentMap | null> {
  const place = mapPath(path);
  const note = await attempt("read", place, files.stat(place));
  if (note === null) return null;
  const part = await attempt("read", place, files.stat(partPath(path)));
  const text = note.type === "file" && note.size <= LONGEST
    ? await attempt("read", place, readText(files, place, note.size))
    : "";
  const map = parseMap(text);
  const end = Math.max(0, ...map?.done.map(([, end]) => end) ?? []);
  const fits = part?.type === "file" && part.size >= end;
  return fits && map !== null ? map : { size: 0, modified: null, done: [] };
}

/**
 * Makes a part with holes end at the first one, so that it can be continued
 * like any other.
 */
export async function cutAtHole(
  files: LocalFiles,
  path: string,
): Promise<void> {
  const map = await readMap(files, path);
  if (map === null) return;
  const [first] = map.done;
  const part = partPath(path);
  if (first?.[0] === 0) {
    const cut = await attempt("write", part, files.extend(part, first[1]));
    await cut.close();
  } else if (await files.stat(part) !== null) {
    await attempt("remove", part, files.remove(part));
  }
  await removeMap(files, path);
}

async function readText(
  files: LocalFiles,
  path: string,
  size: number,
): Promise<string> {
  const source = await files.read(path, 0);
  const bytes: Bytes = new Uint8Array(size);
  let at = 0;
  try {
    while (at < size) {
      const count = await source.read(bytes.subarray(at));
      if (count === null) break;
      at += count;
    }
  } finally {
    await source.close();
  }
  return new TextDecoder().decode(bytes.subarray(0, at));
}

function parseMap(text: string): SegmentMap | null {
  try {
    const { size, modified, done } = JSON.parse(text);
    const time = modified === null ? null : new Date(modified);
    if (!isSize(size) || Number.isNaN(time?.getTime() ?? 0)) return null;
    if (!Array.isArray(done) || !done.every(isRange)) return null;
    return { size, modified: time, done };
  } catch {
    return null;
  }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isRange(value: unknown): value is Range {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [start, end] = value;
  return isSize(start) && isSize(end) && start <= end;
}
