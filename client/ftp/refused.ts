/**
 * Questions that a server need not answer.
 *
 * @module
 */

import type { FtpClient } from "./client.ts";
import { FtpError, ProtocolError } from "./errors.ts";

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

/**
 * The same for what a server can only tell, as the size of a file: `null` also
 * where its answer makes no sense, unless it cost the connection.
 *
 * @example
 * ```ts
 * import { ProtocolError } from "./errors.ts";
 * import { nullIfNotTold } from "./refused.ts";
 * const asked = Promise.reject(new ProtocolError("no size: many bytes"));
 * const client = { closed: null };
 * console.assert(await asked.catch(nullIfNotTold(client)) === null);
 * ```
 */
export function nullIfNotTold(
  client: Pick<FtpClient, "closed">,
): (error: unknown) => null {
  return (error) => {
    const isNonsense = error instanceof ProtocolError;
    return isNonsense && client.closed === null ? null : nullIfRefused(error);
  };
}
