/**
 * Which account has which seat of the shared memory, and how many sessions.
 *
 * @module
 */

import type { Shared } from "./shared.ts";

/** A seat that is taken. */
interface Taken {
  readonly seat: number;
  sessions: number;
}

/** Gives each account that is there a number of its own. */
export class Seats {
  readonly #shared: Pick<Shared, "seats" | "clear">;
  readonly #taken: Map<string, Taken> = new Map();
  readonly #free: number[] = [];
  #next = 0;

  /** Seats of `shared`, which are cleared when another account takes them. */
  constructor(
    shared: Pick<Shared, "seats" | "clear"> = { seats: 4096, clear() {} },
  ) {
    this.#shared = shared;
  }

  /** The account's seat for one more session, or `null` beyond `max`. */
  take(account: string, max: number): number | null {
    const taken = this.#taken.get(account);
    if ((taken?.sessions ?? 0) >= max) return null;
    if (taken !== undefined) {
      taken.sessions++;
      return taken.seat;
    }
    const seat = this.#free.pop() ?? this.#next;
    if (seat >= this.#shared.seats) return null;
    if (seat === this.#next) this.#next++;
    this.#shared.clear(seat);
    this.#taken.set(account, { seat, sessions: 1 });
    return seat;
  }

  /** One session less. */
  leave(account: string): void {
    const taken = this.#taken.get(account);
    if (taken === undefined || --taken.sessions > 0) return;
    this.#taken.delete(account);
    this.#free.push(taken.seat);
  }

  /** Who has which seat. */
  taken(): { account: string; seat: number }[] {
    return [...this.#taken].map(([account, { seat }]) => ({ account, seat }));
  }
}
