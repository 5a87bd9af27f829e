/**
 * The runtime's modules that TLS is made of. They take longer to load than a
 * tool takes to start, so that they are loaded when TLS is first wanted.
 *
 * @module
 */

import { lazy } from "../../lazy.ts";

/** What is used of them. */
export interface NodeModules {
  /** `node:crypto`. */
  readonly crypto: typeof import("node:crypto");
  /** `node:tls`. */
  readonly tls: typeof import("node:tls");
}

/** The modules. */
export const node: () => NodeModules = lazy(() => ({
  crypto: globalThis.process.getBuiltinModule("node:crypto"),
  tls: globalThis.process.getBuiltinModule("node:tls"),
}));

/**
 * Resolves when all that was about to happen has happened: `node:tls` puts off
 * to a moment later what it has to say. A time-out would take far longer.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => void globalThis.setImmediate(resolve));
}
