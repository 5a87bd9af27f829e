/**
 * A socket that is there when it is wanted.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import type { HostPort } from "../../lib/host_port.ts";
import { within } from "../../lib/net/wait.ts";
import { type DatagramLink, openDatagrams } from "../service/datagram_link.ts";
import { addressesOf } from "../service/resolve.ts";

/** The way to a sink. */
export interface Way {
  /** Sends a datagram; throws when it cannot leave. */
  send(datagram: Bytes): Promise<void>;
  /** Closes the socket; the next datagram opens one. */
  close(): void;
}

/** What {@linkcode openWay} does by itself, unless it is told otherwise. */
export interface WayOptions {
  /** Opens a socket. @default looks the name up, and opens a UDP socket */
  readonly open?: (to: Readonly<HostPort>) => Promise<DatagramLink>;
  /** Whose milliseconds count. @default {systemClock} */
  readonly clock?: Clock;
}

/** Milliseconds for a name to be found, or a datagram to leave. */
const PATIENCE = 2000;
/** Milliseconds after such a wait in vain until the next one. */
const REST = 10_000;

/**
 * The way to `to`. A socket is opened with the first datagram, and again after
 * a failure. When that takes its time in vain, further datagrams fail at once
 * for ten seconds: who sends many must not wait for each.
 *
 * @example
 * ```ts
 * import { openWay } from "./way.ts";
 * const way = openWay({ hostname: "127.0.0.1", port: 7739 });
 * await way.send(new TextEncoder().encode("hello"));
 * way.close();
 * ```
 */
export function openWay(
  to: Readonly<HostPort>,
  { open = openLink, clock = systemClock }: WayOptions = {},
): Way {
  let link: Promise<DatagramLink> | null = null;
  let last: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown; readonly until: number } | null =
    null;

  function close(): void {
    link?.then((open) => open.close(), () => {});
    link = null;
  }

  async function opened(): Promise<DatagramLink> {
    if (failure && clock.now() < failure.until) throw failure.error;
    try {
      return await (link ??= open(to));
    } catch (error) {
      link = null;
      return giveUp(error);
    }
  }

  function giveUp(error: unknown): never {
    failure = { error, until: clock.now() + REST };
    throw error;
  }

  async function sendNow(datagram: Bytes): Promise<void> {
    const socket = await opened();
    try {
      const sent = socket.send(datagram).then(() => true);
      if (await within(sent, PATIENCE, false, { clock })) return;
    } catch (error) {
      close();
      throw error;
    }
    giveUp(
      new Error(`cannot send to ${socket.remote}: the network is busy`),
    );
  }

  return {
    send(datagram) {
      // A new socket would send what is sent together in reverse order.
      const sent = last.then(() => sendNow(datagram));
      last = sent.catch(() => {});
      return sent;
    },
    close,
  };
}

/** The first address of the name: IPv4 where it has one. */
async function openLink(to: Readonly<HostPort>): Promise<DatagramLink> {
  const target = { transport: "udp", ...to } as const;
  const [address = ""] = await addressesOf(target, { timeout: PATIENCE });
  return openDatagrams(target, address);
}
