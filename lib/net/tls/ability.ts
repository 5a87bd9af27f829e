/**
 * Whether this runtime has what TLS needs.
 *
 * @module
 */

import { runtimeIsAtLeast } from "../../runtime.ts";

/**
 * `null`, or one line that says why nothing here can speak TLS: runtimes before
 * 2.9 neither take over a connection that exists nor resume sessions.
 *
 * @example
 * ```ts
 * import { noTls } from "./ability.ts";
 * console.assert(noTls() === null || noTls()!.startsWith("TLS needs"));
 * ```
 */
export function noTls(): string | null {
  if (runtimeIsAtLeast("2.9")) return null;
  return `TLS needs Deno 2.9 or later; this program runs on ${Deno.version.deno}`;
}
