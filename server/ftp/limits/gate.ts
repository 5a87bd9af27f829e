/**
 * What sessions ask about log-ins, wherever the answers come from.
 *
 * @module
 */

import type { Penalty } from "./failures.ts";

/** The place of an account that was let in, or why it was not. */
export type Admitted =
  | { readonly seat: number }
  | { readonly refusal: "too-many-sessions" | "banned" };

/** What sessions ask; the answer may come from another thread. */
export interface Gate {
  /** Somebody failed to log in; what that costs. */
  failed(address: string, user: string): Penalty | Promise<Penalty>;
  /** Somebody logged in: their own failures are forgotten. */
  succeeded(address: string, user: string): void;
  /** One more session of an account, of `max` at a time. */
  admit(
    account: string,
    address: string,
    max?: number,
  ): Admitted | Promise<Admitted>;
  /** A session that was admitted is over. */
  release(account: string, address: string): void;
}
