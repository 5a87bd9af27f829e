/**
 * Lines as questions over UDP: one datagram each, asked again until there is
 * an answer.
 *
 * @module
 */

import type { Bytes, Source } from "../../lib/bytes.ts";
import { LineFloodError, LineReader, withLineEnd } from "../../lib/lines.ts";
import { exchange, type ExchangeOptions } from "../service/connect.ts";
import { ServiceError } from "../service/errors.ts";
import type { UdpTarget } from "../service/target.ts";

/** What a datagram takes over IPv6; over IPv4 it is 20 less. */
const MAX_DATAGRAM = 65_527;

/** A line and its answer, both without line ends. */
export interface Answered {
  /** What was asked. */
  readonly question: Bytes;
  /** What came back. */
  readonly answer: Bytes;
}

/**
 * Asks with every line of `source`, one after the other. What stands behind
 * the last line end is a line, too.
 *
 * @throws {ServiceError} when there is no answer in time, or a line is longer
 * than a datagram; the signal's reason when it aborts.
 *
 * @example
 * ```ts
 * import { serveUdp } from "../../lib/net/udp.ts";
 * import { textSource } from "../../lib/text_source.ts";
 * import { askLines } from "./lines.ts";
 * await using server = await serveUdp((data) => data, {
 *   listen: [{ hostname: "127.0.0.1", port: 0 }],
 * });
 * const { hostname, port } = server.addresses[0]!;
 * const target = { transport: "udp", hostname, port } as const;
 * async function* text() {
 *   yield "one\ntwo";
 * }
 * const lines = askLines(target, textSource(text()), { timeout: 2000 });
 * let count = 0;
 * for await (const { answer } of lines) count += answer.length;
 * console.assert(count === 6);
 * ```
 */
export async function* askLines(
  target: UdpTarget,
  source: Pick<Source, "read">,
  options: ExchangeOptions,
): AsyncGenerator<Answered> {
  const reader = new LineReader(withLineEnd(source), {
    maxLength: MAX_DATAGRAM,
    maxSkipped: 0,
  });
  for (let number = 1;; number++) {
    const question = await nextLine(reader, number);
    if (question === null) return;
    yield { question, answer: await exchange(target, question, options) };
  }
}

async function nextLine(
  reader: LineReader,
  number: number,
): Promise<Bytes | null> {
  const line = await reader.next().catch((error) => {
    if (error instanceof LineFloodError) return { tooLong: true } as const;
    throw error;
  });
  if (!line?.tooLong) return line === null ? null : line.bytes;
  throw new ServiceError(
    "size",
    `line ${number} is longer than a datagram takes; send it over TCP`,
  );
}
