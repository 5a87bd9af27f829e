/**
 * `echoc` as a ping: runs one, tells about it, and judges it.
 *
 * @module
 */

import { EXIT, ToolError } from "../../lib/cli.ts";
import { visible } from "../../lib/visible.ts";
import type { Target } from "../service/target.ts";
import type { ProbeEvent } from "./events.ts";
import { type Gates, problemsOf } from "./gates.ts";
import type { PingSettings } from "./options.ts";
import { ping } from "./ping.ts";
import type { PingStart } from "./ping_options.ts";
import { CSV_HEADER, csvLine, jsonResult } from "./records.ts";
import { eventLine, interimLine, summaryLines } from "./report.ts";
import type { PingResult } from "./result.ts";
import type { Streams } from "./streams.ts";

/** How a ping is told about. */
export interface PingView {
  /** `text`: for people. `csv`: a line a probe. `json`: only the result. */
  readonly form: "text" | "csv" | "json";
  /** No line a probe. */
  readonly isBrief: boolean;
  /** Lines begin with the time. */
  readonly hasTimestamps: boolean;
  /** The statistics end with a histogram. */
  readonly hasHistogram: boolean;
}

/** What {@linkcode runPing} works with. */
export interface PingWorld {
  /** Where to write. */
  readonly streams: Pick<Streams, "out" | "err" | "unread">;
  /** Waits until all that was put out is written. */
  flush(): Promise<void>;
  /** Ctrl-C: tell what there is, and end. */
  readonly signal: AbortSignal;
  /** Calls back whenever the user asks how it goes; returns how to stop that. */
  onAsked(tell: () => void): () => void;
  /** The time of day. */
  readonly now: () => Date;
  /** Measures. @default {ping} */
  readonly ping?: typeof ping;
}

/**
 * Runs a ping and returns the exit code: 0 when it is good enough, 1 when not.
 *
 * @throws {ServiceError} when the server cannot be reached, and {ToolError}
 * when it goes away.
 */
export async function runPing(
  target: Target,
  settings: PingSettings,
  { view, gates }: { view: PingView; gates: Gates },
  world: PingWorld,
): Promise<number> {
  const { streams, signal } = world;
  const report = reportOf(settings, view, world);
  let stopTelling = () => {};
  try {
    const result = await (world.ping ?? ping)(target, {
      ...settings,
      signal: AbortSignal.any([signal, streams.unread]),
      onStart(run) {
        report.start(run);
        const tell = () => streams.err(`${interimLine(run.snapshot())}\n`);
        stopTelling = world.onAsked(tell);
      },
      ...report.event === null ? {} : { onEvent: report.event },
    });
    report.end(result);
    await world.flush();
    return judge(result, settings, gates, streams);
  } finally {
    stopTelling();
  }
}

/** Where the parts of a run go. */
interface Report {
  start(run: PingStart): void;
  /** `null`: single probes are not told about. */
  readonly event: ((event: ProbeEvent) => void) | null;
  end(result: PingResult): void;
}

function reportOf(
  settings: PingSettings,
  view: PingView,
  world: PingWorld,
): Report {
  const { out, err } = world.streams;
  if (view.form === "json") {
    const end = (result: PingResult) => out(`${jsonResult(result)}\n`);
    return { start() {}, event: null, end };
  }
  const isSweep = typeof settings.size === "object";
  const summary = (result: PingResult) =>
    summaryLines(result, { histogram: view.hasHistogram, isSweep })
      .map((line) => `${line}\n`).join("");
  if (view.form === "csv") {
    return {
      start: () => out(`${CSV_HEADER}\n`),
      event: (event) => out(`${csvLine(event)}\n`),
      end: (result) => err(summary(result)),
    };
  }
  return textReport(settings, view, world, (result) => out(summary(result)));
}

function textReport(
  settings: PingSettings,
  { isBrief, hasTimestamps }: PingView,
  { streams: { out }, now }: PingWorld,
  end: (result: PingResult) => void,
): Report {
  const { timeout = 2000 } = settings;
  let remote = "";
  const line = (text: string) => {
    const time = hasTimestamps ? `[${now().toISOString()}] ` : "";
    out(`${time}${text}\n`);
  };
  return {
    start(run) {
      remote = run.remote;
      line(`Probing ${visible(remote)} with ${manner(settings)}`);
    },
    event: isBrief
      ? null
      : (event) => line(eventLine(event, { remote, timeout })),
    end,
  };
}

/** How it is done: `56 bytes every 1 s`. */
function manner(
  { size = 56, interval = 1000, gap = 0 }: PingSettings,
): string {
  const bytes = typeof size === "number"
    ? `${size}`
    : `${size.from} to ${size.to}`;
  const pace = interval === 0 && gap > 0
    ? `as replies come, at most every ${gap} ms`
    : interval === 0
    ? "as fast as replies come"
    : interval < 1000
    ? `every ${Number(interval.toPrecision(4))} ms`
    : `every ${Number((interval / 1000).toPrecision(4))} s`;
  return `${bytes} bytes ${pace}`;
}

/** The exit code, and on the standard error why it is not 0. */
function judge(
  result: PingResult,
  { count, deadline }: PingSettings,
  gates: Gates,
  { err, unread }: PingWorld["streams"],
): number {
  const { failure } = result;
  if (failure) throw new ToolError(failure.message, EXIT.network);
  if (unread.aborted) return EXIT.done;
  const wanted = deadline !== undefined && count !== undefined ? { count } : {};
  const problems = problemsOf(result, { ...wanted, ...gates });
  for (const problem of problems) err(`echoc: ${problem}\n`);
  return problems.length === 0 ? EXIT.done : EXIT.failed;
}
