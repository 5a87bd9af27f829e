/**
 * Passing datagrams on, byte for byte, without ending in a loop.
 *
 * @module
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import type { Fields, Log } from "../../../lib/log.ts";
import {
  formatHostPort,
  isLoopback,
  sameAddress,
} from "../../../lib/net/address.ts";
import { oncePerSource } from "../../../lib/net/once_per_source.ts";
import { type Rate, tokenBucket } from "../../../lib/net/token_bucket.ts";
import { openOutlet, type Outlet } from "./outlet.ts";
import type { DebugRecord } from "./record.ts";
import { ReturnWatch } from "./returns.ts";

/** Why a datagram is not passed on. */
export type KeptReason =
  /** The target is where it arrived. */
  | "own-address"
  /** The target sent it. */
  | "from-target"
  /** It was passed on a moment ago, and came back. */
  | "loop"
  /** More come than are passed on. */
  | "rate"
  /** The network does not take them as fast as they come. */
  | "busy";

/** Options for {@linkcode openForwarder}. */
export interface ForwardOptions {
  /** Where trouble is told. */
  readonly log: Log;
  /** How often it passes on at most. @default 1000 a second, 4000 at once */
  readonly rate?: Rate;
  /** Opens the way to a target. @default a UDP socket */
  readonly open?: (target: HostPort, log: Log) => Outlet;
  /** Whose milliseconds count. @default {systemClock} */
  readonly clock?: Clock;
}

/** What of a record is looked at. */
export type Forwarded = Pick<DebugRecord, "data" | "from" | "to">;

/** Passes datagrams on to some targets. */
export interface Forwarder {
  /** Passes a datagram on, unless that may be a loop. Returns at once. */
  forward(record: Forwarded): void;
  /** What was passed on, and what was not. */
  counters(): Fields;
  /** Closes its sockets, once what is under way has left. */
  close(): Promise<void>;
}

const RATE: Rate = { perSecond: 1000, burst: 4000 };

/**
 * Opens the way to `targets`. What cannot be sent is told once and counted;
 * nothing waits for it.
 *
 * @example
 * ```ts
 * import { createLog } from "../../../lib/log.ts";
 * import { openForwarder } from "./forward.ts";
 * const sent: number[] = [];
 * const forwarder = openForwarder([{ hostname: "192.0.2.1", port: 7739 }], {
 *   log: createLog({ format: "text" }),
 *   open: () => ({
 *     send: (data) => sent.push(data.length) > 0,
 *     counters: { sent: 0, failed: 0 },
 *     close: () => Promise.resolve(),
 *   }),
 * });
 * forwarder.forward({
 *   data: new Uint8Array(5),
 *   from: { hostname: "192.0.2.7", port: 40001 },
 *   to: { hostname: "192.0.2.2", port: 7739 },
 * });
 * console.assert(sent.join() === "5");
 * ```
 */
export function openForwarder(
  targets: readonly HostPort[],
  options: ForwardOptions,
): Forwarder {
  const { log, rate = RATE, open = openOutlet, clock = systemClock } = options;
  const outlets = targets.map((target) => ({
    target,
    outlet: open(target, log),
  }));
  const returns = new ReturnWatch(clock);
  const bucket = tokenBucket(rate, { clock, maxKeys: 1 });
  const isNews = oncePerSource({ clock });
  const kept: Record<KeptReason, number> = {
    "own-address": 0,
    "from-target": 0,
    loop: 0,
    rate: 0,
    busy: 0,
  };

  function keep(why: KeptReason, { hostname, port }: HostPort): void {
    kept[why]++;
    if (!isNews(why, hostname)) return;
    log.warn("not-forwarded", { why, from: formatHostPort(hostname, port) });
  }

  return {
    forward({ data, from, to }) {
      const sender = formatHostPort(from.hostname, from.port);
      if (returns.isReturn(data, sender)) return keep("loop", from);
      if (!bucket.take("")) return keep("rate", from);
      for (const { target, outlet } of outlets) {
        if (isAt(target, to)) keep("own-address", from);
        else if (isSame(target, from)) keep("from-target", from);
        else if (!outlet.send(data)) keep("busy", from);
      }
    },
    counters: () => ({
      forwarded: sum(outlets, ({ counters: { sent } }) => sent),
      "forward-failed": sum(outlets, ({ counters: { failed } }) => failed),
      ...reasonsOf(kept),
    }),
    async close() {
      await Promise.all(outlets.map(({ outlet }) => outlet.close()));
    },
  };
}

/**
 * Whether a socket that is bound to `local` gets what is sent to `target`.
 *
 * @example
 * ```ts
 * import { isAt } from "./forward.ts";
 * const target = { hostname: "127.0.0.1", port: 7739 };
 * console.assert(isAt(target, { hostname: "0.0.0.0", port: 7739 }));
 * console.assert(!isAt(target, { hostname: "0.0.0.0", port: 7740 }));
 * ```
 */
export function isAt(target: HostPort, local: HostPort): boolean {
  if (target.port !== local.port) return false;
  const isEverywhere = /^(0\.0\.0\.0|::)$/.test(local.hostname);
  return sameAddress(target.hostname, local.hostname) ||
    (isEverywhere && isLoopback(target.hostname));
}

function isSame(target: HostPort, peer: HostPort): boolean {
  return target.port === peer.port &&
    sameAddress(target.hostname, peer.hostname);
}

function sum(
  outlets: readonly { readonly outlet: Outlet }[],
  pick: (outlet: Outlet) => number,
): number {
  return outlets.reduce((total, { outlet }) => total + pick(outlet), 0);
}

function reasonsOf(kept: Readonly<Record<KeptReason, number>>): Fields {
  return Object.fromEntries(
    Object.entries(kept).filter(([, count]) => count > 0)
      .map(([reason, count]) => [`not-forwarded-${reason}`, count]),
  );
}
