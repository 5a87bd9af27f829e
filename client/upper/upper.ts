/**
 * Asking an upper-case server, from a program.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { connectTo, exchange } from "../service/connect.ts";
import { ServiceError } from "../service/errors.ts";
import {
  formatTarget,
  type StreamTarget,
  type Target,
} from "../service/target.ts";
import { bytesSource } from "../service/bytes_source.ts";
import { talk } from "./talk.ts";
import { brokenOff } from "./talk_end.ts";

/** Options for {@linkcode upper}. */
export interface UpperOptions {
  /**
   * Milliseconds: to connect, and then in which the server must take or send
   * something; over UDP, for the answer. @default {2000}
   */
  readonly timeout?: number;
  /** How often a datagram is sent when there is no answer. @default {3} */
  readonly tries?: number;
  /** Ends it early, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** No letter's upper case is longer. */
const MOST_GROWTH = 3;

/**
 * What a server makes of `text`: its upper case, if it is an upper-case server.
 * Text comes back as text, bytes as bytes.
 *
 * Over UDP it is one datagram. Over TCP and Unix sockets the server answers
 * until it ends its side; one that does not is done when it has been silent
 * for `timeout` and has sent as much as it got. A call is for texts that fit
 * into memory.
 *
 * @throws {ServiceError} when the server cannot be reached, breaks off, or does
 * not answer in time; the signal's reason when it aborts.
 *
 * @example
 * ```ts
 * import { serveUdp } from "../../lib/net/udp.ts";
 * import { upperCase } from "../../lib/upper/mapping.ts";
 * import { upper } from "./upper.ts";
 * await using server = await serveUdp((data) => upperCase(data, "ascii"), {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 * });
 * const target = { transport: "udp", ...server.addresses[0]! } as const;
 * console.assert(await upper(target, "hello") === "HELLO");
 * ```
 */
export async function upper<const T extends string | Bytes>(
  target: Target,
  text: T,
  options: UpperOptions = {},
): Promise<T extends string ? string : Bytes> {
  const question = typeof text === "string"
    ? new TextEncoder().encode(text)
    : text as Bytes;
  const answer = await ask(target, question, options);
  const given = typeof text === "string"
    ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(answer)
    : answer;
  return given as T extends string ? string : Bytes;
}

async function ask(
  target: Target,
  question: Bytes,
  { timeout = 2000, ...options }: UpperOptions,
): Promise<Bytes> {
  if (target.transport === "udp") {
    return await exchange(target, question, { timeout, ...options });
  }
  return await askStream(target, question, timeout, options.signal);
}

async function askStream(
  target: StreamTarget,
  question: Bytes,
  timeout: number,
  signal?: AbortSignal,
): Promise<Bytes> {
  const most = MOST_GROWTH * question.length;
  const answer: Bytes = new Uint8Array(most);
  let length = 0;
  const conn = await connectTo(target, { timeout, signal });
  const talked = await talk(conn, {
    source: bytesSource(question),
    onAnswer(piece) {
      if (length + piece.length > most) throw tooLong(target, most);
      answer.set(piece, length);
      length += piece.length;
    },
    timeout,
    signal,
  });
  signal?.throwIfAborted();
  const error = brokenOff(target, talked, timeout);
  if (error !== null) throw error;
  return answer.subarray(0, length);
}

function tooLong(target: Target, most: number): ServiceError {
  return new ServiceError(
    "size",
    `the answer from ${formatTarget(target)} has more than ${most} bytes, ` +
      "three times the question",
  );
}
