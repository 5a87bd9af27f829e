/**
 * How fast the transfers of a session may be: by the limits of the transfer,
 * the session, its account and the server together.
 *
 * @module
 */

import { lazy } from "../../../lib/lazy.ts";
import { type Shaper, shaper } from "../../../lib/net/shaper.ts";
import type { Profile } from "../profile.ts";
import {
  type Lanes,
  newShared,
  openShared,
  setRates,
  type Shared,
} from "./shared.ts";

/** Which way bytes go: to the client or to the server. */
export type Way = "down" | "up";

/** The limits of one session. */
export interface Pacing {
  /** A new transfer's flow; its `close`, called once, ends it. */
  transfer(way: Way): Shaper;
  /**
   * Does something when no transfer runs any more, perhaps at once: who has
   * gone on as somebody else (REIN) still uses the account's seat till then.
   */
  afterLast(act: () => void): void;
}

/** Rates of an account, of each of its sessions and of each transfer. */
export type AccountRates = Pick<
  Profile,
  "accountRate" | "sessionRate" | "transferRate"
>;

/**
 * The limits of a session. The server's rates are in the shared memory, set by
 * who reads the settings.
 *
 * @param seat The account's seat; `null` when nothing is counted for it, and
 * `accountRate` means nothing.
 * @param rates Asked for each part of a transfer, so that changes count at
 * once; the same object as before is no change.
 *
 * @example
 * ```ts
 * import { pacing } from "./pacing.ts";
 * import { newShared, openShared } from "./shared.ts";
 * const shared = openShared(newShared(10));
 * const rates = { sessionRate: { up: 50_000 } };
 * const session = pacing(shared, null, () => rates);
 * console.assert(session.transfer("down").block === Infinity);
 * console.assert(session.transfer("up").block === 1000);
 * ```
 */
export function pacing(
  shared: Shared,
  seat: number | null,
  rates: () => AccountRates,
): Pacing {
  return new SessionPacing(shared, seat, rates);
}

const alone = lazy(() => openShared(newShared(0)));

/**
 * The limits of one session that shares nothing with others, for programs that
 * make their own accounts: `Account.pacing`.
 *
 * @param rates Bytes a second of the session, and of each of its transfers.
 *
 * @example
 * ```ts
 * import { sessionPacing } from "./pacing.ts";
 * const session = sessionPacing({ sessionRate: { up: 50_000 } });
 * console.assert(session.transfer("down").block === Infinity);
 * console.assert(session.transfer("up").block === 1000);
 * ```
 */
export function sessionPacing(
  rates: Pick<AccountRates, "sessionRate" | "transferRate">,
): Pacing {
  return pacing(alone(), null, () => rates);
}

/** The lanes of a transfer that have rates of their account's. */
interface OwnLanes {
  readonly transfer: Lanes;
  readonly session: Lanes;
  readonly account: Lanes | undefined;
}

class SessionPacing implements Pacing {
  readonly #shared: Shared;
  readonly #rates: () => AccountRates;
  readonly #account: Lanes | undefined;
  #session: Lanes | null = null; // Many sessions transfer nothing.
  #running = 0;
  #waiting: (() => void)[] = [];

  constructor(shared: Shared, seat: number | null, rates: () => AccountRates) {
    this.#shared = shared;
    this.#rates = rates;
    this.#account = seat === null ? undefined : shared.seat(seat).lanes;
  }

  transfer(way: Way): Shaper {
    this.#running++;
    const { server } = this.#shared;
    const session = this.#session ??= this.#shared.ownLanes();
    const transfer = this.#shared.ownLanes();
    const account = this.#account;
    const lanes = [transfer[way], session[way], server[way]];
    if (account !== undefined) lanes.push(account[way]);
    const own = { transfer, session, account };
    return new RenewedFlow(shaper(lanes), own, this.#rates, () => this.#left());
  }

  afterLast(act: () => void): void {
    if (this.#running === 0) act();
    else this.#waiting.push(act);
  }

  #left(): void {
    if (--this.#running > 0) return;
    for (const act of this.#waiting.splice(0)) act();
  }
}

/** A flow that looks before each part whether its rates are others by now. */
class RenewedFlow implements Shaper {
  readonly #flow: Shaper;
  readonly #lanes: OwnLanes;
  readonly #rates: () => AccountRates;
  readonly #left: () => void;
  #known: AccountRates | undefined;

  constructor(
    flow: Shaper,
    lanes: OwnLanes,
    rates: () => AccountRates,
    left: () => void,
  ) {
    this.#flow = flow;
    this.#lanes = lanes;
    this.#rates = rates;
    this.#left = left;
    this.#renew();
  }

  get block(): number {
    this.#renew();
    return this.#flow.block;
  }

  get isWaiting(): boolean {
    return this.#flow.isWaiting;
  }

  take(bytes: number, signal: AbortSignal): Promise<void> | undefined {
    return this.#flow.take(bytes, signal);
  }

  wait(bytes: number, signal: AbortSignal): Promise<void> {
    return this.#flow.wait(bytes, signal);
  }

  close(): void {
    this.#flow.close();
    this.#left();
  }

  #renew(): void {
    const newest = this.#rates();
    if (newest === this.#known) return;
    this.#known = newest;
    const { transfer, session, account } = this.#lanes;
    setRates(transfer, newest.transferRate);
    setRates(session, newest.sessionRate);
    if (account !== undefined) setRates(account, newest.accountRate);
  }
}
