/**
 * Who is there and who may come: sessions in all, per address and per account,
 * how often clients connect, failed log-ins and bans.
 *
 * There is one ledger in a server. It lives in the warden, or in the worker
 * when that is alone, and answers at once; sessions ask it through a
 * {@linkcode Gate}.
 *
 * @module
 */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import {
  admission,
  type CountingAdmission,
  type Refusal,
} from "../../../lib/net/admission.ts";
import {
  type Ban,
  type FailureLimits,
  Failures,
  type Penalty,
} from "./failures.ts";
import { normalizeAddress } from "../../../lib/net/ip.ts";
import { Frequency, type FrequencyLimits } from "./frequency.ts";
import type { Admitted } from "./gate.ts";
import { offenderOf } from "./offender.ts";
import { Seats } from "./seats.ts";
import type { Shared } from "./shared.ts";

export type { Ban, BanRule, Penalty } from "./failures.ts";
export type { Admitted, Gate } from "./gate.ts";

/** Limits of a {@linkcode Ledger}. */
export interface LedgerLimits extends FailureLimits, FrequencyLimits {
  /** Sessions at a time. */
  readonly maxSessions: number;
  /** Sessions at a time from one address. */
  readonly maxPerAddress: number;
}

/** Something that the log and the hooks should hear of. */
export type LedgerEvent =
  /** An address stays outside for `duration` milliseconds. */
  | {
    readonly kind: "banned";
    readonly address: string;
    readonly duration: number;
  }
  /** It may come again: time is up, or somebody has said so (`early`). */
  | {
    readonly kind: "unbanned";
    readonly address: string;
    readonly early: boolean;
  };

/** What was counted since the start. */
export interface LedgerTotals {
  /** Failed log-ins. */
  readonly failures: number;
  /** Bans. */
  readonly bans: number;
  /** Connections that were refused, by reason. */
  readonly refused: Readonly<Partial<Record<Refusal, number>>>;
}

/** Options for {@linkcode newLedger}. */
export interface LedgerOptions {
  /** Where accounts take their seats. @default 4096 seats of no consequence */
  shared?: Pick<Shared, "seats" | "clear"> | undefined;
  /** Hears of bans. @default nobody does */
  told?: ((event: LedgerEvent) => void) | undefined;
  /**
   * Ends waiting for the ends of bans. Without it they are noticed with the
   * next question only.
   */
  signal?: AbortSignal | undefined;
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Clock | undefined;
}

/** Counts and judges, at once. */
export interface Ledger {
  /** Lets a client of this address in (`null`), or says why not. */
  enter(address: string): Refusal | null;
  /** A client that was let in is gone. */
  leave(address: string): void;
  /** Somebody failed to log in; what that costs. */
  failed(address: string, user: string): Penalty;
  /** Somebody logged in: their own failures are forgotten. */
  succeeded(address: string, user: string): void;
  /** One more session of an account, of `max` at a time. */
  admit(account: string, address: string, max?: number): Admitted;
  /** A session that was admitted is over. */
  release(account: string, address: string): void;
  /** Who is banned now. */
  bans(): readonly Ban[];
  /** Ends the ban of an address or its network; whether there was one. */
  unban(address: string): boolean;
  /** Takes other limits from now on. Who is there stays. */
  change(limits: LedgerLimits): void;
  /** Accounts that are there, and their seats. */
  seats(): readonly { readonly account: string; readonly seat: number }[];
  /** Sessions that are there. */
  readonly sessions: number;
  /** What was counted so far. */
  readonly totals: LedgerTotals;
}

/**
 * A ledger in which nobody is yet. Peers of Unix sockets have the address `""`,
 * and only `maxSessions` holds for them.
 *
 * @throws {RangeError} If a limit makes no sense.
 *
 * @example
 * ```ts
 * import { newLedger } from "./ledger.ts";
 * const ledger = newLedger({
 *   maxSessions: 100,
 *   maxPerAddress: 10,
 *   loginDelay: 1000,
 *   ban: { failures: 2, within: 60_000, duration: 600_000 },
 * });
 * console.assert(ledger.enter("192.0.2.7") === null);
 * console.assert(ledger.failed("192.0.2.7", "root").delay === 1000);
 * console.assert(ledger.failed("192.0.2.7", "root").bannedFor === 600_000);
 * console.assert(ledger.enter("192.0.2.7") === "banned");
 * ```
 */
export function newLedger(
  limits: LedgerLimits,
  options: LedgerOptions = {},
): Ledger {
  return new Book(limits, options);
}

