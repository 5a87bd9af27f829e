/**
 * What the tests of `serveUdp()` share.
 *
 * @module
 */
import type { Bytes } from "../../lib/bytes.ts";
import type { HostPort } from "../../lib/host_port.ts";
import {
  serveUdp,
  type ServeUdpOptions,
  type UdpHandler,
  type UdpServer,
} from "../../lib/net/udp.ts";
import { soon } from "./loopback.ts";

/** Any free port. */
export const ANY_PORT: HostPort = { hostname: "127.0.0.1", port: 0 };

/** Sends back what comes. */
export const echo: UdpHandler = (data) => data;

/** Serves on any free port. */
export function serve(
  handler: UdpHandler,
  options: Partial<ServeUdpOptions> = {},
): Promise<UdpServer> {
  return serveUdp(handler, { listen: [ANY_PORT], ...options });
}

/** A socket that asks. */
export interface Client extends Disposable {
  /** Its port. */
  readonly port: number;
  /** Sends a datagram. */
  send(data: Bytes): Promise<number>;
  /** The next datagram, and who sent it. */
  receive(): Promise<{ data: Bytes; from: HostPort }>;
}

/** A socket that asks `to` and waits for answers. */
export function client(to: HostPort, hostname: string = to.hostname): Client {
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const buffer = new Uint8Array(65_536);
  return {
    port: (socket.addr as Deno.NetAddr).port,
    send: (data: Bytes) => socket.send(data, { transport: "udp", ...to }),
    async receive(): Promise<{ data: Bytes; from: HostPort }> {
      const [data, addr] = await soon(socket.receive(buffer), "an answer");
      const { hostname, port } = addr as Deno.NetAddr;
      return { data: data.slice(), from: { hostname, port } };
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

/** These bytes. */
export const bytes: (...values: number[]) => Bytes = (...values) =>
  new Uint8Array(values);
