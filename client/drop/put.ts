/**
 * Sending files to a drop box.
 *
 * @module
 */

import type { Bytes, Source } from "../../lib/bytes.ts";
import { EXIT, ToolError } from "../../lib/cli/errors.ts";
import { unlessAborted } from "../ftp/unless_aborted.ts";
import { bytesSource } from "../service/bytes_source.ts";
import { ServiceError } from "../service/errors.ts";
import type { WaitLimits } from "../service/in_time.ts";
import type { StreamTarget } from "../service/target.ts";
import { type DropLink, openLink } from "./link.ts";
import { checkName } from "./name.ts";

/** What is sent: bytes, or a source whose size may be known. */
export interface DropContents extends Pick<Source, "read"> {
  /** Bytes that the source has; `null` when it must be read to know. */
  readonly size: number | null;
}

/** Options for putting and getting. */
export interface DropOptions extends WaitLimits {
  /** Told how many bytes moved, each time some did. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

const FIRST_BUFFER = 1 << 16;
const LONG_BUFFER = 1 << 18;

/**
 * Saves `contents` in a drop box under `name`: all of it or nothing, whatever
 * happens in between. Returns how many bytes the server has.
 *
 * @throws {DropError} when the server refuses.
 * @throws {ServiceError} when it cannot be reached, breaks off, or moves
 * nothing for `timeout` milliseconds.
 * @throws {ToolError} when a source has fewer bytes than it said.
 *
 * @example
 * ```ts
 * import type { StreamTarget } from "../service/target.ts";
 * import { dropPut } from "./put.ts";
 * async function keep(target: StreamTarget, text: string): Promise<void> {
 *   const bytes = new TextEncoder().encode(text);
 *   await dropPut(target, "notes.txt", bytes, { timeout: 5000 });
 * }
 * ```
 */
export async function dropPut(
  target: StreamTarget,
  name: string,
  contents: Bytes | DropContents,
  options: DropOptions,
): Promise<number> {
  checkName(name);
  using link = await openLink(target, options);
  return await putOver(link, name, contents, options);
}

/** The same over a connection that is there. */
export async function putOver(
  link: DropLink,
  name: string,
  contents: Bytes | DropContents,
  options: Pick<DropOptions, "onProgress" | "signal"> = {},
): Promise<number> {
  const given = contents instanceof Uint8Array
    ? { size: contents.length, ...bytesSource(contents) }
    : contents;
  const answer = link.answer();
  const answered = new AbortController();
  answer.catch(() => {}).finally(() => answered.abort());
  let sent: number | null;
  try {
    sent = await send(link, name, given, answered.signal, options);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // A server that says no ends the connection: why, is in its answer.
    await link.soon(answer).catch((said) => {
      throw said instanceof ServiceError ? error : said;
    });
    throw error;
  }
  const line = await link.soon(answer);
  if (sent !== null && savedBytes(line) === sent) return sent;
  throw link.nonsense(line);
}

/**
 * Sends everything and returns how much that was; `null` when the server
 * answered before it had all.
 */
async function send(
  link: DropLink,
  name: string,
  { size, read }: DropContents,
  answered: AbortSignal,
  { onProgress, signal }: Pick<DropOptions, "onProgress" | "signal">,
): Promise<number | null> {
  await link.ask(`send ${size ?? "-"} ${name}`);
  let sent = 0;
  let buffer: Bytes = new Uint8Array(FIRST_BUFFER);
  while (size === null || sent < size) {
    const room = size === null ? buffer.length : size - sent;
    const reading = read(buffer.subarray(0, room));
    const count = await unlessAnswered(reading, answered, signal);
    if (count === "answered") return null;
    if (count === null) break;
    if (size === null) await link.ask(`${count}`);
    await link.write(buffer.subarray(0, count));
    sent += count;
    onProgress?.(count);
    const isShort = buffer.length < LONG_BUFFER;
    if (count === buffer.length && isShort) {
      buffer = new Uint8Array(LONG_BUFFER);
    }
  }
  if (size === null) await link.ask("0");
  if (size === null || sent === size) return sent;
  throw new ToolError(
    `${name}: only ${sent} of ${size} bytes could be read; nothing was saved`,
    EXIT.failed,
  );
}

/** What is piped in may come late, or never: an answer ends the waiting. */
async function unlessAnswered<T>(
  reading: Promise<T>,
  answered: AbortSignal,
  signal: AbortSignal | undefined,
): Promise<T | "answered"> {
  try {
    return await unlessAborted(unlessAborted(reading, signal), answered);
  } catch (error) {
    if (error === answered.reason) return "answered";
    throw error;
  }
}

/** How many bytes the server says it saved; `null` when it says no such thing. */
function savedBytes(line: string): number | null {
  const [, bytes] = /^saved .* \((\d{1,16}) bytes?\)$/.exec(line) ?? [];
  return bytes === undefined ? null : Number(bytes);
}
