/**
 * Every metric of `ftpd`. No label has a value that a client chooses, so that
 * their number is bounded.
 *
 * @module
 */

import { COMMAND_BOUNDS, LOGIN_BOUNDS, TRANSFER_BOUNDS } from "./counters.ts";
import type { HookCounts } from "./hook_queue.ts";
import type { Direction, SessionView } from "./observer.ts";
import { type Family, prometheusText, type Sample } from "./prometheus.ts";
import type { ServerSurvey } from "./survey.ts";

/** What is known of a server beside its workers. Times in milliseconds. */
export interface ServerState {
  /** How the workers are. */
  readonly survey: ServerSurvey;
  /** Version of the server. */
  readonly version: string;
  /** Version of the runtime. */
  readonly runtime: string;
  /** When it started: since 1970. */
  readonly started: number;
  /** Bytes of memory that the process has. */
  readonly memory: number;
  /** Workers that there should be, and those that end. */
  readonly workers: number;
  /** Workers that died. */
  readonly deaths: number;
  /** Whether it waits for its last session. */
  readonly draining: boolean;
  /** Reloads that worked, and that did not. */
  readonly reloads: { readonly ok: number; readonly failed: number };
  /** Addresses that are shut out now. */
  readonly banned: number;
  /** When the first certificate ends: since 1970; `null` without one. */
  readonly certificateEnd: number | null;
  /** Lines of logs that the warden has lost. */
  readonly linesLost: number;
  /** What became of each hook's events, and how many wait. */
  readonly hooks: readonly (HookCounts & { readonly waiting: number })[];
}

/** The text of all metrics. */
export function metricsText(state: ServerState): string {
  return prometheusText(metricsOf(state));
}

/** Every metric, with its samples of now. */
export function metricsOf(state: ServerState): Family[] {
  return [
    ...sessionMetrics(state.survey),
    ...transferMetrics(state.survey),
    ...processMetrics(state),
    ...operationMetrics(state),
  ];
}

function sessionMetrics({ sessions, counters }: ServerSurvey): Family[] {
  const loggedIn = sessions.filter(({ account }) => account !== null);
  return [
    gauge("sessions_open", "Sessions that are on.", sessions.length),
    gauge("sessions_logged_in", "Sessions with a login.", loggedIn.length),
    counter("sessions_total", "Sessions that have begun.", counters.sessions),
    counter(
      "sessions_kicked_total",
      "Sessions that an administrator ended.",
      counters.kicked,
    ),
    counter(
      "tls_sessions_total",
      "Control connections that TLS came to protect, by version.",
      labelled("version", counters.secured),
    ),
    counter(
      "logins_total",
      "Logins, by result.",
      labelled("result", counters.logins),
    ),
    counter(
      "refusals_total",
      "Connections sent away at the door, by reason.",
      labelled("reason", counters.refusals),
    ),
    counter("bans_total", "Addresses that were shut out.", counters.bans),
    counter(
      "replies_total",
      "Replies, by code.",
      labelled("code", counters.replies),
    ),
    {
      ...named("command_duration_seconds", "Time to answer a command."),
      type: "histogram",
      histogram: counters.commandSeconds,
      bounds: COMMAND_BOUNDS,
    },
    {
      ...named("login_duration_seconds", "Time of logins that succeeded."),
      type: "histogram",
      histogram: counters.loginSeconds,
      bounds: LOGIN_BOUNDS,
    },
  ];
}

function transferMetrics(
  { sessions, counters, dataPorts }: ServerSurvey,
): Family[] {
  const results = Object.entries(counters.transfers)
    .flatMap(([direction, outcomes]) =>
      Object.entries(outcomes).map(([result, value]) => (
        { labels: { direction, result }, value }
      ))
    );
  const running = runningBy(sessions, () => 1);
  const rates = runningBy(sessions, ({ rate }) => rate);
  return [
    counter("transfers_total", "Transfers, by direction and result.", results),
    gauge(
      "transfers_running",
      "Transfers that run, by direction.",
      labelled("direction", running),
    ),
    counter(
      "transfer_bytes_total",
      "Bytes of files, listings and hashes, by direction.",
      labelled("direction", counters.bytes),
    ),
    gauge(
      "transfer_bytes_per_second",
      "Speed of the transfers that run, by direction.",
      labelled("direction", rates),
    ),
    {
      ...named(
        "transfer_duration_seconds",
        "Time of uploads and downloads that are complete.",
      ),
      type: "histogram",
      histogram: counters.transferSeconds,
      bounds: TRANSFER_BOUNDS,
    },
    gauge("data_ports_open", "Data ports that are open.", dataPorts),
  ];
}

