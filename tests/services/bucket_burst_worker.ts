/**
 * Sends a burst of numbered datagrams from a thread of its own, in order, while
 * the thread that shall receive them does nothing.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";

/** What the worker is told. */
export interface Burst {
  /** Where to send. */
  readonly to: HostPort;
  /** The first number, and the last. */
  readonly numbers: readonly [first: number, last: number];
  /** An integer that becomes 1 when everything has been sent. */
  readonly done: SharedArrayBuffer;
}

/** What of the worker's global object is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Burst>) => void) | null;
  postMessage(message: string): void;
}

async function send(
  socket: Deno.DatagramConn,
  { to, numbers: [first, last], done }: Burst,
): Promise<void> {
  const encoder = new TextEncoder();
  for (let number = first; number <= last; number++) {
    const data = encoder.encode(`[burst #${number}] ${"x".repeat(40)}`);
    await socket.send(data, { transport: "udp", ...to });
  }
  const flag = new Int32Array(done);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

const socket = Deno.listenDatagram({
  transport: "udp",
  hostname: "127.0.0.1",
  port: 0,
});
const scope = globalThis as unknown as WorkerScope;
scope.onmessage = ({ data }) => {
  send(socket, data);
};
scope.postMessage("ready");
