/**
 * Fetching files from a drop box.
 *
 * @module
 */

import { type Bytes, type Sink, writeAll } from "../../lib/bytes.ts";
import { ServiceError } from "../service/errors.ts";
import type { StreamTarget } from "../service/target.ts";
import { type DropLink, openLink } from "./link.ts";
import { checkName } from "./name.ts";
import type { DropOptions } from "./put.ts";

/** Options for {@linkcode dropGet}. */
export interface DropGetOptions extends DropOptions {
  /** Told the size once it is known, before the first byte. */
  readonly onSize?: ((size: number) => void) | undefined;
}

const FIRST_BUFFER = 1 << 16;
const LONG_BUFFER = 1 << 18;

/**
 * Writes the file `name` of a drop box to `sink` and returns its size. The
 * sink is neither closed nor aborted; after an error it has a beginning of the
 * file at most.
 *
 * @throws {DropError} when the server refuses, or there is no such file.
 * @throws {ServiceError} when it cannot be reached, breaks off, or moves
 * nothing for `timeout` milliseconds.
 *
 * @example
 * ```ts
 * import type { StreamTarget } from "../service/target.ts";
 * import { dropGet } from "./get.ts";
 * async function show(target: StreamTarget): Promise<void> {
 *   await dropGet(target, "notes.txt", Deno.stdout, { timeout: 5000 });
 * }
 * ```
 */
export async function dropGet(
  target: StreamTarget,
  name: string,
  sink: Pick<Sink, "write">,
  options: DropGetOptions,
): Promise<number> {
  checkName(name);
  using link = await openLink(target, options);
  return await getOver(link, name, sink, options);
}

/** The same over a connection that is there. */
export async function getOver(
  link: DropLink,
  name: string,
  sink: Pick<Sink, "write">,
  { onProgress, onSize }: Partial<DropGetOptions> = {},
): Promise<number> {
  await link.ask(`fetch ${name}`);
  const line = await link.soon(link.answer());
  const [, digits] = /^ok (\d{1,16})$/.exec(line) ?? [];
  if (digits === undefined) throw link.nonsense(line);
  const size = Number(digits);
  onSize?.(size);
  let got = 0;
  let buffer: Bytes = new Uint8Array(Math.min(size, FIRST_BUFFER));
  while (got < size) {
    const count = await link.read(upTo(buffer, size - got));
    if (count === null) throw brokenOff(name, got, size);
    await writeAll(sink, buffer.subarray(0, count));
    got += count;
    onProgress?.(count);
    if (count === buffer.length && buffer.length < LONG_BUFFER) {
      buffer = new Uint8Array(LONG_BUFFER);
    }
  }
  return size;
}

function upTo(buffer: Bytes, length: number): Bytes {
  return buffer.length > length ? buffer.subarray(0, length) : buffer;
}

function brokenOff(name: string, got: number, size: number): ServiceError {
  return new ServiceError(
    "closed",
    `${name}: the server broke off after ${got} of ${size} bytes; try again`,
  );
}
