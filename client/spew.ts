/**
 * `spew`: sends debug messages to a sink, and never gets in the way.
 *
 * @module
 */

import {
  defineTool,
  errorLine,
  EXIT,
  type OptionValues,
  type Parsed,
  runTool,
  type Tool,
  UsageError,
  writeErr,
} from "../lib/cli.ts";
import type { Bytes } from "../lib/bytes.ts";
import { quoted } from "../lib/cli/values.ts";
import { isTag, SINK_PORT, TAG_RULE } from "../lib/spew/label.ts";
import { standardInput } from "./service/standard_streams.ts";
import { readTarget, type UdpTarget } from "./service/target.ts";
import { linesOf } from "./spew/lines.ts";
import { paceOf } from "./spew/pace.ts";
import {
  DEFAULT_SIZE,
  GREATEST_SIZE,
  LEAST_SIZE,
  openSpew,
  type Spewer,
} from "./spew/sender.ts";

const OPTIONS = {
  to: {
    type: "text",
    default: "127.0.0.1:7739",
    placeholder: "HOST[:PORT]",
    help: "where the sink is",
  },
  tag: { type: "text", placeholder: "NAME", help: "say who speaks" },
  level: {
    type: "choice",
    choices: ["debug", "info", "warn", "error"],
    help: "say how serious it is",
  },
  seq: { type: "flag", help: "number the datagrams, to see what is lost" },
  repeat: { type: "integer", default: 1, min: 1, help: "send it N times" },
  rate: {
    type: "integer",
    default: 0,
    help: "messages a second; 0: as they come",
  },
  "max-size": {
    type: "integer",
    default: DEFAULT_SIZE,
    min: LEAST_SIZE,
    max: GREATEST_SIZE,
    help: "most bytes of a datagram; more come in parts",
  },
} as const;

const TOOL = defineTool({
  name: "spew",
  summary: "send debug messages, and never get in the way",
  usage: "spew [options] [--] [MESSAGE ...]",
  examples: [
    ["spew here we are", "one message to 127.0.0.1:7739"],
    ["make 2>&1 | spew --tag make --seq", "each line, numbered"],
    ['spew --to loghost --level error -- "$text"', "whatever the text is"],
  ],
  options: OPTIONS,
  // `spew -- "$text"` must not fail for a text that is empty.
  positionals: { max: Infinity, mayBeEmpty: true },
});

/** What `spew` says about itself. */
export const SPEW: Tool = TOOL;

type Values = OptionValues<typeof OPTIONS>;

/**
 * Runs the tool and returns its exit code: 0, unless the command line makes no
 * sense. What goes wrong with the network is one line on standard error.
 */
export function main(args: readonly string[]): Promise<number> {
  return runTool(TOOL, args, run);
}

async function run(
  { options, positionals }: Parsed<typeof OPTIONS>,
): Promise<number> {
  const to = targetOf(options);
  checkTag(options);
  const spewer = openSpew({
    ...options,
    to,
    maxSize: options["max-size"],
    onTrouble: (line) => tell(options.quiet, line),
  });
  try {
    await sendAll(spewer, messages(positionals), options);
  } catch (error) {
    tell(options.quiet, errorLine(error));
  } finally {
    spewer.close();
  }
  return EXIT.done;
}

async function sendAll(
  spewer: Spewer,
  messages: AsyncIterable<Bytes>,
  { repeat, rate }: Values,
): Promise<void> {
  const turn = paceOf(rate);
  for await (const message of messages) {
    for (let left = repeat; left > 0; left--) {
      await turn();
      await spewer.send(message);
    }
  }
}

async function* messages(words: readonly string[]): AsyncGenerator<Bytes> {
  if (words.length === 0) return yield* linesOf(standardInput);
  yield new TextEncoder().encode(words.join(" "));
}

function targetOf({ to }: Values): UdpTarget {
  const target = readTarget(to, { udp: true, tcp: false }, SINK_PORT);
  return target as UdpTarget;
}

function checkTag({ tag }: Values): void {
  if (tag === undefined || isTag(tag)) return;
  throw new UsageError(`--tag: expected ${TAG_RULE}, got ${quoted(tag)}`);
}

function tell(quiet: boolean, line: string): void {
  if (!quiet) writeErr(`spew: ${line}\n`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
