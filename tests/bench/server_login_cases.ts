/**
 * What it takes to come in: connections up to the greeting, and log-ins.
 *
 * @module
 */

import { type Order, percentilesOf, whileHolding } from "./hold.ts";
import type { Load } from "./load.ts";
import type { Case, Expected } from "./server_case.ts";

const LOGINS = 300;
const AT_ONCE = 20;
/** Seconds after which a run ends, with as many log-ins as it came to. */
const SECONDS = 3;

/** Log-ins and greetings, with TLS or without. */
export function loginCases(quick: boolean, tls = false): Case[] {
  return tls ? [logins(quick, true)] : [greeting(quick), logins(quick, false)];
}

function greeting(quick: boolean): Case {
  const times = quick ? 100 : 500;
  return {
    name: "greeting",
    words: ["latency"],
    metrics: ["median", "99 %"].map((value) => ({
      title: "From connect to the first byte of the greeting",
      unit: "µs",
      better: "less",
      group: { head: "which", value },
    })),
    verify: warmUp,
    measure: async (load, { port }) => {
      const ask = (order: Order) => order("greet", times, SECONDS);
      const { middle, most } = percentilesOf(
        await whileHolding(load, port, ask),
      );
      return [middle, most];
    },
  };
}

function logins(quick: boolean, tls: boolean): Case {
  const count = quick ? 100 : LOGINS;
  const rate = async (load: Load, port: number, threads: number) => {
    const words = ["login", port, count, threads, SECONDS];
    const [seconds = NaN, done = NaN] = await load.figures(...words);
    return done / seconds;
  };
  return {
    name: "login",
    metrics: [1, AT_ONCE].map((threads) => ({
      title: tls ? "Log-ins over TLS" : "Log-ins",
      unit: "log-ins/s",
      better: "more",
      group: { head: "at a time", value: `${threads}` },
      expected: tls ? [] : EXPECTED,
    })),
    also: ["workers"],
    verify: warmUp,
    measure: async (load, { port }) => [
      await rate(load, port, 1),
      await rate(load, port, AT_ONCE),
    ],
  };
}

const EXPECTED: Expected[] = [{ times: 1, of: "pyftpdlib" }];

async function warmUp(load: Load, { port }: { port: number }): Promise<void> {
  await load.run("login", port, 10, 1, 10);
}
