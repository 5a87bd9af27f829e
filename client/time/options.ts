/**
 * The command line of `timec`, and what it means.
 *
 * @module
 */

import {
  defineTool,
  type Parsed,
  parseOptions,
  runTool,
  type Tool,
  type ToolStreams,
  UsageError,
} from "../../lib/cli.ts";
import { quoted } from "../../lib/cli/values.ts";
import { isLoopback } from "../../lib/net/address.ts";
import type { Zone } from "../../lib/time/zone.ts";
import { readZone } from "../../lib/time/zone_option.ts";
import { CLIENT_OPTIONS } from "../service/options.ts";
import { readTarget, type Target } from "../service/target.ts";

const TIME_PORT = 8837;
const DAYTIME_PORT = 8888;
/** Ports that daytime servers are known by: RFC 867's, and that of `timed`. */
const DAYTIME_PORTS: readonly number[] = [13, DAYTIME_PORT];
/** Least times between two questions: to this machine, and to another one. */
const LOCAL_INTERVAL = 1000;
const POLITE_INTERVAL = 4000;
const MAX_HOSTS = 32;

const OPTIONS = {
  daytime: { type: "flag", help: "ask by RFC 867 (daytime)", group: "Server" },
  ...CLIENT_OPTIONS,
  samples: {
    type: "integer",
    short: "n",
    default: 1,
    min: 1,
    max: 1000,
    help: "measure the clock's offset, by so many answers",
    group: "Offset",
  },
  interval: {
    type: "seconds",
    short: "i",
    default: 0,
    help: "least time between questions (0: 1 s, 4 s to other machines)",
    group: "Offset",
  },
  precise: {
    type: "flag",
    help: "measure to milliseconds (up to 50 questions in 2 s)",
    group: "Offset",
  },
  utc: { type: "flag", help: "show UTC", group: "Time" },
  zone: {
    type: "text",
    placeholder: "NAME",
    help: "show this zone's time; also for lines without a zone",
    group: "Time",
  },
  era: {
    type: "text",
    placeholder: "N",
    help: "the era of RFC 868's answers: 0 from 1900, 1 from 2036",
    group: "Time",
  },
} as const;

const TOOL = defineTool({
  name: "timec",
  summary: "ask servers for the time (RFC 868, RFC 867)",
  usage: "timec [options] HOST[:PORT]...",
  examples: [
    ["timec localhost", "the time by RFC 868, from timed"],
    ["timec localhost:daytime", "the line that a daytime server writes"],
    ["timec -n 10 a.example b.example", "how far are their clocks off?"],
    ["timec --udp --precise localhost", "the same to milliseconds"],
  ],
  options: OPTIONS,
  positionals: { max: MAX_HOSTS },
});

/** What `timec` says about itself. */
export const TIMEC: Tool = TOOL;

/** A server to ask. */
export interface Inquiry {
  /** Where it is. */
  readonly target: Target;
  /** How it is asked: `time` is RFC 868, `daytime` RFC 867. */
  readonly protocol: "time" | "daytime";
  /** Milliseconds between the begins of two questions, at least. */
  readonly interval: number;
  /** Whether it is on this machine. */
  readonly isLocal: boolean;
}

/** What a command line asks for. */
export interface Request {
  /** Whom to ask. */
  readonly inquiries: readonly Inquiry[];
  /** Milliseconds to wait for an answer. */
  readonly timeout: number;
  /** How the offset is measured; `null` when only the time is asked for. */
  readonly measure: { readonly samples: number } | "precise" | null;
  /** The zone of times that are shown, and of lines without one. */
  readonly zone: Zone;
  /** The era of RFC 868's answers, when it is given. */
  readonly era: number | undefined;
  /** Whether to print JSON. */
  readonly json: boolean;
  /** Whether to leave out what is only good to know. */
  readonly quiet: boolean;
}

/** Runs `ask` on a command line; the exit code. Never throws. */
export function runTimec(
  args: readonly string[],
  ask: (request: Request) => Promise<number>,
  streams: ToolStreams = {},
): Promise<number> {
  return runTool(TOOL, args, (parsed) => ask(requestOf(parsed)), streams);
}

/**
 * What a command line asks for.
 *
 * @throws {UsageError} when it makes no sense.
 *
 * @example
 * ```ts
 * import { readRequest } from "./options.ts";
 * const { inquiries } = readRequest(["localhost:13"]);
 * console.assert(inquiries[0]?.protocol === "daytime");
 * ```
 */
export function readRequest(args: readonly string[]): Request {
  return requestOf(parseOptions(TOOL, args));
}

function requestOf(
  { options, positionals, given }: Parsed<typeof OPTIONS>,
): Request {
  const hosts = positionals.length > 0 ? positionals : [undefined];
  if (options.precise && given.has("samples")) {
    throw new UsageError("--precise and --samples: choose one");
  }
  if (given.has("interval") && !given.has("samples")) {
    throw new UsageError("--interval is the time between --samples: give both");
  }
  const isMeasured = given.has("samples") || hosts.length > 1;
  const inquiries = hosts.map((host) => inquiryOf(host, options));
  if (given.has("era") && inquiries.every(isDaytime)) {
    throw new UsageError("--era is for RFC 868: daytime tells the year");
  }
  return {
    inquiries,
    timeout: options.timeout,
    measure: options.precise
      ? "precise"
      : isMeasured
      ? { samples: options.samples }
      : null,
    zone: readZone(options),
    era: options.era === undefined ? undefined : readEra(options.era),
    json: options.json,
    quiet: options.quiet,
  };
}

function inquiryOf(
  host: string | undefined,
  options: Parsed<typeof OPTIONS>["options"],
): Inquiry {
  const defaultPort = options.daytime ? DAYTIME_PORT : TIME_PORT;
  const target = readTarget(host, options, defaultPort);
  const protocol = options.daytime ||
      target.transport !== "unix" && DAYTIME_PORTS.includes(target.port)
    ? "daytime"
    : "time";
  const isLocal = target.transport === "unix" ||
    target.hostname === "localhost" || isLoopback(target.hostname);
  const usual = isLocal ? LOCAL_INTERVAL : POLITE_INTERVAL;
  return {
    target,
    protocol,
    interval: options.interval === 0 ? usual : options.interval,
    isLocal,
  };
}

function isDaytime({ protocol }: Inquiry): boolean {
  return protocol === "daytime";
}

function readEra(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw new UsageError(
    `--era: expected 0 (from 1900), 1 (from 2036) or a later one, got ` +
      quoted(text),
  );
}
