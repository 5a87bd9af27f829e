/**
 * What sessions cost that stand idle: memory, and how long others wait for it.
 * One crowd grows step by step and everything is measured at each step, because
 * what counts is the slope.
 *
 * @module
 */

import { slope } from "./figures.ts";
import { type Order, percentilesOf, whileHolding } from "./hold.ts";
import type { Load } from "./load.ts";
import { pause, type Running } from "./processes.ts";
import type { Case, Expected, ServerMetric } from "./server_case.ts";

const MB = 1e6;
const KB = 1e3;
const THOUSAND = 1000;
/** Milliseconds for servers to finish their part of the last log-ins. */
const SETTLE = 300;
/** Seconds after which no further round trip is measured. */
const SECONDS = 2;
/** Where memory is compared with what was once expected, in sessions. */
const USUAL = 300;

/** The head of the round trips' first column, shared with the busy case. */
export const OTHERS = "other sessions";

/** The titles of round trips, shared with the busy case. */
export const ROUND_TRIP = {
  middle: "Round trip of NOOP, median",
  most: "Round trip of NOOP, 99 %",
} as const;

/** The group of slopes: what a thousand more add. */
const SLOPE = "1,000 more (slope)";
/** What a crowd may do to the round trips of others. */
const CALM: Expected[] = [{ atMostTimes: 2, ofGroup: "0 idle" }];

/** What was found while some sessions stood. */
export interface Step {
  /** How many. */
  sessions: number;
  /** Bytes, PSS of all processes. */
  memory: number;
  /** How many there are. */
  processes: number;
  /** Microseconds of a round trip: the median. */
  middle: number;
  /** Microseconds that 99 of 100 round trips did not exceed. */
  most: number;
  /** Microseconds that each of the last log-ins took. */
  login: number;
  /** Microseconds of processor time of each, where that was read. */
  loginCost: number;
  /** Microseconds of processor time of a round trip, likewise. */
  tripCost: number;
}

/** A crowd, with TLS or without. */
export function crowdCases(quick: boolean, tls = false): Case[] {
  const counts = quick || tls ? [0, 100, 300] : [0, 100, 300, 1000, 3000];
  return [{
    name: "idle",
    words: ["crowd", "latency", "memory"],
    metrics: tls ? metricsOverTls(counts) : metricsOf(counts),
    fresh: true,
    runs: 3,
    enough: 12_000,
    verify: async (load, { port }) => {
      await load.run("login", port, 20, 1, 10);
      await whileHolding(load, port, (order) => order("ping", 2000, SECONDS));
    },
    measure: async (load, server) => {
      const steps = await grow(
        load,
        server,
        counts,
        quick || tls ? 2000 : 8000,
      );
      return tls ? valuesOverTls(steps, counts) : valuesOf(steps, counts);
    },
  }];
}

async function grow(
  load: Load,
  server: Running,
  counts: number[],
  pings: number,
): Promise<Step[]> {
  const { most = Infinity } = server.candidate;
  return await whileHolding(load, server.port, async (order) => {
    const steps: Step[] = [];
    for (const sessions of counts.filter((count) => count <= most)) {
      const before = steps.at(-1)?.sessions ?? 0;
      steps.push(await climb(order, server, [before, sessions], pings));
    }
    return steps;
  });
}

async function climb(
  order: Order,
  server: Running,
  [before, sessions]: readonly [number, number],
  pings: number,
): Promise<Step> {
  // To read it takes a second when there are thousands of processes.
  const spent = () => sessions === USUAL ? server.processor() : NaN;
  const start = await spent();
  const [seconds = NaN] = await order("grow", sessions);
  await pause(SETTLE);
  const between = await spent();
  const trips = await order("ping", pings, SECONDS);
  const end = await spent();
  const { pss: memory, processes } = await server.memory();
  return {
    sessions,
    memory,
    processes,
    ...percentilesOf(trips),
    login: seconds / (sessions - before) * 1e6,
    loginCost: (between - start) / (sessions - before) * 1e6,
    tripCost: (end - between) / (trips[3] ?? NaN) * 1e6,
  };
}

/**
 * What `steps` are worth: a value for each of `counts` and the slope, of
 * memory, of round trips and of log-ins, and the processes in between.
 */
export function valuesOf(steps: readonly Step[], counts: number[]): number[] {
  const at = (count: number) =>
    steps.find(({ sessions }) => sessions === count);
  const each = (value: (step: Step) => number) =>
    counts.map((count) => at(count)).map((step) => step ? value(step) : NaN);
  const grown = steps.filter(({ sessions }) => sessions > 0);
  return [
    ...each(({ memory }) => memory / MB),
    slopeOf(steps, ({ memory }) => memory / KB),
    at(USUAL)?.processes ?? NaN,
    ...each(({ middle }) => middle),
    slopeOf(steps, ({ middle }) => middle) * THOUSAND,
    ...each(({ most }) => most),
    ...each(({ login }) => login).slice(1), // Nobody came in for the first.
    slopeOf(grown, ({ login }) => login) * THOUSAND,
    at(USUAL)?.loginCost ?? NaN,
    at(USUAL)?.tripCost ?? NaN,
  ];
}

function slopeOf(steps: readonly Step[], value: (step: Step) => number) {
  return slope(steps.map((step) => [step.sessions, value(step)]));
}

function metricsOf(counts: number[]): ServerMetric[] {
  const names = counts.map((count) => count.toLocaleString("en"));
  const idle = names.map((name) => `${name} idle`);
  const all: Omit<ServerMetric, "better">[] = [
    ...memoryMetrics(names, "idle sessions"),
    {
      title: "What a further idle session adds (slope), PSS",
      unit: "KB",
      expected: [{ atMost: 30 }],
    },
    { title: `Processes with ${USUAL} idle sessions`, unit: "processes" },
    ...inMicroseconds(ROUND_TRIP.middle, OTHERS, [...idle, SLOPE]),
    ...inMicroseconds(ROUND_TRIP.most, OTHERS, idle).map((metric) =>
      metric.group.value === "3,000 idle"
        ? { ...metric, expected: CALM }
        : metric
    ),
    ...inMicroseconds("One log-in", "up to sessions", [
      ...names.slice(1),
      SLOPE,
    ]),
    { title: "Processor time of a log-in", unit: "µs" },
    { title: "Processor time of a NOOP", unit: "µs" },
  ];
  return all.map((metric) => ({ ...metric, better: "less" }));
}

function inMicroseconds(title: string, head: string, values: string[]) {
  return values.map((value) => ({ title, unit: "µs", group: { head, value } }));
}

function memoryMetrics(counts: string[], what: string) {
  return counts.map((value) => ({
    title: `Memory with ${what}, PSS of all processes`,
    unit: "MB",
    group: { head: "sessions", value },
    expected: value === `${USUAL}` && what === "idle sessions"
      ? [{ atMost: 120 }]
      : [],
  }));
}

/** Memory alone: the rest is the same as without. */
function metricsOverTls(counts: number[]): ServerMetric[] {
  const names = counts.map((count) => `${count}`);
  return [
    ...memoryMetrics(names, "idle TLS sessions"),
    { title: "What a further idle TLS session adds (slope), PSS", unit: "KB" },
  ].map((metric) => ({ ...metric, better: "less" as const }));
}

function valuesOverTls(steps: readonly Step[], counts: number[]): number[] {
  return valuesOf(steps, counts).slice(0, counts.length + 1);
}
