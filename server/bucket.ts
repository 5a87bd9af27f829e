/**
 * `bucket`: a sink for debug messages that come as datagrams.
 *
 * @module
 */

import { defineTool, parseOptions } from "../lib/cli.ts";
import { createLog, type Log } from "../lib/log.ts";
import { SERVICE_OPTIONS } from "./service/options.ts";
import type { ServiceProgram } from "./service/program.ts";
import { runService } from "./service/run.ts";
import { workService } from "./service/worker.ts";
import { assembleBucket } from "./services/bucket/assemble.ts";
import { watchKernelDrops } from "./services/bucket/kernel_drops.ts";
import { BUCKET_OPTIONS, BUCKET_RATE } from "./services/bucket/options.ts";
import { planOf, readSettings } from "./services/bucket/settings.ts";

const OPTIONS = {
  ...BUCKET_OPTIONS,
  ...SERVICE_OPTIONS,
  rate: BUCKET_RATE,
} as const;

const TOOL = defineTool({
  name: "bucket",
  summary: "catch debug messages that come as datagrams, answer none",
  usage: "bucket [options]",
  examples: [
    ["bucket", "print what comes to 127.0.0.1:7739"],
    ["bucket --listen :7739 --level warn", "from everywhere, trouble only"],
    ["bucket --match 'disk*full' --json", "as JSON, with these words only"],
    ["bucket --file debug.log > /dev/null", "into a file that rotates"],
  ],
  options: OPTIONS,
});

const PROGRAM: ServiceProgram<typeof OPTIONS> = {
  tool: TOOL,
  module: import.meta.url,
  plan: ({ options, given }) => planOf(readSettings(options, given)),
  services: ({ options, given }, world) => ({
    bucket: assembleBucket(readSettings(options, given), world),
  }),
};

/** The tool as a program. */
export const BUCKET: ServiceProgram = PROGRAM as ServiceProgram;

/** Runs the tool and returns its exit code. */
export async function main(
  args: readonly string[],
  exit: (code: number) => never,
): Promise<number> {
  const over = new AbortController();
  const log = logOf(args);
  const watching = watchKernelDrops({
    signal: over.signal,
    onDrops: (dropped, total) =>
      log?.warn("kernel-dropped", { dropped, total }),
  });
  try {
    return await runService(PROGRAM, args, exit);
  } finally {
    over.abort();
    await watching;
  }
}

/** Where the command line wants to be told; `null` when it makes no sense. */
function logOf(args: readonly string[]): Log | null {
  try {
    const { log: format, quiet } = parseOptions(TOOL, args).options;
    return createLog({ format, quiet });
  } catch {
    return null;
  }
}

if (import.meta.main) {
  if (!workService(PROGRAM)) Deno.exit(await main(Deno.args, Deno.exit));
}