type Running = NonNullable<SessionView["transfer"]>;

function runningBy(
  sessions: readonly SessionView[],
  amount: (transfer: Running) => number,
): Record<Direction, number> {
  const sums = { download: 0, upload: 0, listing: 0, work: 0 };
  for (const { transfer } of sessions) {
    if (transfer !== null) sums[transfer.direction] += amount(transfer);
  }
  return sums;
}

function processMetrics(state: ServerState): Family[] {
  const { version, runtime, survey } = state;
  const ofWorkers = (value: "lag" | "heap", unit: number): Sample[] =>
    survey.workers.map((worker) => (
      { labels: { worker: worker.name }, value: worker[value] / unit }
    ));
  return [
    gauge("build_info", "Versions of server and runtime.", [
      { labels: { version, runtime }, value: 1 },
    ]),
    {
      name: "process_start_time_seconds",
      help: "When the server started: seconds since 1970.",
      type: "gauge",
      samples: [{ value: state.started / 1000 }],
    },
    {
      name: "process_resident_memory_bytes",
      help: "Memory of the whole process.",
      type: "gauge",
      samples: [{ value: state.memory }],
    },
    gauge("workers", "Workers, those that only end too.", state.workers),
    counter("worker_deaths_total", "Workers that died.", state.deaths),
    gauge(
      "worker_lag_seconds",
      "How late a worker's thread was at worst, in the last 15 seconds.",
      ofWorkers("lag", 1000),
    ),
    gauge(
      "worker_heap_bytes",
      "Memory of a worker's objects.",
      ofWorkers("heap", 1),
    ),
  ];
}

function operationMetrics(state: ServerState): Family[] {
  const { reloads, hooks, banned, certificateEnd } = state;
  const ofHooks = (value: keyof HookCounts | "waiting"): Sample[] =>
    hooks.map((hook, at) => (
      { labels: { hook: String(at + 1) }, value: hook[value] }
    ));
  const ends = hooks.flatMap(({ delivered, failed, dropped }, at) =>
    Object.entries({ delivered, failed, dropped }).map(([result, value]) => (
      { labels: { hook: String(at + 1), result }, value }
    ))
  );
  return [
    gauge("draining", "1 while no new sessions come in.", +state.draining),
    counter(
      "reloads_total",
      "Reloads of the settings, by result.",
      labelled("result", reloads),
    ),
    gauge("banned_addresses", "Addresses that are shut out.", banned),
    gauge(
      "certificate_end_time_seconds",
      "When the first certificate ends: seconds since 1970.",
      known(certificateEnd && certificateEnd / 1000),
    ),
    counter(
      "log_lines_lost_total",
      "Lines of logs that could not be written.",
      state.linesLost + state.survey.counters.linesDropped,
    ),
    counter("hook_events_total", "Events, by hook and result.", ends),
    counter(
      "hook_failures_total",
      "Tries to deliver an event that did not work.",
      ofHooks("tries"),
    ),
    gauge("hook_events_waiting", "Events that wait.", ofHooks("waiting")),
  ];
}

type Samples = number | readonly Sample[];

function named(name: string, help: string) {
  return { name: `wharf_ftpd_${name}`, help };
}

function gauge(name: string, help: string, samples: Samples): Family {
  return { ...named(name, help), type: "gauge", samples: listed(samples) };
}

function counter(name: string, help: string, samples: Samples): Family {
  return { ...named(name, help), type: "counter", samples: listed(samples) };
}

function listed(samples: Samples): readonly Sample[] {
  return typeof samples === "number" ? [{ value: samples }] : samples;
}

function labelled(
  label: string,
  values: Readonly<Record<string, number>>,
): Sample[] {
  return Object.entries(values).map(([name, value]) => (
    { labels: { [label]: name }, value }
  ));
}

function known(value: number | null): Sample[] {
  return value === null ? [] : [{ value }];
}
