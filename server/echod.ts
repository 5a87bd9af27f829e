/**
 * `echod`: sends back what comes (RFC 862), over TCP, UDP and Unix sockets; or
 * with faults on purpose, to test clients.
 *
 * @module
 */

import { defineTool, type Parsed, UsageError } from "../lib/cli.ts";
import type { Service } from "../lib/net/service.ts";
import {
  DATAGRAM_OPTIONS,
  SERVICE_OPTIONS,
  STREAM_OPTIONS,
} from "./service/options.ts";
import { placeOptions, readPlaces } from "./service/places.ts";
import type { Plan, ServiceProgram } from "./service/program.ts";
import { runService } from "./service/run.ts";
import { workService } from "./service/worker.ts";
import { echoService } from "./services/echo.ts";
import {
  aboutFaults,
  FAULT_OPTIONS,
  readFaults,
} from "./services/faults/options.ts";
import { withFaults } from "./services/faults.ts";

const PORT = 50000;

const OPTIONS = {
  ...placeOptions(PORT),
  ...FAULT_OPTIONS,
  ...STREAM_OPTIONS,
  ...DATAGRAM_OPTIONS,
  ...SERVICE_OPTIONS,
} as const;

const TOOL = defineTool({
  name: "echod",
  summary: "send back everything that comes (RFC 862)",
  usage: "echod [options]",
  examples: [
    ["echod", `TCP and UDP on 127.0.0.1:${PORT}`],
    ["echod --tcp :7 --udp :7", "as the RFC says, for everybody"],
    ["echod --udp 7007 --drop 5 --delay 20ms", "a bad network for your client"],
  ],
  options: OPTIONS,
});

const PROGRAM: ServiceProgram<typeof OPTIONS> = {
  tool: TOOL,
  module: import.meta.url,
  plan,
  services,
};

/** The echo server. */
export const ECHOD: ServiceProgram = PROGRAM as ServiceProgram;

type Options = Parsed<typeof OPTIONS>["options"];

function plan({ options }: Parsed<typeof OPTIONS>): Plan {
  const addresses = readPlaces(options, PORT);
  const udp = addresses.filter(({ transport }) => transport === "udp");
  const faults = readFaults(options, {
    datagrams: udp.length > 0 && !options.inetd,
  });
  if (udp.length < addresses.length) checkWait(options);
  return {
    endpoints: addresses.map((at) => ({ at, service: "echo" })),
    ...faults ? { about: aboutFaults(faults) } : {},
  };
}

/** A connection rests while its answer waits. */
function checkWait({ delay, jitter, "idle-timeout": idle }: Options): void {
  if (delay + jitter < idle) return;
  throw new UsageError(
    `--delay and --jitter are up to ${(delay + jitter) / 1000} s, and ` +
      `--idle-timeout ends a connection after ${idle / 1000} s: raise it`,
  );
}

function services(
  { options }: Parsed<typeof OPTIONS>,
): Record<string, Service> {
  const faults = readFaults(options, { datagrams: true });
  const echo = echoService();
  return { echo: faults ? withFaults(echo, faults) : echo };
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
