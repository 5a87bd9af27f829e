/**
 * All scenarios, once for each call that may go wrong.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { type Fault, Fuse } from "./faults_fuse.ts";
import { type Scenario, SCENARIOS } from "./faults_scenarios.ts";
import {
  play,
  type Played,
  type PlayOptions,
  type Tree,
} from "./faults_session.ts";
import type { FtpClient } from "./ftp_harness.ts";
import { type Tolerance, wrongWith } from "./faults_verdict.ts";

/** A scenario in which nothing went wrong. */
export interface Usual {
  /** What is done. */
  readonly scenario: Scenario;
  /** Whose calls are counted. */
  readonly faulty: PlayOptions["faulty"];
  /** The calls. */
  readonly calls: readonly string[];
  /** How it went. */
  readonly played: Played;
  /** All files before. */
  readonly before: Tree;
}

/** What may be different. */
export interface EveryCallOptions {
  /** What the fault may do; `victim` is the call. @default nothing */
  readonly may?: Tolerance | ((victim: string) => Tolerance);
  /** What the client does then; what hangs goes on a turn later. */
  readonly whenBlown?: (client: FtpClient) => void;
  /** What differs from the usual time-outs. */
  readonly limits?: PlayOptions["limits"];
  /** Calls that go wrong. @default all */
  readonly only?: (call: string) => boolean;
  /** Sessions at a time, for those that wait for time-outs. @default {1} */
  readonly atOnce?: number;
}

/** Plays all scenarios once. */
export async function usualOf(faulty: PlayOptions["faulty"]): Promise<Usual[]> {
  const nothing = { name: "nothing", steps: [] };
  const { tree: before } = await play(nothing, new Fuse(), { faulty });
  const usual: Usual[] = [];
  for (const scenario of SCENARIOS) {
    const fuse = new Fuse();
    const played = await play(scenario, fuse, { faulty });
    usual.push({ scenario, faulty, calls: fuse.calls, played, before });
  }
  return usual;
}

/** Plays all scenarios once for each of their calls; what was wrong. */
export async function everyCall(
  usual: readonly Usual[],
  fault: Fault,
  options: EveryCallOptions = {},
): Promise<string[]> {
  const { atOnce = 1, only = () => true } = options;
  const plays = usual.flatMap((one) =>
    one.calls.flatMap((call, at) =>
      only(call) ? [() => oneCall(one, new Fuse(at, fault), options)] : []
    )
  );
  const wrong: string[] = [];
  for (let at = 0; at < plays.length; at += atOnce) {
    const some = plays.slice(at, at + atOnce).map((begin) => begin());
    wrong.push(...(await Promise.all(some)).flat());
  }
  return wrong;
}

async function oneCall(
  { scenario, faulty, played: normal, before }: Usual,
  fuse: Fuse,
  { may = {}, whenBlown, limits }: EveryCallOptions,
): Promise<string[]> {
  const played = await play(scenario, fuse, {
    faulty,
    ...limits && { limits },
    ...whenBlown && {
      whenBlown(client) {
        whenBlown(client);
        setImmediate(() => fuse.release());
      },
    },
  });
  const victim = fuse.victim ?? "nothing";
  const tolerance = typeof may === "function" ? may(victim) : may;
  const evidence = { scenario, usual: normal, before, played };
  const said = played.replies.at(-1);
  return wrongWith(evidence, tolerance).map((what) =>
    `${scenario.name}: "${victim}" (${said}): ${what}`
  );
}
