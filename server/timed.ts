/**
 * `timed`: the time for people (RFC 867) and for programs (RFC 868), over TCP
 * and UDP, beyond 2036; or a wrong one, to test clocks with.
 *
 * @module
 */

import { defineTool, type Parsed, UsageError } from "../lib/cli.ts";
import type { Service } from "../lib/net/service.ts";
import { DAYTIME_FORMATS } from "../lib/time/daytime.ts";
import type { Zone } from "../lib/time/zone.ts";
import { readZone, zoneOptions } from "../lib/time/zone_option.ts";
import { readAddresses } from "./service/address.ts";
import {
  DATAGRAM_OPTIONS,
  SERVICE_OPTIONS,
  STREAM_OPTIONS,
} from "./service/options.ts";
import type { Endpoint, Plan, ServiceProgram } from "./service/program.ts";
import { runService } from "./service/run.ts";
import { workService } from "./service/worker.ts";
import { readClock } from "./services/clock_options.ts";
import { daytimeService } from "./services/daytime.ts";
import { serverClock, unknownTime } from "./services/server_clock.ts";
import { timeService } from "./services/time.ts";

const DAYTIME_PORT = 8888;
const TIME_PORT = 8837;

const OPTIONS = {
  daytime: {
    type: "texts",
    placeholder: "HOST:PORT",
    help: `tell people the time here, TCP and UDP (127.0.0.1:${DAYTIME_PORT})`,
    group: "Server",
  },
  time: {
    type: "texts",
    placeholder: "HOST:PORT",
    help: `tell programs the time here, TCP and UDP (127.0.0.1:${TIME_PORT})`,
    group: "Server",
  },
  format: {
    type: "choice",
    choices: DAYTIME_FORMATS,
    default: "ctime",
    placeholder: "FORM",
    help: `how people see it: ${DAYTIME_FORMATS.join(", ")}`,
    group: "Daytime",
  },
  ...zoneOptions("Daytime"),
  offset: {
    type: "text",
    placeholder: "SECONDS",
    help: "be so much ahead; --offset=-1.5 is behind",
    group: "Test clock",
  },
  freeze: {
    type: "text",
    placeholder: "TIME",
    help: "stand still at 2036-02-07T06:28:16Z, or @0 (since 1970)",
    group: "Test clock",
  },
  unsynced: {
    type: "flag",
    help: "do not know the time: give no answer",
    group: "Test clock",
  },
  ...STREAM_OPTIONS,
  ...DATAGRAM_OPTIONS,
  ...SERVICE_OPTIONS,
} as const;

const TOOL = defineTool({
  name: "timed",
  summary: "tell the time: daytime (RFC 867) and time (RFC 868)",
  usage: "timed [options]",
  examples: [
    ["timed", "both on the ports for tests"],
    ["timed --time :37 --daytime :13 --utc", "as the RFCs say, for everybody"],
    ["timed --freeze 2036-02-07T06:28:15Z", "is your client ready for 2036?"],
  ],
  options: OPTIONS,
});

const PROGRAM: ServiceProgram<typeof OPTIONS> = {
  tool: TOOL,
  module: import.meta.url,
  plan,
  services,
};

/** The time server. */
export const TIMED: ServiceProgram = PROGRAM as ServiceProgram;

type Options = Parsed<typeof OPTIONS>["options"];

function plan({ options }: Parsed<typeof OPTIONS>): Plan {
  const { daytime, time } = options;
  const chosen = daytime.length + time.length > 0
    ? { daytime, time }
    : { daytime: ["127.0.0.1"], time: ["127.0.0.1"] };
  return {
    endpoints: [
      ...endpoints("daytime", chosen.daytime, DAYTIME_PORT),
      ...endpoints("time", chosen.time, TIME_PORT),
    ],
    ...about(options, chosen.daytime.length > 0),
  };
}

/** Each address over TCP and, at the same port, over UDP. */
function endpoints(
  service: "daytime" | "time",
  texts: readonly string[],
  defaultPort: number,
): Endpoint[] {
  return texts.flatMap((text) =>
    (["tcp", "udp"] as const).flatMap((transport) =>
      readAddresses([text], { option: service, transport, defaultPort })
        .map((at) => ({ at, service }))
    )
  );
}

function services(
  { options }: Parsed<typeof OPTIONS>,
): Record<string, Service> {
  const { format, unsynced } = options;
  const zone = zoneOf(options);
  const clock = serverClock(readClock(options, zone));
  // The line of NIST says by itself that it cannot be relied on.
  const forPeople = unsynced && format !== "nist" ? unknownTime : clock;
  return {
    daytime: daytimeService({
      clock: forPeople,
      format,
      zone,
      healthy: !unsynced,
    }),
    time: timeService({ clock: unsynced ? unknownTime : clock }),
  };
}

function zoneOf(options: Options): Zone {
  const zone = readZone(options);
  if (options.format !== "nist" || options.zone === undefined) return zone;
  throw new UsageError("--format nist is always UTC: leave --zone out");
}

/** Behind the addresses: how the time is shown, and whether it is a wrong one. */
function about(options: Options, isForPeople: boolean): Pick<Plan, "about"> {
  const { format, unsynced } = options;
  const zone = zoneOf(options);
  const { offset, freeze } = readClock(options, zone);
  const words = [
    isForPeople ? `${format}, ${format === "nist" ? "UTC" : zone.name}` : "",
    freeze === undefined ? "" : `frozen at ${new Date(freeze).toISOString()}`,
    offset === 0 ? "" : `${offset > 0 ? "+" : ""}${offset / 1000} s off`,
    unsynced ? "the time is not known" : "",
  ].filter((text) => text !== "");
  return words.length === 0 ? {} : { about: `(${words.join("; ")})` };
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
