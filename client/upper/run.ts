/**
 * One run of `upperc`: asks, hands the answer on, checks and counts.
 *
 * @module
 */

import type { Bytes, Source } from "../../lib/bytes.ts";
import type { Casing } from "../../lib/upper/mapping.ts";
import { unlessAborted } from "../ftp/unless_aborted.ts";
import { connectTo, exchange } from "../service/connect.ts";
import type { StreamTarget, Target, UdpTarget } from "../service/target.ts";
import { AnswerCheck } from "./check.ts";
import { checkDatagram } from "./check_datagram.ts";
import { bytesSource } from "../service/bytes_source.ts";
import { type Answered, askLines } from "./lines.ts";
import type { AnswerOutput } from "./output.ts";
import type { UpperReport } from "./report.ts";
import { talk } from "./talk.ts";
import { brokenOff } from "./talk_end.ts";
import { WrongAnswer } from "./wrong_answer.ts";

/** What to ask. */
export interface UpperRequest {
  /** Whom. */
  readonly target: Target;
  /**
   * With what. Over UDP each line of a stream is a datagram, and so are bytes,
   * whatever is in them.
   */
  readonly source: Pick<Source, "read"> | Bytes;
  /** Takes the answer. */
  readonly output: AnswerOutput;
  /** The mapping to check the answer by; `null` for no check. */
  readonly casing: Casing | null;
  /** Milliseconds, as in `UpperOptions`. */
  readonly timeout: number;
  /** Ends it; then what came until then is the answer. */
  readonly signal: AbortSignal;
}

/** What happens during a run. */
interface Counts {
  sent: number;
  received: number;
  unjudged: number;
}

/**
 * Asks over TCP or a Unix socket in one stream, over UDP in datagrams. A wrong
 * answer ends it and is reported, not thrown.
 *
 * @throws {ServiceError} when the server cannot be reached, breaks off, or does
 * not answer in time; what the source and the output throw.
 *
 * @example
 * ```ts
 * import type { UpperRequest } from "./run.ts";
 * import { runUpper } from "./run.ts";
 * async function isRight(request: UpperRequest): Promise<boolean> {
 *   const { check } = await runUpper({ ...request, casing: "ascii" });
 *   return check?.wrong === null;
 * }
 * ```
 */
export async function runUpper(request: UpperRequest): Promise<UpperReport> {
  const { target, casing, output } = request;
  const counts: Counts = { sent: 0, received: 0, unjudged: 0 };
  const begun = performance.now();
  const wrong = await wrongOf(
    target.transport === "udp"
      ? inDatagrams(target, request, counts)
      : inOneStream(target, request, counts),
  );
  const { sent, received, unjudged } = counts;
  const milliseconds = performance.now() - begun;
  await output.end();
  const check = casing === null ? null : { wrong, unjudged };
  return { target, sent, received, milliseconds, check };
}

async function wrongOf(running: Promise<void>): Promise<WrongAnswer | null> {
  try {
    await running;
    return null;
  } catch (error) {
    if (error instanceof WrongAnswer) return error;
    throw error;
  }
}

async function inOneStream(
  target: StreamTarget,
  { source, output, casing, timeout, signal }: UpperRequest,
  counts: Counts,
): Promise<void> {
  const check = casing === null ? null : new AnswerCheck(casing);
  const conn = await connectTo(target, { timeout, signal });
  const talked = await talk(conn, {
    source: isWhole(source) ? bytesSource(source) : source,
    timeout,
    signal,
    onSend(piece) {
      counts.sent += piece.length;
      check?.sent(piece);
    },
    async onAnswer(piece) {
      counts.received += piece.length;
      await output.write(piece);
      check?.got(piece);
    },
  });
  counts.unjudged = check?.unjudged ?? 0;
  const error = brokenOff(target, talked, timeout);
  if (error !== null) throw error;
  if (talked.end !== "stopped") check?.end();
}

const LINE_END: Bytes = Uint8Array.of(10);

async function inDatagrams(
  target: UdpTarget,
  request: UpperRequest,
  counts: Counts,
): Promise<void> {
  const { source, output, casing } = request;
  let lines = 0;
  for await (const { question, answer } of answersTo(request, target)) {
    const line = isWhole(source) ? undefined : ++lines;
    counts.sent += question.length;
    counts.received += answer.length;
    await output.write(answer);
    if (line !== undefined) await output.write(LINE_END);
    if (casing === null) continue;
    counts.unjudged += checkDatagram(question, answer, casing, line);
  }
}

/** Questions and their answers, until somebody stops it. */
async function* answersTo(
  { source, timeout, signal }: UpperRequest,
  target: UdpTarget,
): AsyncGenerator<Answered> {
  const limits = { timeout, signal };
  try {
    if (isWhole(source)) {
      const answer = await exchange(target, source, limits);
      return yield { question: source, answer };
    }
    const stoppable: Pick<Source, "read"> = {
      read: (buffer) => unlessAborted(source.read(buffer), signal),
    };
    yield* askLines(target, stoppable, limits);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function isWhole(source: UpperRequest["source"]): source is Bytes {
  return source instanceof Uint8Array;
}
