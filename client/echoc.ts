/**
 * `echoc`: sends a message to an echo server (RFC 862) and checks what comes
 * back; or measures the server, like `ping` but over TCP, UDP and Unix sockets.
 *
 * @module
 */

import {
  defineTool,
  type Parsed,
  runTool,
  stopSignals,
  type Tool,
  UsageError,
} from "../lib/cli.ts";
import { listenFor } from "../lib/cli/signals.ts";
import { readGates } from "./echo/gates.ts";
import { sendMessage } from "./echo/message_mode.ts";
import { isPing, PING_OPTIONS, readPing } from "./echo/options.ts";
import { OutputQueue } from "./echo/output_queue.ts";
import { type PingView, runPing } from "./echo/ping_mode.ts";
import { standardStreams } from "./echo/streams.ts";
import { confineTo } from "./service/confine.ts";
import { ServiceError } from "./service/errors.ts";
import { CLIENT_OPTIONS } from "./service/options.ts";
import { readTarget, type Target } from "./service/target.ts";

/** Where our own `echod` listens. */
const DEFAULT_PORT = 50_000;

const { json, ...SERVER_OPTIONS } = CLIENT_OPTIONS;
const OPTIONS = { ...SERVER_OPTIONS, ...PING_OPTIONS, json } as const;

const TOOL = defineTool({
  name: "echoc",
  summary: "say something to an echo server, or measure it",
  usage: "echoc [options] HOST[:PORT] [MESSAGE]",
  examples: [
    ["echoc localhost hello", "send hello, check the reply"],
    ["echoc server:echo < file", "send a file, check every byte"],
    ["echoc --udp localhost -c 5", "five probes, one a second"],
    [
      "echoc --udp localhost --sweep 0..9000",
      "which datagrams come back whole?",
    ],
    ["echoc localhost --load 500 --max-p99 20", "fail when it is too slow"],
  ],
  options: OPTIONS,
  positionals: { max: 2, mayBeEmpty: true },
});

/** What `echoc` says about itself. */
export const ECHOC: Tool = TOOL;

type Command = Parsed<typeof OPTIONS>;

/** Runs the tool and returns its exit code. */
export function main(args: readonly string[]): Promise<number> {
  return runTool(TOOL, args, async (command) => {
    const { target, message } = readPlace(command);
    confineTo(target);
    using stop = stopSignals();
    const run = isPing(command.given) ? measure : say;
    return await run(command, target, message, stop.signal).catch(refuseSize);
  });
}

/** A length that cannot be sent is a mistake in the command line. */
function refuseSize(error: unknown): never {
  if (!(error instanceof ServiceError) || error.kind !== "size") throw error;
  throw new UsageError(error.message, { cause: error });
}

/** With a Unix socket there is no host, and the message comes first. */
function readPlace(
  { options, positionals }: Command,
): { target: Target; message: string | undefined } {
  const isUnix = options.unix !== undefined;
  const [host, message, ...more] = isUnix
    ? [undefined, ...positionals]
    : positionals;
  if (more.length > 0) {
    throw new UsageError("--unix takes no HOST, so there is one argument less");
  }
  return { target: readTarget(host, options, DEFAULT_PORT), message };
}

function say(
  { options: { timeout, json, quiet, brief } }: Command,
  target: Target,
  message: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  const how = { message, timeout, json, quiet: quiet || brief, signal };
  return sendMessage(target, how, standardStreams());
}

async function measure(
  { options, given }: Command,
  target: Target,
  message: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  if (message !== undefined) {
    throw new UsageError("a ping sends no MESSAGE; --size says how long it is");
  }
  const settings = readPing(options, given, target.transport);
  const how = { view: viewOf(options), gates: readGates(options) };
  const streams = standardStreams();
  const { outBytes, unread } = streams;
  const output = new OutputQueue(outBytes, { signal, unread });
  return await runPing(target, settings, how, {
    streams: { ...streams, out: (text) => output.put(text) },
    flush: () => output.flush(),
    signal,
    onAsked: (tell) => listenFor(Deno, "SIGQUIT", tell),
    now: () => new Date(),
  });
}

function viewOf(options: Command["options"]): PingView {
  const { json, csv, brief, quiet, flood, load, timestamps, histogram } =
    options;
  return {
    form: json ? "json" : csv ? "csv" : "text",
    isBrief: brief || quiet || flood || load !== undefined,
    hasTimestamps: timestamps,
    hasHistogram: histogram,
  };
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args));
}
