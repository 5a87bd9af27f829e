/**
 * `echoc` as the simplest client: one message, and what comes back.
 *
 * @module
 */

import type { Bytes, Source } from "../../lib/bytes.ts";
import { EXIT, ToolError, UsageError } from "../../lib/cli.ts";
import { visible, visibleJson } from "../../lib/visible.ts";
import { unlessAborted } from "../ftp/unless_aborted.ts";
import { bytesSource } from "../service/bytes_source.ts";
import { connectTo } from "../service/connect.ts";
import {
  formatTarget,
  type StreamTarget,
  type Target,
  type UdpTarget,
} from "../service/target.ts";
import { echo } from "./echo.ts";
import { echoStream, type StreamEcho } from "./echo_stream.ts";
import { milliseconds } from "./numbers.ts";
import type { Streams } from "./streams.ts";

/** How a message is sent, and its reply printed. */
export interface MessageOptions {
  /** What to send; without it the standard input, or a word when somebody sits there. */
  readonly message: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  /** The result as JSON in the place of the reply. */
  readonly json: boolean;
  /** Says nothing but the reply. */
  readonly quiet: boolean;
  /** Breaks off. */
  readonly signal: AbortSignal;
}

const GREETING = "Hello, is this an echo server?";
const MOST_IN_DATAGRAM = 65_527;
const NEWLINE = 10;

/**
 * Sends a message, prints the reply, and returns exit code 0 when the two are
 * the same, or nobody reads the reply any more.
 *
 * @throws {ToolError} with exit code 1 when they are not; a `ServiceError` when
 * there is no server or no reply; the signal's reason when it aborts.
 */
export async function sendMessage(
  target: Target,
  options: MessageOptions,
  streams: Streams,
): Promise<number> {
  try {
    return await sendAndCompare(target, options, streams);
  } catch (error) {
    if (streams.unread.aborted) return EXIT.done;
    throw error;
  }
}

async function sendAndCompare(
  target: Target,
  options: MessageOptions,
  streams: Streams,
): Promise<number> {
  const isOwn = options.message !== undefined || streams.isInputTerminal;
  const text = options.message ?? GREETING;
  const source = isOwn
    ? bytesSource(new TextEncoder().encode(text))
    : streams.input;
  const printer = printerFor(streams, { isText: isOwn, json: options.json });
  const result = target.transport === "udp"
    ? await overDatagram(target, source, printer, options)
    : await overStream(target, source, printer, options);
  printer.end();
  tell(target, result, options, streams);
  if (result.differsAt === null) return EXIT.done;
  throw new ToolError(difference(result, target), EXIT.failed);
}

/** What came back, and how long it took without connecting. */
interface Told extends StreamEcho {
  readonly time: number;
}

async function overStream(
  target: StreamTarget,
  source: Pick<Source, "read">,
  printer: Printer,
  { timeout, signal }: MessageOptions,
): Promise<Told> {
  const conn = await connectTo(target, { timeout, signal });
  try {
    const began = performance.now();
    const onReply = printer.print;
    const limits = { timeout, signal, onReply };
    const result = await echoStream(conn, source, limits);
    return { ...result, time: performance.now() - began };
  } finally {
    conn.close();
  }
}

async function overDatagram(
  target: UdpTarget,
  source: Pick<Source, "read">,
  printer: Printer,
  { timeout, signal }: MessageOptions,
): Promise<Told> {
  const message = await unlessAborted(readDatagram(source), signal);
  const { reply, ...told } = await echo(target, message, { timeout, signal });
  await printer.print(reply);
  return { sent: message.length, received: reply.length, ...told };
}

/** All of a source, if it fits into a datagram. */
async function readDatagram(source: Pick<Source, "read">): Promise<Bytes> {
  const buffer = new Uint8Array(MOST_IN_DATAGRAM + 1);
  let at = 0;
  while (at < buffer.length) {
    const count = await source.read(buffer.subarray(at));
    if (count === null) return buffer.subarray(0, at);
    at += count;
  }
  throw new UsageError(
    `a message of more than ${MOST_IN_DATAGRAM} bytes fits into no datagram; ` +
      "send it over TCP",
  );
}

/** Where a reply goes. */
interface Printer {
  print(bytes: Bytes): Promise<void> | void;
  end(): void;
}

/**
 * Bytes as they are into a file or a pipe; on a terminal nothing that it would
 * obey. A line end is added only to what was not read from a file.
 */
function printerFor(
  { out, outBytes, isOutputTerminal }: Streams,
  { isText, json }: { isText: boolean; json: boolean },
): Printer {
  if (json) return { print() {}, end() {} };
  const decoder = new TextDecoder();
  let last = NEWLINE;
  const end = () => {
    if (last !== NEWLINE && (isText || isOutputTerminal)) out("\n");
  };
  return {
    print(bytes) {
      last = bytes.at(-1) ?? last;
      return isOutputTerminal
        ? out(visibleLines(decoder.decode(bytes, { stream: true })))
        : outBytes(bytes);
    },
    end,
  };
}

function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

function tell(
  target: Target,
  { sent, received, differsAt, time }: Told,
  { json, quiet }: MessageOptions,
  { out, err }: Streams,
): void {
  const where = formatTarget(target);
  if (json) {
    const same = differsAt === null;
    const record = { target: where, sent, received, same, differsAt, time };
    return out(`${visibleJson(JSON.stringify(record))}\n`);
  }
  if (differsAt !== null || quiet) return;
  const what = sent === 1 ? "1 byte" : `${sent} bytes`;
  err(`echoc: ${what} came back as sent, in ${milliseconds(time)}\n`);
}

function difference(
  { sent, received, differsAt }: StreamEcho,
  target: Target,
): string {
  const from = `the reply from ${formatTarget(target)}`;
  if (differsAt === received) {
    return `${from} is too short: ${received} of ${sent} bytes came back`;
  }
  if (differsAt === sent) {
    return `${from} is too long: ${sent} bytes were sent, ${received} came back`;
  }
  return `${from} is not what was sent: it differs from offset ${differsAt} on`;
}
