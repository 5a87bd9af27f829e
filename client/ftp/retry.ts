/**
 * Second attempts.
 *
 * @module
 */

import { FtpError, isTransient } from "./errors.ts";

/** How often, and how long to wait in between. */
export interface RetryOptions {
  /** Further attempts after the first. @default {0} */
  retries?: number;
  /** Milliseconds before the first further attempt. @default {1000} */
  retryDelay?: number;
  /** Each wait is so many times the last one. @default {2} */
  retryFactor?: number;
  /** Longest wait in milliseconds. @default {60000} */
  maxRetryDelay?: number;
}

/**
 * Milliseconds to wait before further attempt number `retry`, counted from 0:
 * growing, and up to a quarter less by chance, so that many clients of a server
 * that came back do not all knock at once.
 *
 * @example
 * ```ts
 * import { retryWait } from "./retry.ts";
 * console.assert(retryWait(3, { retryDelay: 100 }, () => 0) === 800);
 * ```
 */
export function retryWait(
  retry: number,
  options: RetryOptions,
  random: () => number = Math.random,
): number {
  const { retryDelay = 1000, retryFactor = 2 } = options;
  const { maxRetryDelay = 60_000 } = options;
  const wait = Math.min(retryDelay * retryFactor ** retry, maxRetryDelay);
  return wait * (1 - random() / 4);
}

/**
 * Whether another attempt may help and cannot harm. A command that may have
 * been carried out although no reply came is only repeated when that makes no
 * difference (`any`); one that the server refused was not carried out.
 */
export function mayRepeat(
  error: unknown,
  repeat: "any" | "refused" | "none",
): boolean {
  if (repeat === "none" || !isTransient(error)) return false;
  return repeat === "any" || error instanceof FtpError;
}
