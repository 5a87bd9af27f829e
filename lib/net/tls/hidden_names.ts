/**
 * Whether this runtime keeps sessions by names that no server is told.
 *
 * @module
 */

import { lazy } from "../../lazy.ts";
import { ConnectionDuplex } from "./duplex.ts";
import { node } from "./node.ts";

/** A connection on which nothing ever happens. */
const NOWHERE = {
  read: () => Promise.resolve(null),
  write: (bytes: Uint8Array) => Promise.resolve(bytes.length),
  close: () => {},
};

/** Does not listen. */
const NOBODY = { ended: () => {}, readFailed: () => {}, writeFailed: () => {} };

/**
 * Tries it, once: the runtime takes an address with a dot behind it where it
 * refuses an address. That is a peculiarity, so that it may go away.
 */
export const canHideNames: () => boolean = lazy(() => {
  const socket = new ConnectionDuplex(NOWHERE, NOBODY) as never;
  try {
    const attempt = node().tls.connect({ socket, servername: "100::1." });
    const isTaken = !attempt.destroyed;
    attempt.on("error", () => {});
    attempt.destroy();
    return isTaken;
  } catch {
    return false;
  }
});
