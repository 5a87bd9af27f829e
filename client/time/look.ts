/**
 * A look at a server's clock: one question and its answer, with the time on
 * our clock before and after it.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { ipVersion } from "../../lib/net/address.ts";
import { type ClientConn, connectTo } from "../service/connect.ts";
import { noReply } from "../service/errors.ts";
import { inTime } from "../service/in_time.ts";
import type { StreamTarget, Target } from "../service/target.ts";
import { lookByDatagram } from "./look_datagram.ts";
import { type Span, startWatch } from "./watch.ts";

/** Options for {@linkcode look}. */
export interface LookOptions {
  /** Most bytes that are taken of an answer. */
  readonly maxLength: number;
  /** Whether these bytes are the whole answer, though the server has not ended. */
  isWhole(answer: Bytes): boolean;
  /** Milliseconds until the whole answer must be there. */
  readonly timeout: number;
  /** Ends the wait, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What came back, and when: its first byte counts. */
export interface Look extends Span {
  /** The answer, up to `maxLength` bytes; empty when the server just ended. */
  readonly answer: Bytes;
  /** The numeric address that answered, for the next look. */
  readonly target: Target;
}

/**
 * Asks once: connects and reads, or sends an empty datagram, again if it must.
 *
 * @throws {ServiceError} when there is no whole answer within `timeout`; the
 * signal's reason when it aborts.
 *
 * @example
 * ```ts
 * import { serveUdp } from "../../lib/net/udp.ts";
 * import { look } from "./look.ts";
 * await using server = await serveUdp(() => new Uint8Array([1, 2, 3, 4]), {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 *   mayGrow: true,
 * });
 * const target = { transport: "udp", ...server.addresses[0]! } as const;
 * const { answer } = await look(target, {
 *   maxLength: 9,
 *   isWhole: () => true,
 *   timeout: 2000,
 * });
 * console.assert(answer.length === 4);
 * ```
 */
export function look(target: Target, options: LookOptions): Promise<Look> {
  return target.transport === "udp"
    ? lookByDatagram(target, options)
    : lookByConnection(target, options);
}

/** The server reads its clock after it saw us come and before it writes. */
async function lookByConnection(
  target: StreamTarget,
  options: LookOptions,
): Promise<Look> {
  const { timeout, signal } = options;
  const end = performance.now() + timeout;
  const watch = startWatch();
  const conn = await connectTo(target, { timeout, signal });
  try {
    const late = () => noReply(target, timeout);
    const limits = { timeout: Math.max(0, end - performance.now()), signal };
    const read = await inTime(readAnswer(conn, options, watch), limits, late);
    return { ...read, target: numeric(target, conn) };
  } finally {
    conn.close();
  }
}

/** Does not wait for the end: some servers leave that to us. */
async function readAnswer(
  conn: ClientConn,
  { maxLength, isWhole }: LookOptions,
  watch: () => Span,
): Promise<Omit<Look, "target">> {
  const buffer = new Uint8Array(maxLength);
  let span: Span | undefined;
  let length = 0;
  for (;;) {
    const count = await conn.read(buffer.subarray(length));
    span ??= watch();
    length += count ?? 0;
    const answer = buffer.subarray(0, length);
    if (count === null || length === maxLength || isWhole(answer)) {
      return { answer, ...span };
    }
  }
}

/**
 * A name may stand for several servers: further looks go to the same one. An
 * address stays as it is, because the runtime does not tell an address's zone.
 */
function numeric(target: StreamTarget, { remote }: ClientConn): Target {
  if (target.transport === "unix" || ipVersion(target.hostname) !== null) {
    return target;
  }
  const [, hostname = target.hostname] = /^\[?(.*?)\]?:\d+$/.exec(remote) ?? [];
  return { ...target, hostname };
}
