/**
 * Why there is no data connection, as a reply.
 *
 * @module
 */

import { reply } from "../../../lib/ftp/reply.ts";
import { DataPortError } from "../session.ts";

/** The client did not come in time. */
export function timedOut(): DataPortError {
  return new DataPortError(reply(421, "Passive data channel timed out."));
}

/**
 * There will be no connection.
 *
 * @example
 * ```ts
 * import { cannotOpen } from "./refusal.ts";
 * console.assert(cannotOpen("no passive port is free").reply.code === 425);
 * ```
 */
export function cannotOpen(why: string, cause?: unknown): DataPortError {
  const said = reply(425, `Can't open data connection: ${why}.`);
  return new DataPortError(said, { cause });
}
