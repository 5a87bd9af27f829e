/**
 * A network for probes that does what a script says, on a clock that a test
 * winds on.
 *
 * @module
 */

import type { Channel, Incoming } from "../../client/echo/channel.ts";
import { ping } from "../../client/echo/ping.ts";
import type { PingOptions } from "../../client/echo/ping_options.ts";
import type { PingResult } from "../../client/echo/result.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { type ManualClock, manualClock } from "../../lib/clock.ts";
import { Mailbox } from "../../lib/mailbox.ts";

/** A reply, some time after its probe was sent. */
export interface Reply {
  /** Milliseconds. */
  readonly after: number;
  /** What it is; the probe itself when not given. */
  readonly data?: Bytes;
  /** Whether it comes from somewhere else. */
  readonly isForeign?: boolean;
}

/** What comes back for the n-th probe, from 0. */
export type Script = (probe: Bytes, n: number) => readonly Reply[];

/** Options for {@linkcode scriptedChannel}. */
export interface ScriptOptions {
  /** @default {"datagram"} */
  readonly kind?: Channel["kind"];
  /** How long it takes until a probe is sent. @default {0} */
  readonly sending?: (n: number) => number;
  /** What goes wrong when a probe is sent. @default nothing */
  readonly failing?: (n: number) => Error | undefined;
  /** When the server ends the connection, in milliseconds. @default never */
  readonly endsAfter?: number;
}

/** A way to a server that does what `script` says. */
export function scriptedChannel(
  clock: ManualClock,
  script: Script,
  options: ScriptOptions = {},
): Channel & { readonly sent: readonly Bytes[] } {
  const { kind = "datagram", sending, failing, endsAfter } = options;
  const incoming = new Mailbox<Incoming | null | Error>();
  const sent: Bytes[] = [];
  if (endsAfter !== undefined) {
    clock.sleep(endsAfter).then(() => incoming.put(null));
  }
  return {
    kind,
    remote: "192.0.2.7:7",
    connectTime: kind === "stream" ? 0.25 : null,
    sent,
    async send(bytes) {
      const n = sent.length;
      const probe = bytes.slice();
      sent.push(probe);
      const takes = sending?.(n) ?? 0;
      if (takes > 0) await clock.sleep(takes);
      const failure = failing?.(n);
      if (failure) throw failure;
      for (const { after, data = probe, isForeign } of script(probe, n)) {
        const put = () => incoming.put({ data, isPeer: !isForeign });
        if (after === 0) put();
        else clock.sleep(after).then(put);
      }
    },
    async receive() {
      const next = await incoming.take();
      if (next instanceof Error) throw next;
      return next;
    },
    close: () => incoming.put(new Error("closed")),
  };
}

/** Runs `ping` against a script; all of it, unless `until` says otherwise. */
export async function scriptedPing(
  script: Script,
  { until = 10_000_000, ...options }:
    & PingOptions
    & ScriptOptions
    & { readonly until?: number } = {},
): Promise<{ result: PingResult; sent: readonly Bytes[] }> {
  const clock = manualClock();
  const channels: ReturnType<typeof scriptedChannel>[] = [];
  const run = ping({ transport: "udp", hostname: "192.0.2.7", port: 7 }, {
    ...options,
    clock,
    open() {
      const channel = scriptedChannel(clock, script, options);
      channels.push(channel);
      return Promise.resolve(channel);
    },
  });
  const ended = run.then(() => true, () => true);
  await clock.advance(until);
  await ended;
  return { result: await run, sent: channels.flatMap(({ sent }) => sent) };
}

/** The counts of a result, for comparison. */
export function countsOf(result: PingResult): Record<string, number> {
  const { sent, received, lost, duplicates, reordered } = result;
  const { corrupted, late, truncated } = result;
  const counts = { sent, received, lost, duplicates, reordered };
  return { ...counts, corrupted, late, truncated };
}

/** Counts of a run in which nothing went wrong, but for `other`. */
export function counts(
  sent: number,
  other: Record<string, number> = {},
): Record<string, number> {
  const none = { lost: 0, duplicates: 0, reordered: 0 };
  const faults = { corrupted: 0, late: 0, truncated: 0 };
  return { sent, received: sent, ...none, ...faults, ...other };
}

/** Numbers that can be repeated, at least 0 and below 1 (a linear generator). */
export function repeatable(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
