/**
 * The options of a ping, and what they mean.
 *
 * @module
 */

import { type OptionValues, UsageError } from "../../lib/cli.ts";
import { quoted } from "../../lib/cli/values.ts";
import type { Target } from "../service/target.ts";
import type { PingOptions } from "./ping_options.ts";
import type { Sizes } from "./sizes.ts";

/** All of these but `brief` turn a message into a ping. */
export const PING_OPTIONS = {
  count: {
    type: "integer",
    short: "c",
    default: 0,
    help: "how many probes; 0: until Ctrl-C",
    group: "Ping",
  },
  interval: {
    type: "text",
    short: "i",
    default: "1",
    placeholder: "SECONDS",
    help: "time between probes: 0.2, 20ms, 500us",
    group: "Ping",
  },
  size: {
    type: "integer",
    short: "s",
    placeholder: "BYTES",
    default: 56,
    max: 16_777_216,
    help: "length of a probe",
    group: "Ping",
  },
  sweep: {
    type: "text",
    placeholder: "A..B",
    help: "every length from A to B, or --count of them",
    group: "Ping",
  },
  flood: {
    type: "flag",
    short: "f",
    help: "send a probe as soon as a reply came",
    group: "Ping",
  },
  load: {
    type: "text",
    placeholder: "RATE",
    help: "so many probes a second, for 10 s unless told otherwise",
    group: "Ping",
  },
  window: {
    type: "integer",
    default: 1,
    min: 1,
    max: 100_000,
    help: "most probes under way in a flood or sweep",
    group: "Ping",
  },
  connections: {
    type: "integer",
    default: 1,
    min: 1,
    max: 1000,
    help: "connections, or UDP sockets, that take turns",
    group: "Ping",
  },
  duration: {
    type: "seconds",
    default: 0,
    help: "send for so long; 0: no limit",
    group: "Ping",
  },
  deadline: {
    type: "seconds",
    short: "w",
    default: 0,
    help: "end after so long, whatever is under way; 0: no limit",
    group: "Ping",
  },
  "max-loss": {
    type: "text",
    placeholder: "PERCENT",
    help: "exit with 1 when more is lost",
    group: "Ping",
  },
  "max-p99": {
    type: "text",
    placeholder: "MS",
    help: "exit with 1 when 1 % of the replies take longer",
    group: "Ping",
  },
  brief: {
    type: "flag",
    short: "q",
    help: "only the statistics, no line a probe",
    group: "Output",
  },
  timestamps: {
    type: "flag",
    short: "D",
    help: "begin lines with the time",
    group: "Output",
  },
  histogram: {
    type: "flag",
    help: "draw how often which time came",
    group: "Output",
  },
  csv: {
    type: "flag",
    help: "a line of CSV a probe, statistics on standard error",
    group: "Output",
  },
} as const;

/** The values of {@linkcode PING_OPTIONS}, and the time-out. */
export type PingValues = OptionValues<typeof PING_OPTIONS> & {
  /** Milliseconds. */
  readonly timeout: number;
};

/** What a command line says, as the library wants it. */
export type PingSettings = Pick<
  PingOptions,
  | "count"
  | "interval"
  | "gap"
  | "size"
  | "timeout"
  | "duration"
  | "deadline"
  | "window"
  | "connections"
>;

const MOST_BYTES = PING_OPTIONS.size.max;
const LOAD_DURATION = 10_000;
const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };
/** Servers of ours answer 1000 datagrams a second, and drop the others. */
const SWEEP_GAP = 2;
/** Options of which each says by itself when a probe is sent. */
const PACES = ["interval", "flood", "load"];
/** JSON and CSV have lines of their own. */
const CONTRADICTIONS = [
  ["json", "csv"],
  ["json", "timestamps"],
  ["json", "histogram"],
  ["csv", "timestamps"],
  ["csv", "brief"],
];

/** Whether a ping is asked for: by any of the options, but that for silence. */
export function isPing(given: ReadonlySet<string>): boolean {
  return Object.keys(PING_OPTIONS)
    .some((name) => name !== "brief" && given.has(name));
}

/**
 * Reads the options of a ping over `transport`. A sweep of datagrams is spaced
 * out, unless it shall be a flood: what a server drops for being asked too often
 * says nothing about lengths.
 *
 * @throws {UsageError} for a value that makes no sense, and for two options
 * that contradict each other.
 */
export function readPing(
  values: PingValues,
  given: ReadonlySet<string>,
  transport: Target["transport"],
): PingSettings {
  together(given, PACES);
  together(given, ["size", "sweep"]);
  for (const pair of CONTRADICTIONS) together(given, pair);
  const { count, duration, deadline, timeout, connections } = values;
  const isEndless = count === 0 && duration === 0 && deadline === 0;
  const isBrief = values.load !== undefined && isEndless;
  const sends = isBrief ? LOAD_DURATION : duration;
  const interval = readPace(values, given);
  const isPaced = interval > 0 && !given.has("window");
  const isSpaced = interval === 0 && !values.flood && transport === "udp";
  return {
    interval,
    size: values.sweep === undefined ? values.size : readSweep(values.sweep),
    timeout,
    connections,
    ...count === 0 ? {} : { count },
    ...sends === 0 ? {} : { duration: sends },
    ...deadline === 0 ? {} : { deadline },
    ...isPaced ? {} : { window: values.window },
    ...isSpaced ? { gap: SWEEP_GAP } : {},
  };
}

/** Milliseconds between two probes; 0: as fast as the replies come. */
function readPace(values: PingValues, given: ReadonlySet<string>): number {
  if (values.load !== undefined) return 1000 / readLoad(values.load);
  const isSweep = values.sweep !== undefined && !given.has("interval");
  return values.flood || isSweep ? 0 : readInterval(values.interval);
}

function readInterval(text: string): number {
  const [, number, unit = "s"] = /^(\d+\.?\d*|\.\d+)(us|ms|s)?$/.exec(text) ??
    [];
  const interval = Number(number) * (UNITS[unit] ?? 1);
  if (interval >= 0.01 && interval <= 86_400_000) return interval;
  const wanted = "seconds such as 1, 0.2, 20ms or 500us, from 10us to 1 day";
  throw new UsageError(`--interval: expected ${wanted}, got ${quoted(text)}`);
}

function readLoad(text: string): number {
  const rate = readNumber(text);
  if (rate !== null && rate >= 0.001 && rate <= 100_000) return rate;
  const wanted = "probes a second, from 0.001 to 100000";
  throw new UsageError(`--load: expected ${wanted}, got ${quoted(text)}`);
}

function readSweep(text: string): Sizes {
  const [, a, b] = /^(\d{1,8})\.\.(\d{1,8})$/.exec(text) ?? [];
  const [from, to] = [Number(a), Number(b)];
  if (from <= to && to <= MOST_BYTES) return { from, to };
  throw new UsageError(
    `--sweep: expected A..B, from 0 to ${MOST_BYTES} and not down, got ${
      quoted(text)
    }`,
  );
}

/** A plain number such as `5` or `0.5`; `null` for any other text. */
export function readNumber(text: string): number | null {
  return /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null;
}

/** Refuses more than one of these options. */
function together(given: ReadonlySet<string>, names: readonly string[]): void {
  const [first, second] = names.filter((name) => given.has(name));
  if (second === undefined) return;
  throw new UsageError(`--${first} and --${second}: choose one`);
}
