/**
 * The clerk who counts sessions over all workers.
 *
 * @module
 */

import { bansTo, ledgerLimits } from "../limits/counting.ts";
import { type Ledger, newLedger } from "../limits/ledger.ts";
import type { Notice } from "./messages.ts";
import { openShared } from "../limits/shared.ts";
import type { Clerk, Colleague, Office } from "./clerk.ts";

/** A clerk who counts, and what it counts in. */
export interface CountingClerk extends Clerk {
  /** Who is there and who may come. */
  readonly ledger: Ledger;
}

/** Counts over all workers, and forgets what dead ones had let in. */
export function countingClerk(office: Office): CountingClerk {
  const over = new AbortController();
  const ledger = newLedger(ledgerLimits(office.settings), {
    shared: openShared(office.shared),
    told: bansTo(office.log),
    signal: over.signal,
  });
  const tallies = new WeakMap<Colleague, Tally>();
  function tallyOf(worker: Colleague): Tally {
    const tally = tallies.get(worker) ?? new Tally(ledger);
    tallies.set(worker, tally);
    return tally;
  }
  return {
    ledger,
    answers: {
      enter: ({ address }, from) => tallyOf(from).enter(address),
      admit: ({ account, address, max }, from) =>
        tallyOf(from).admit(account, address, max),
      failed: ({ address, user }) => ledger.failed(address, user),
    },
    onNotice: (notice, from) => tallyOf(from).hear(notice),
    onGone: (worker) => tallyOf(worker).allLeave(),
    change: (settings) => ledger.change(ledgerLimits(settings)),
    close: () => over.abort(),
  };
}

/** What one worker has let in, so that it is gone when the worker is. */
class Tally {
  readonly #ledger: Ledger;
  readonly #inside: string[] = [];
  readonly #admitted: { account: string; address: string }[] = [];

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  enter(address: string): ReturnType<Ledger["enter"]> {
    const refusal = this.#ledger.enter(address);
    if (refusal === null) this.#inside.push(address);
    return refusal;
  }

  admit(
    account: string,
    address: string,
    max?: number,
  ): ReturnType<Ledger["admit"]> {
    const admitted = this.#ledger.admit(account, address, max);
    if ("seat" in admitted) this.#admitted.push({ account, address });
    return admitted;
  }

  hear(notice: Notice): void {
    const { address } = notice;
    switch (notice.of) {
      case "leave":
        if (takeOut(this.#inside, (inside) => inside === address)) {
          this.#ledger.leave(address);
        }
        break;
      case "release": {
        const { account } = notice;
        const isIt = (one: { account: string; address: string }) =>
          one.account === account && one.address === address;
        if (takeOut(this.#admitted, isIt)) {
          this.#ledger.release(account, address);
        }
        break;
      }
      case "succeeded":
        this.#ledger.succeeded(address, notice.user);
    }
  }

  allLeave(): void {
    for (const address of this.#inside.splice(0)) this.#ledger.leave(address);
    for (const { account, address } of this.#admitted.splice(0)) {
      this.#ledger.release(account, address);
    }
  }
}

/** Takes one out, and says whether there was one. */
function takeOut<T>(list: T[], isIt: (one: T) => boolean): boolean {
  const at = list.findIndex(isIt);
  if (at < 0) return false;
  list[at] = list.at(-1)!;
  list.pop();
  return true;
}
