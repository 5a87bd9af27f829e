/**
 * Questions that a server need not answer.
 *
 * @module
 */

import { FtpError } from "./errors.ts";

/**
 * For `catch`: `null` where the server said no for good.
 *
 * @throws Every other error.
 *
 * @example
 * ```ts
 * import { FtpError } from "./errors.ts";
 * import { nullIfRefused } from "./refused.ts";
 * const asked = Promise.reject(
 *   new FtpError("SIZE a", { code: 550, lines: ["No."] }),
 * );
 * console.assert(await asked.catch(nullIfRefused) === null);
 * ```
 */
export function nullIfRefused(error: unknown): null {
  if (error instanceof FtpError && !error.transient) return null;
  throw error;
}
