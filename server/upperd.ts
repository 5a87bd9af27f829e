/**
 * `upperd`: sends back what it gets, in upper case, over TCP, UDP and Unix
 * sockets.
 *
 * @module
 */

import { defineTool, type Parsed } from "../lib/cli.ts";
import { CASING_OPTIONS, readCasing } from "../lib/upper/casing_options.ts";
import type { Casing } from "../lib/upper/mapping.ts";
import {
  DATAGRAM_OPTIONS,
  SERVICE_OPTIONS,
  STREAM_OPTIONS,
} from "./service/options.ts";
import { placeOptions, readPlaces } from "./service/places.ts";
import type { Plan, ServiceProgram } from "./service/program.ts";
import { runService } from "./service/run.ts";
import { workService } from "./service/worker.ts";
import { upperService } from "./services/upper.ts";

const PORT = 2345;

const OPTIONS = {
  ...placeOptions(PORT),
  ...CASING_OPTIONS,
  ...STREAM_OPTIONS,
  ...DATAGRAM_OPTIONS,
  ...SERVICE_OPTIONS,
} as const;

const TOOL = defineTool({
  name: "upperd",
  summary: "send back what comes, in upper case",
  usage: "upperd [options]",
  examples: [
    ["upperd", `a to z, over TCP and UDP, on port ${PORT}`],
    ["upperd --unicode", "every letter: ß becomes SS"],
    ["upperd --tcp :2345 --allow 10.0.0.0/8", "for a network, TCP only"],
  ],
  options: OPTIONS,
});

const PROGRAM: ServiceProgram<typeof OPTIONS> = {
  tool: TOOL,
  module: import.meta.url,
  plan: ({ options }) => planOf(options),
  services: ({ options }) => ({
    upper: upperService({ casing: readCasing(options) }),
  }),
};

/** The upper-case server. */
export const UPPERD: ServiceProgram = PROGRAM as ServiceProgram;

type Options = Parsed<typeof OPTIONS>["options"];

const ABOUT: Readonly<Record<Casing, string>> = {
  ascii: "(a to z)",
  unicode: "(every letter of UTF-8)",
  turkish: "(every letter of UTF-8, Turkish i)",
};

function planOf(options: Options): Plan {
  return {
    endpoints: readPlaces(options, PORT).map((at) => ({
      at,
      service: "upper",
    })),
    about: ABOUT[readCasing(options)],
  };
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
