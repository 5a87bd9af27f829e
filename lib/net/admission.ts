/**
 * Who may come in: counting connections in all and per address.
 *
 * @module
 */

/** Why a connection is turned away. */
export type Refusal =
  /** There is no room for anybody. */
  | "too-many"
  /** There is no room for more from this address. */
  | "too-many-from-address"
  /** This address connects too often, or all together do. */
  | "too-often"
  /** This address failed to log in too often, and has to wait. */
  | "banned"
  /** This address may not come in at all. */
  | "denied";

/**
 * Decides who may come in. A server calls `enter` once for each connection,
 * and `leave` once for each that was let in.
 */
export interface Admission {
  /**
   * Lets a peer in (`null`) or says why not. `address` is normalised, and
   * empty for the peer of a Unix socket.
   */
  enter(address: string): Refusal | null | Promise<Refusal | null>;
  /** A peer that was let in is gone. */
  leave(address: string): void;
}

/** Limits of {@linkcode admission}. */
export interface AdmissionLimits {
  /** Connections at a time in all. @default {Infinity} */
  max?: number;
  /**
   * Connections at a time from one address. Peers of Unix sockets have none,
   * so only `max` holds for them. @default {Infinity}
   */
  perAddress?: number;
}

/** An {@linkcode Admission} that answers at once and knows its count. */
export interface CountingAdmission extends Admission {
  /** Lets a peer in (`null`) or says why not, at once. */
  enter(address: string): Refusal | null;
  /** Connections that are in. */
  readonly count: number;
  /** Different addresses that are in: what the memory in use depends on. */
  readonly addresses: number;
  /**
   * Takes other limits from now on; who is in stays in.
   *
   * @throws {RangeError} If one is below 1 or not a whole number.
   */
  change(limits: AdmissionLimits): void;
}

/**
 * An {@linkcode Admission} that counts. It remembers only the addresses that
 * are in, so `max` bounds its memory too.
 *
 * @throws {RangeError} If a limit is below 1 or not a whole number.
 *
 * @example
 * ```ts
 * import { admission } from "./admission.ts";
 * const door = admission({ max: 100, perAddress: 1 });
 * console.assert(door.enter("192.0.2.7") === null);
 * console.assert(door.enter("192.0.2.7") === "too-many-from-address");
 * door.leave("192.0.2.7");
 * console.assert(door.enter("192.0.2.7") === null);
 * ```
 */
export function admission(limits: AdmissionLimits = {}): CountingAdmission {
  return new Counter(checked(limits));
}

function checked(
  { max = Infinity, perAddress = Infinity }: AdmissionLimits,
): Required<AdmissionLimits> {
  checkLimit("max", max);
  checkLimit("perAddress", perAddress);
  return { max, perAddress };
}

function checkLimit(name: string, limit: number): void {
  if (limit === Infinity || (Number.isInteger(limit) && limit >= 1)) return;
  throw new RangeError(
    `Cannot admit with ${name} ${limit}: expected a whole number from 1, or Infinity`,
  );
}

class Counter implements CountingAdmission {
  #limits: Required<AdmissionLimits>;
  readonly #inside: Map<string, number> = new Map();
  #count = 0;

  constructor(limits: Required<AdmissionLimits>) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  get addresses(): number {
    return this.#inside.size;
  }

  enter(address: string): Refusal | null {
    const { max, perAddress } = this.#limits;
    const here = this.#inside.get(address) ?? 0;
    if (this.#count >= max) return "too-many";
    if (address !== "" && here >= perAddress) {
      return "too-many-from-address";
    }
    this.#count++;
    this.#inside.set(address, here + 1);
    return null;
  }

  leave(address: string): void {
    const here = this.#inside.get(address);
    if (here === undefined) return;
    this.#count--;
    if (here === 1) this.#inside.delete(address);
    else this.#inside.set(address, here - 1);
  }

  change(limits: AdmissionLimits): void {
    this.#limits = checked(limits);
  }
}
