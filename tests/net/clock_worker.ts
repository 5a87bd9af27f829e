/**
 * Looks at the clock that it shares with the thread that started it.
 *
 * @module
 */

import { sharedClock } from "../../lib/net/lane.ts";

const self = globalThis as unknown as {
  onmessage: (event: MessageEvent<SharedArrayBuffer>) => void;
  postMessage(seen: number): void;
};

self.onmessage = ({ data }) => {
  self.postMessage(sharedClock(new BigInt64Array(data), 0)());
};
