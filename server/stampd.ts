/**
 * `stampd`: sends every line back with the time in front of it.
 *
 * @module
 */

import { defineTool, type Parsed } from "../lib/cli.ts";
import { zoneOptions } from "../lib/time/zone_option.ts";
import { type Address, readAddresses, readSockets } from "./service/address.ts";
import { SERVICE_OPTIONS, STREAM_OPTIONS } from "./service/options.ts";
import type { ServiceProgram } from "./service/program.ts";
import { runService } from "./service/run.ts";
import { workService } from "./service/worker.ts";
import { DEFAULT_MAX_LINE, stampService } from "./services/stamp.ts";
import { MIN_MAX_LINE } from "./services/stamp_lines.ts";
import { readStamp, STAMP_FORMATS } from "./services/stamp_options.ts";

const PORT = 21567;

const OPTIONS = {
  listen: {
    type: "texts",
    placeholder: "HOST:PORT",
    help: `serve TCP here (127.0.0.1:${PORT})`,
    group: "Server",
  },
  unix: {
    type: "texts",
    placeholder: "PATH",
    help: "serve on a Unix socket",
    group: "Server",
  },
  format: {
    type: "choice",
    choices: STAMP_FORMATS,
    default: "ctime",
    placeholder: "FORM",
    help: `how the time looks: ${STAMP_FORMATS.join(", ")}`,
    group: "Stamps",
  },
  ...zoneOptions("Stamps"),
  "since-start": {
    type: "flag",
    help: "the time since the connection began",
    group: "Stamps",
  },
  delta: {
    type: "flag",
    help: "the time since the line before",
    group: "Stamps",
  },
  "max-line": {
    type: "integer",
    default: DEFAULT_MAX_LINE,
    min: MIN_MAX_LINE,
    max: 16_777_216,
    placeholder: "BYTES",
    help: "answer longer lines in parts",
    group: "Limits",
  },
  ...STREAM_OPTIONS,
  ...SERVICE_OPTIONS,
} as const;

const TOOL = defineTool({
  name: "stampd",
  summary: "send every line back with the time in front of it",
  usage: "stampd [options]",
  examples: [
    ["stampd", `on port ${PORT} of this machine`],
    ["stampd --format iso8601 --utc", "as 2026-11-21T08:06:20Z"],
    ["stampd --delta", "how long did each line take?"],
  ],
  options: OPTIONS,
});

const PROGRAM: ServiceProgram<typeof OPTIONS> = {
  tool: TOOL,
  module: import.meta.url,
  plan: ({ options, given }) => ({
    endpoints: addressesOf(options).map((at) => ({ at, service: "stamp" })),
    about: `(${readStamp(options, given).shown})`,
  }),
  services: ({ options, given }) => ({
    stamp: stampService({
      stamp: readStamp(options, given).kind,
      maxLine: options["max-line"],
    }),
  }),
};

/** The time-stamp server. */
export const STAMPD: ServiceProgram = PROGRAM as ServiceProgram;

type Options = Parsed<typeof OPTIONS>["options"];

/** Naming any address replaces the default. */
function addressesOf({ listen, unix }: Options): Address[] {
  const isNamed = listen.length + unix.length > 0;
  return [
    ...readAddresses(isNamed ? listen : ["127.0.0.1"], {
      option: "listen",
      transport: "tcp",
      defaultPort: PORT,
    }),
    ...readSockets(unix),
  ];
}

/** Runs the tool and returns its exit code. */
export function main(
  args: readonly string[],
  exit: (code: number) => never,
): Promise<number> {
  return runService(PROGRAM, args, exit);
}

if (import.meta.main) {
  if (!workService(PROGRAM)) Deno.exit(await main(Deno.args, Deno.exit));
}