class Book implements Ledger {
  readonly #options: LedgerOptions;
  readonly #clock: Clock;
  readonly #inside: CountingAdmission;
  readonly #failures: Failures;
  readonly #seats: Seats;
  readonly #frequency: Frequency;
  #isWaiting = false;
  readonly totals: {
    failures: number;
    bans: number;
    refused: Partial<Record<Refusal, number>>;
  } = { failures: 0, bans: 0, refused: {} };

  constructor(limits: LedgerLimits, options: LedgerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#inside = admission(insideLimits(limits));
    this.#failures = new Failures(limits, this.#clock);
    this.#seats = new Seats(options.shared);
    this.#frequency = new Frequency(limits, this.#clock);
  }

  get sessions(): number {
    return this.#inside.count;
  }

  enter(address: string): Refusal | null {
    const key = offenderOf(address);
    const refusal = this.#refusal(key);
    if (refusal !== null) {
      const { refused } = this.totals;
      refused[refusal] = (refused[refusal] ?? 0) + 1;
    }
    return refusal;
  }

  #refusal(key: string): Refusal | null {
    if (this.#isBanned(key)) return "banned";
    // One address must not use up what is for all.
    if (!this.#frequency.allows(key)) return "too-often";
    const refusal = this.#inside.enter(key);
    if (refusal !== null) return refusal;
    if (this.#frequency.allowsAnybody()) return null;
    this.#inside.leave(key);
    return "too-often";
  }

  leave(address: string): void {
    this.#inside.leave(offenderOf(address));
  }

  failed(address: string, user: string): Penalty {
    this.totals.failures++;
    const key = offenderOf(address);
    const wasBanned = this.#isBanned(key);
    const penalty = this.#failures.add(key, user);
    const { delay, bannedFor } = penalty;
    if (key === "" || bannedFor === 0) return { delay, bannedFor: 0 };
    if (wasBanned) return { ...penalty, wasBanned };
    this.#ban(key, bannedFor);
    return penalty;
  }

  succeeded(address: string, user: string): void {
    this.#failures.pardon(offenderOf(address), user);
  }

  admit(account: string, address: string, max = Infinity): Admitted {
    if (this.#isBanned(offenderOf(address))) return { refusal: "banned" };
    const seat = this.#seats.take(account, max);
    return seat === null ? { refusal: "too-many-sessions" } : { seat };
  }

  release(account: string): void {
    this.#seats.leave(account);
  }

  seats(): readonly { account: string; seat: number }[] {
    return this.#seats.taken();
  }

  bans(): readonly Ban[] {
    this.#expire();
    return [...this.#failures.bans]
      .map(([address, until]) => ({ address, until }));
  }

  unban(address: string): boolean {
    this.#expire();
    const key = offenderOf(normalizeAddress(address));
    if (!this.#failures.unban(key)) return false;
    this.#options.told?.({ kind: "unbanned", address: key, early: true });
    return true;
  }

  change(limits: LedgerLimits): void {
    this.#inside.change(insideLimits(limits));
    this.#failures.change(limits);
    this.#frequency.change(limits);
  }

  #isBanned(key: string): boolean {
    if (key === "" || !this.#failures.bans.has(key)) return false;
    const isBanned = this.#failures.bannedFor(key) > 0;
    if (!isBanned) this.#lift(key);
    return isBanned;
  }

  #lift(address: string): void {
    this.#failures.unban(address);
    this.#options.told?.({ kind: "unbanned", address, early: false });
  }

  #ban(address: string, duration: number): void {
    this.totals.bans++;
    this.#options.told?.({ kind: "banned", address, duration });
    this.#watch();
  }

  /** Ends what is due. */
  #expire(): void {
    const now = this.#clock.now();
    for (const [address, until] of this.#failures.bans) {
      if (until <= now) this.#lift(address);
    }
  }

  /** Waits for the next ban's end, so that the log says it in time. */
  async #watch(): Promise<void> {
    const { signal } = this.#options;
    if (signal === undefined || this.#isWaiting) return;
    this.#isWaiting = true;
    try {
      while (this.#failures.bans.size > 0) {
        const next = Math.min(...this.#failures.bans.values());
        await this.#clock.sleep(Math.max(1, next - this.#clock.now()), signal);
        this.#expire();
      }
    } catch {
      // The server stops.
    } finally {
      this.#isWaiting = false;
    }
  }
}

function insideLimits({ maxSessions, maxPerAddress }: LedgerLimits) {
  return { max: maxSessions, perAddress: maxPerAddress };
}
