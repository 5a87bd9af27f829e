/**
 * A UDP socket that talks to one server.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import {
  formatHostPort,
  ipVersion,
  isLoopback,
  sameAddress,
} from "../../lib/net/address.ts";
import { closeQuietly } from "../../lib/net/close.ts";
import { serviceError } from "./errors.ts";
import type { UdpTarget } from "./target.ts";

/** Longer than any datagram: the runtime's own buffer cuts the longest of IPv6. */
export const DATAGRAM_BUFFER: number = 65_536;

/** A datagram that came. */
export interface Arrived {
  /** Its bytes: a part of the buffer that was given. */
  readonly data: Bytes;
  /** Whether it came from where we send to. */
  readonly isPeer: boolean;
  /** Who sent it: `127.0.0.1:7`. */
  readonly from: string;
}

/** Datagrams to one server, and from anybody. */
export interface DatagramLink {
  /** The server: `127.0.0.1:7`. */
  readonly remote: string;
  /** Sends one datagram. */
  send(bytes: Bytes): Promise<void>;
  /** The next datagram. One call at a time; rejects once closed. */
  receive(buffer: Bytes): Promise<Arrived>;
  /** Closes the socket. Safe to call more than once. */
  close(): void;
}

/**
 * Opens a socket to the server at `address`, one of the numeric addresses of
 * `target`. Only this machine can reach it when the server is on this machine.
 *
 * @throws {ServiceError} when the socket cannot be had, and from the methods.
 *
 * @example
 * ```ts
 * import { openDatagrams } from "./datagram_link.ts";
 * const target = { transport: "udp", hostname: "localhost", port: 7 } as const;
 * const link = openDatagrams(target, "127.0.0.1");
 * console.assert(link.remote === "127.0.0.1:7");
 * link.close();
 * ```
 */
export function openDatagrams(
  target: UdpTarget,
  address: string,
): DatagramLink {
  const socket = bind(target, address);
  const peer = {
    transport: "udp",
    hostname: address,
    port: target.port,
  } as const;
  return {
    remote: formatHostPort(address, target.port),
    async send(bytes) {
      try {
        await socket.send(bytes, peer);
      } catch (error) {
        throw serviceError("cannot send to", target, error);
      }
    },
    async receive(buffer) {
      const [data, addr] = await receive(socket, buffer, target);
      const { hostname, port } = addr as Deno.NetAddr;
      const isPeer = port === peer.port && sameAddress(hostname, address);
      return {
        data: data as Bytes,
        isPeer,
        from: formatHostPort(hostname, port),
      };
    },
    close: () => closeQuietly(socket),
  };
}

async function receive(
  socket: Deno.DatagramConn,
  buffer: Bytes,
  target: UdpTarget,
): Promise<[Uint8Array, Deno.Addr]> {
  try {
    return await socket.receive(buffer);
  } catch (error) {
    throw serviceError("cannot receive from", target, error);
  }
}

function bind(target: UdpTarget, address: string): Deno.DatagramConn {
  const [local, any] = ipVersion(address) === 6
    ? ["::1", "::"]
    : ["127.0.0.1", "0.0.0.0"];
  const hostname = isLoopback(address) ? local : any;
  try {
    return Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  } catch (error) {
    throw serviceError("cannot send to", target, error);
  }
}
