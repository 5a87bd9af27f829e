/**
 * A UDP socket that only sends, and only to one place.
 *
 * @module
 */

import type { Bytes } from "../../../lib/bytes.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import type { Log } from "../../../lib/log.ts";
import {
  formatHostPort,
  ipVersion,
  isLoopback,
} from "../../../lib/net/address.ts";
import { closeQuietly } from "../../../lib/net/close.ts";
import { within } from "../../../lib/net/wait.ts";

/** The way to one target. */
export interface Outlet {
  /** Sends a datagram in the background; `false` when too many are under way. */
  send(data: Bytes): boolean;
  /** What became of the datagrams. */
  readonly counters: { readonly sent: number; readonly failed: number };
  /** Closes the socket, once what is under way has left; soon in any case. */
  close(): Promise<void>;
}

/** Milliseconds for the last datagrams to leave. */
const LAST_DATAGRAMS = 1000;
/** Datagrams under way at a time. */
const MAX_PENDING = 256;

/**
 * Where sockets that send to `target` are bound, on any free port. A name may
 * stand for an address of either kind: the second one is for the case that the
 * first does not fit.
 *
 * @example
 * ```ts
 * import { boundFor } from "./outlet.ts";
 * console.assert(boundFor("127.0.0.1").join() === "127.0.0.1");
 * console.assert(boundFor("loghost").join() === "0.0.0.0,::");
 * ```
 */
export function boundFor(hostname: string): string[] {
  const version = ipVersion(hostname);
  if (version === null) return ["0.0.0.0", "::"];
  if (isLoopback(hostname)) return [version === 4 ? "127.0.0.1" : "::1"];
  return [version === 4 ? "0.0.0.0" : "::"];
}

/**
 * Opens the way to `target`. What fails is told once, until something arrives
 * in the network again.
 *
 * @example
 * ```ts
 * import { createLog } from "../../../lib/log.ts";
 * import { openOutlet } from "./outlet.ts";
 * const target = { hostname: "127.0.0.1", port: 7739 };
 * const outlet = openOutlet(target, createLog({ format: "text" }));
 * console.assert(outlet.counters.sent === 0);
 * await outlet.close();
 * ```
 */
export function openOutlet(target: HostPort, log: Log): Outlet {
  const to = { transport: "udp", ...target } as const;
  const counters = { sent: 0, failed: 0 };
  const [first = "", second] = boundFor(target.hostname);
  let socket: Deno.DatagramConn | null = null;
  let bound = first;
  let pending = 0;
  let last: Promise<void> = Promise.resolve();
  let isFailing = false;
  let isClosed = false;

  function open(): Deno.DatagramConn {
    if (isClosed) throw new Deno.errors.BadResource("the outlet is closed");
    return socket ??= Deno.listenDatagram({
      transport: "udp",
      hostname: bound,
      port: 0,
    });
  }

  function close(): void {
    if (socket !== null) closeQuietly(socket);
    socket = null;
  }

  async function sendNow(data: Bytes): Promise<void> {
    try {
      await open().send(data, to);
    } catch (error) {
      if (!isOtherKind(error) || second === undefined) throw error;
      close();
      bound = bound === first ? second : first;
      await open().send(data, to);
    }
  }

  async function send(data: Bytes): Promise<void> {
    try {
      await sendNow(data);
      counters.sent++;
      isFailing = false;
    } catch (error) {
      counters.failed++;
      if (!isFailing && !isClosed) {
        log.error("forward-failed", failure(target, error));
      }
      isFailing = true;
    } finally {
      pending--;
    }
  }

  return {
    send(data) {
      if (pending >= MAX_PENDING) return false;
      pending++;
      // A new socket would send what is sent together in reverse order.
      last = last.then(() => send(data));
      return true;
    },
    counters,
    async close() {
      await within(last, LAST_DATAGRAMS, undefined);
      isClosed = true;
      close();
    },
  };
}

/** The name stands for an address of the other version. */
function isOtherKind(error: unknown): boolean {
  return (error as { code?: string }).code === "EAFNOSUPPORT" ||
    /address family|os error 97/i.test((error as Error).message);
}

function failure({ hostname, port }: HostPort, error: unknown) {
  const reason = error instanceof Error ? error.message : String(error);
  return { to: formatHostPort(hostname, port), reason };
}
