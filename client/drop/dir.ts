/**
 * Listing a drop box.
 *
 * @module
 */

import { type Line, LineFloodError, LineReader } from "../../lib/lines.ts";
import { ServiceError } from "../service/errors.ts";
import type { WaitLimits } from "../service/in_time.ts";
import type { StreamTarget } from "../service/target.ts";
import { DropError } from "./errors.ts";
import { type DropLink, openLink } from "./link.ts";

/** A file in a drop box. */
export interface DropEntry {
  /** Its name, as the server says it: not safe to show on a terminal. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last modified; `null` when the server says what is no time. */
  readonly modified: Date | null;
}

/** Longest line of a listing in bytes: size, time, name. */
const MAX_LINE = 512;

/**
 * The files of a drop box, in the order of their names, as they come.
 *
 * @throws {DropError} when the server refuses.
 * @throws {ServiceError} when it cannot be reached, breaks off, or sends
 * nothing for `timeout` milliseconds.
 *
 * @example
 * ```ts
 * import type { StreamTarget } from "../service/target.ts";
 * import { dropDir } from "./dir.ts";
 * async function total(target: StreamTarget): Promise<number> {
 *   let bytes = 0;
 *   for await (const { size } of dropDir(target, { timeout: 5000 })) {
 *     bytes += size;
 *   }
 *   return bytes;
 * }
 * ```
 */
export async function* dropDir(
  target: StreamTarget,
  limits: WaitLimits,
): AsyncGenerator<DropEntry, void, void> {
  using link = await openLink(target, limits);
  yield* dirOver(link);
}

/** The same over a connection that is there. */
export async function* dirOver(
  link: DropLink,
): AsyncGenerator<DropEntry, void, void> {
  await link.ask("list");
  const lines = new LineReader(link, { maxLength: MAX_LINE, maxSkipped: 0 });
  for (let count = 0;; count++) {
    const text = await nextLine(link, lines);
    if (text === null) {
      throw new ServiceError("closed", "the listing broke off; try again");
    }
    if (text.startsWith("error: ")) throw new DropError(text.slice(7));
    if (text === `ok ${count}`) return;
    yield parseEntry(text) ?? nonsense(link, text);
  }
}

async function nextLine(
  link: DropLink,
  lines: LineReader,
): Promise<string | null> {
  const line: Line | null = await lines.next().catch((error) => {
    if (error instanceof LineFloodError) nonsense(link, error.message);
    throw error;
  });
  if (line?.tooLong) nonsense(link, "a line that is too long");
  return line && new TextDecoder().decode(line.bytes);
}

function nonsense(link: DropLink, said: string): never {
  throw link.nonsense(said);
}

function parseEntry(line: string): DropEntry | null {
  const [, size, time = "", name] =
    /^(\d{1,16})\t([^\t]{1,40})\t([^\t]+)$/.exec(line) ?? [];
  if (size === undefined || name === undefined) return null;
  const modified = new Date(time);
  const isTime = !Number.isNaN(modified.getTime());
  return { name, size: Number(size), modified: isTime ? modified : null };
}
