/**
 * What is remembered of addresses that fail to log in: how long the next
 * failure takes, and who is to stay outside for a while.
 *
 * @module
 */

import type { Clock } from "../../../lib/clock.ts";

/** When an address is banned. Times in milliseconds. */
export interface BanRule {
  /** So many failed log-ins, 1 or more, … */
  readonly failures: number;
  /** … in so much time … */
  readonly within: number;
  /** … keep it out for so long. */
  readonly duration: number;
}

/** What failures cost. Times in milliseconds. */
export interface FailureLimits {
  /** What a failed log-in costs, times the failures that are remembered. */
  readonly loginDelay: number;
  /** The most that it costs. @default {10000} */
  readonly loginDelayMax?: number | undefined;
  /** When addresses are banned. @default never */
  readonly ban?: BanRule | undefined;
}

/** The price of one failure, in milliseconds. */
export interface Penalty {
  /** How long the refusal is to be kept back. */
  readonly delay: number;
  /** How long the address is banned from now on; 0 when it is not. */
  readonly bannedFor: number;
  /**
   * Whether it was banned already, by another session: a ban is told once.
   *
   * @default {false}
   */
  readonly wasBanned?: boolean;
}

/** An address that is banned. */
export interface Ban {
  /** The address, or the /64 network of an IPv6 address. */
  readonly address: string;
  /** When it ends: milliseconds of the ledger's clock. */
  readonly until: number;
}

/** One failure is forgotten after so many milliseconds. */
const FORGET = 60_000;
/** Addresses remembered at most, of each kind; the oldest go first. */
export const MAX_OFFENDERS = 8192;
/** Failures of an address that are known one by one, for pardons. */
const KNOWN = 16;

/** An address that has failed lately. */
interface Offender {
  /** Failures that count for the delay; shrinks with time. */
  score: number;
  /** When the score was right. */
  at: number;
  /** When it failed, and as whom (a hash): the latest at the end. */
  readonly times: number[];
  readonly users: number[];
}

/** Remembers failures and bans, in bounded memory. */
export class Failures {
  #limits: FailureLimits;
  readonly #clock: Pick<Clock, "now">;
  readonly #offenders: Map<string, Offender> = new Map();
  readonly #bans: Map<string, number> = new Map();

  /** Nobody has failed yet. */
  constructor(limits: FailureLimits, clock: Pick<Clock, "now">) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Takes other limits; bans stay as long as they were meant to. */
  change(limits: FailureLimits): void {
    this.#limits = limits;
  }

  /** Addresses remembered, banned ones not counted. */
  get size(): number {
    return this.#offenders.size;
  }

  /** Everybody who is banned, and when that ends; also those who are due. */
  get bans(): ReadonlyMap<string, number> {
    return this.#bans;
  }

  /** How long an address is banned yet; 0 when it is not. */
  bannedFor(address: string): number {
    const until = this.#bans.get(address) ?? 0;
    return Math.max(0, until - this.#clock.now());
  }

  /** Ends a ban; whether there was one. */
  unban(address: string): boolean {
    return this.#bans.delete(address);
  }

  /** An address has failed; what that costs. */
  add(address: string, user: string): Penalty {
    const offender = this.#remember(address);
    const { loginDelay, loginDelayMax = 10_000 } = this.#limits;
    offender.score = Math.min(
      offender.score + 1,
      loginDelay > 0 ? Math.max(1, loginDelayMax / loginDelay) : 1,
    );
    offender.times.push(offender.at);
    offender.users.push(hashOf(user));
    const most = Math.max(KNOWN, this.#limits.ban?.failures ?? 0);
    if (offender.times.length > most) drop(offender, 1);
    const delay = Math.min(
      loginDelay * Math.ceil(offender.score),
      loginDelayMax,
    );
    return { delay, bannedFor: this.#judge(address, offender) };
  }

  /**
   * Somebody has logged in: they only mistyped before. Failures as other users
   * stay, so that nobody guesses freely who has an account.
   */
  pardon(address: string, user: string): void {
    const offender = this.#offenders.get(address);
    if (offender === undefined) return;
    const { times, users } = offender;
    const hash = hashOf(user);
    for (let at = users.lastIndexOf(hash); at >= 0;) {
      times.splice(at, 1);
      users.splice(at, 1);
      offender.score = Math.max(0, offender.score - 1);
      at = users.lastIndexOf(hash);
    }
    if (times.length === 0) this.#offenders.delete(address);
  }

  /** The address, as the one that failed last. */
  #remember(address: string): Offender {
    const now = this.#clock.now();
    const known = this.#offenders.get(address);
    const offender = known ?? { score: 0, at: now, times: [], users: [] };
    offender.score = Math.max(0, offender.score - (now - offender.at) / FORGET);
    offender.at = now;
    putLast(this.#offenders, address, offender);
    return offender;
  }

  /** Bans an address that failed too often; for how long. */
  #judge(address: string, offender: Offender): number {
    const before = this.bannedFor(address);
    const { ban } = this.#limits;
    if (before > 0 || ban === undefined) return before;
    const { times, at } = offender;
    const recent = times.filter((time) => time > at - ban.within).length;
    if (recent < ban.failures) return 0;
    drop(offender, times.length);
    putLast(this.#bans, address, at + ban.duration);
    return ban.duration;
  }
}

/** Sets a key as the newest, and forgets the oldest of too many. */
function putLast<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_OFFENDERS) map.delete(map.keys().next().value!);
}

/** Forgets an offender's oldest failures. */
function drop({ times, users }: Offender, count: number): void {
  times.splice(0, count);
  users.splice(0, count);
}

/** Names come from the network and may be long, so that none is kept. */
function hashOf(user: string): number {
  let hash = SEED;
  for (let at = 0; at < user.length; at++) {
    hash = Math.imul(hash ^ user.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** Different in each process, so that nobody knows names of equal hashes. */
const SEED = Math.floor(Math.random() * 2 ** 32);
