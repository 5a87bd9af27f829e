/**
 * Reads that end: after so many bytes, after so long, or when somebody says so.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { ServiceConn } from "../../lib/net/service.ts";
import { ServiceError } from "./errors.ts";
import { inTime, type WaitLimits } from "./in_time.ts";

/** What a read is made of: a connection, and what to call its other end. */
export type Readable = Pick<ServiceConn, "read"> & {
  /** The other end, for messages. */
  readonly remote?: string;
};

/** Limits of {@linkcode readUntilEnd}. `timeout` is for all of it. */
export interface ReadLimits extends WaitLimits {
  /** Most bytes that are taken; one more is an error. */
  readonly maxLength: number;
}

const FIRST_BUFFER = 4096;

/**
 * Everything that comes until the peer ends.
 *
 * @throws {ServiceError} when it takes longer than `timeout` milliseconds, is
 * longer than `maxLength`, or the connection breaks; then close it.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../lib/net/memory_conn.ts";
 * import { readUntilEnd } from "./reads.ts";
 * const conn = memoryConn(["one ", "two"]);
 * const answer = await readUntilEnd(conn, { maxLength: 100, timeout: 2000 });
 * console.assert(new TextDecoder().decode(answer) === "one two");
 * ```
 */
export async function readUntilEnd(
  conn: Readable,
  { maxLength, ...limits }: ReadLimits,
): Promise<Bytes> {
  const { answer } = await fill(conn, maxLength + 1, limits);
  if (answer.length <= maxLength) return answer;
  const most = `more than ${maxLength} bytes`;
  throw new ServiceError("size", `the answer${from(conn)} has ${most}`);
}

/**
 * The next `length` bytes.
 *
 * @throws {ServiceError} when the peer ends before, it takes longer than
 * `timeout` milliseconds, or the connection breaks; then close it.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../lib/net/memory_conn.ts";
 * import { readExactly } from "./reads.ts";
 * const conn = memoryConn(["on", "e"]);
 * const answer = await readExactly(conn, 3, { timeout: 2000 });
 * console.assert(new TextDecoder().decode(answer) === "one");
 * ```
 */
export async function readExactly(
  conn: Readable,
  length: number,
  limits: WaitLimits,
): Promise<Bytes> {
  const { answer } = await fill(conn, length, limits);
  if (answer.length === length) return answer;
  const got = `after ${answer.length} of ${length} bytes`;
  throw new ServiceError("closed", `the answer${from(conn)} ended ${got}`);
}

/** Up to `most` bytes, fewer only at the end. */
async function fill(
  conn: Readable,
  most: number,
  limits: WaitLimits,
): Promise<{ answer: Bytes }> {
  const part = { bytes: new Uint8Array(Math.min(most, FIRST_BUFFER)), at: 0 };
  const stop = { asked: false };
  const late = () => {
    const seconds = limits.timeout / 1000;
    const got = part.at === 0 ? "nothing" : `only ${part.at} bytes`;
    return new ServiceError(
      "timeout",
      `the answer${from(conn)} is late: ${got} in ${seconds} s`,
    );
  };
  try {
    await inTime(readInto(conn, part, most, stop), limits, late);
  } finally {
    stop.asked = true;
  }
  return { answer: part.bytes.subarray(0, part.at) };
}

interface Part {
  bytes: Bytes;
  at: number;
}

async function readInto(
  conn: Readable,
  part: Part,
  most: number,
  stop: { readonly asked: boolean },
): Promise<void> {
  while (part.at < most && !stop.asked) {
    if (part.at === part.bytes.length) grow(part, most);
    const count = await conn.read(part.bytes.subarray(part.at));
    if (count === null) return;
    part.at += count;
  }
}

function grow(part: Part, most: number): void {
  const larger = new Uint8Array(Math.min(most, part.bytes.length * 2));
  larger.set(part.bytes);
  part.bytes = larger;
}

function from({ remote }: Readable): string {
  return remote === undefined ? "" : ` from ${remote}`;
}
