/**
 * Giving up what is not needed.
 *
 * @module
 */

import type { Target } from "./target.ts";

/**
 * Gives up the permissions to read and write files, unless the server is on a
 * Unix socket: those are for its path, which is known only now. From then on
 * nothing in this process can touch a file, whatever a server sends.
 *
 * @example
 * ```ts
 * import { confineTo } from "./confine.ts";
 * confineTo({ transport: "unix" }); // keeps them
 * ```
 */
export function confineTo({ transport }: Pick<Target, "transport">): void {
  if (transport === "unix") return;
  Deno.permissions.revokeSync({ name: "read" });
  Deno.permissions.revokeSync({ name: "write" });
}
