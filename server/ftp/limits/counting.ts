/**
 * Who counts sessions: a worker that is alone by itself, which makes logging in
 * faster, else the warden for all of them.
 *
 * @module
 */

import type { Log } from "../../../lib/log.ts";
import type { Admission } from "../../../lib/net/admission.ts";
import {
  type Gate,
  type Ledger,
  type LedgerEvent,
  type LedgerLimits,
  newLedger,
} from "./ledger.ts";
import type { Warden } from "../worker/questions.ts";
import type { Settings } from "../settings.ts";
import type { Shared } from "./shared.ts";

/** A door and a gate, and how they get other limits. */
export interface Counting {
  /** Asked for every connection. */
  readonly door: Admission;
  /** Asked for every log-in. */
  readonly gate: Gate;
  /** Takes other limits from now on. */
  change(settings: Settings): void;
}

/** The limits that a ledger has by these settings. */
export function ledgerLimits(settings: Settings): LedgerLimits {
  const { maxSessions, maxPerAddress, session, limits = {} } = settings;
  return {
    maxSessions,
    maxPerAddress,
    connectionsPerSecond: limits.connectionsPerSecond,
    connectionsPerSecondPerAddress: limits.connectionsPerSecondPerAddress,
    loginDelay: session.loginDelay ?? 1000,
    loginDelayMax: limits.loginDelayMax,
    ban: limits.ban,
  };
}

/** Tells the log about bans. */
export function bansTo(log: Log): (event: LedgerEvent) => void {
  return (event) => {
    const { address } = event;
    if (event.kind === "unbanned") {
      return log.info("unbanned", { address, early: event.early });
    }
    log.warn("banned", { address, seconds: event.duration / 1000 });
  };
}

/** Counts here. */
export function countHere(
  settings: Settings,
  { shared, log, signal }: { shared: Shared; log: Log; signal: AbortSignal },
): Counting {
  const told = bansTo(log);
  const ledger: Ledger = newLedger(ledgerLimits(settings), {
    shared,
    told,
    signal,
  });
  return {
    door: ledger,
    gate: ledger,
    change: (settings) => ledger.change(ledgerLimits(settings)),
  };
}

/** Asks the warden, who counts for all. */
export function countThere(warden: Warden): Counting {
  return {
    door: {
      enter: (address) => warden.ask("enter", { address }),
      leave: (address) => warden.tell({ of: "leave", address }),
    },
    gate: {
      failed: (address, user) => warden.ask("failed", { address, user }),
      succeeded: (address, user) =>
        warden.tell({ of: "succeeded", address, user }),
      admit: (account, address, max) =>
        warden.ask("admit", { account, address, max }),
      release: (account, address) =>
        warden.tell({ of: "release", account, address }),
    },
    change() {},
  };
}
