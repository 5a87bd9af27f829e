/**
 * Faults on purpose: one call of many goes wrong, and which one is a number.
 *
 * @module
 */

import { fsError } from "../../server/fs/errors.ts";

/** How a call goes wrong. */
export type Fault =
  /** It does nothing and fails. */
  | { readonly how: "fail"; readonly error: () => unknown }
  /** It does what it should, and fails all the same. */
  | { readonly how: "fail-late"; readonly error: () => unknown }
  /** It takes until {@linkcode Fuse.release}. */
  | { readonly how: "hang" };

/** Counts calls; one of them goes wrong. */
export class Fuse {
  /** What was called, oldest first. */
  readonly calls: string[] = [];
  /** Resolves when the call that goes wrong has come. */
  readonly blown: Promise<void>;
  readonly #at: number;
  readonly #fault: Fault;
  readonly #blow = Promise.withResolvers<void>();
  readonly #release = Promise.withResolvers<void>();

  /** Call number `at`, from 0, goes wrong; none does without. */
  constructor(at: number = -1, fault: Fault = { how: "hang" }) {
    this.#at = at;
    this.#fault = fault;
    this.blown = this.#blow.promise;
  }

  /** What went wrong; `undefined` when nothing has. */
  get victim(): string | undefined {
    return this.calls[this.#at];
  }

  /** Whether something has gone wrong. */
  get isBlown(): boolean {
    return this.victim !== undefined;
  }

  /** Ends the wait of what hangs. */
  release(): void {
    this.#release.resolve();
  }

  /** Counts a call that the caller lets go wrong: whether it is its turn. */
  count(name: string): boolean {
    return this.calls.push(name) - 1 === this.#at;
  }

  /**
   * Does `act`, unless it is this call's turn to go wrong; `undo` takes back
   * what nobody gets because it failed afterwards.
   */
  async pass<T>(
    name: string,
    act: () => T | Promise<T>,
    undo?: (result: T) => unknown,
  ): Promise<T> {
    const isHit = this.count(name);
    if (!isHit) return await act();
    this.#blow.resolve();
    if (this.#fault.how === "fail") throw this.#fault.error();
    if (this.#fault.how === "hang") await this.#release.promise;
    const result = await act();
    if (this.#fault.how !== "fail-late") return result;
    await undo?.(result);
    throw this.#fault.error();
  }

  /** The same for what must be done in any case, such as closing. */
  async passDone(name: string, act: () => void | Promise<void>): Promise<void> {
    const isHit = this.count(name);
    if (isHit) this.#blow.resolve();
    if (isHit && this.#fault.how === "hang") await this.#release.promise;
    await act();
    if (isHit && this.#fault.how !== "hang") throw this.#fault.error();
  }
}

/** An error with the system's code, as the runtime throws them. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code} on purpose`), { code });
}

/** What operating systems say when something is wrong with a file. */
export const SYSTEM_CODES: readonly string[] = [
  ...["EACCES", "ENOENT", "ENOSPC", "EIO", "EMFILE", "EBUSY", "EFBIG"],
  ...["ENAMETOOLONG", "EEXIST"],
];

/** Fails as a file system does, with a code of the system. */
export function refusal(
  code: string,
  how: "fail" | "fail-late" = "fail",
): Fault {
  return { how, error: () => fsError(systemError(code)) };
}
