/**
 * An echo server on sockets of this machine, and its clients.
 *
 * @module
 */

import { fail } from "@std/assert";
import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { createLog, type Fields } from "../../lib/log.ts";
import { within } from "../../lib/net/wait.ts";
import { readLimits, type SharedValues } from "../../server/service/options.ts";
import { serveEndpoints } from "../../server/service/serve.ts";
import { echoService } from "../../server/services/echo.ts";
import { type Faults, withFaults } from "../../server/services/faults.ts";

/** Longest wait for anything that should happen at once, in milliseconds. */
const SOON = 20_000;

/** Settles as `promise` does, or fails the test. */
export async function soon<T>(
  promise: Promise<T>,
  what: string,
  limit: number = SOON,
): Promise<T> {
  const late = Symbol();
  const result = await within(promise, limit, late);
  return result === late
    ? fail(`${what} did not happen within ${limit / 1000} s`)
    : result as T;
}

/** Options for {@linkcode echoServer}. */
export interface EchoServerOptions extends Partial<SharedValues> {
  /** Faults on purpose. @default none */
  faults?: Faults;
  /** Where. @default {"127.0.0.1"} */
  hostname?: string;
}

/** A running server. Disposing of it stops it. */
export interface EchoServer extends AsyncDisposable {
  /** Its port, of TCP and UDP. */
  readonly port: number;
  /** What it told the log: an event and its fields each. */
  readonly events: readonly { event: string; fields: Fields }[];
  /** What it counted so far. */
  counters(): Fields;
  /** Opens a connection. */
  connect(): Promise<Deno.TcpConn>;
  /** Opens a socket at the address `from` that asks it at `to`. */
  asker(from?: string, to?: string): Asker;
  /** Waits until the log holds `count` of an event. */
  told(event: string, count?: number): Promise<void>;
}

/** A socket that asks the server. */
export interface Asker extends Disposable {
  /** Its port. */
  readonly port: number;
  /** Sends a datagram. */
  send(data: Bytes): Promise<number>;
  /** The next datagram that comes. */
  receive(): Promise<Bytes>;
}

/** Starts a server on any free port. */
export async function echoServer(
  { faults, hostname = "127.0.0.1", ...limits }: EchoServerOptions = {},
): Promise<EchoServer> {
  const events: { event: string; fields: Fields }[] = [];
  let changed = Promise.withResolvers<void>();
  const echo = echoService();
  const serving = await serveEndpoints({
    endpoints: (["tcp", "udp"] as const).map((transport) => ({
      at: { transport, hostname, port: 0 },
      service: "echo",
    })),
    services: { echo: faults ? withFaults(echo, faults) : echo },
    limits: readLimits({
      rate: "off",
      allow: [],
      deny: [],
      grace: 2000,
      ...limits,
    }),
    log: createLog({
      format: "json",
      write(line) {
        const { event, ...fields } = JSON.parse(line);
        events.push({ event, fields });
        changed.resolve();
        changed = Promise.withResolvers();
      },
    }),
  });
  const [address] = serving.addresses;
  const port = address && "port" in address ? address.port : fail("no port");
  const at = { hostname, port };
  return {
    port,
    events,
    counters() {
      serving.tell();
      return events.at(-1)!.fields;
    },
    connect: () => Deno.connect(at),
    asker: (from = hostname, to = from) =>
      askerOf(from, { hostname: to, port }),
    async told(event, count = 1) {
      const come = async () => {
        while (events.filter((one) => one.event === event).length < count) {
          await changed.promise;
        }
      };
      await soon(come(), `${count} times ${event} in the log`);
    },
    [Symbol.asyncDispose]: () => serving.stop(),
  };
}

function askerOf(
  hostname: string,
  to: { hostname: string; port: number },
): Asker {
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const buffer = new Uint8Array(65_536);
  return {
    port: (socket.addr as Deno.NetAddr).port,
    send: (data) => socket.send(data, { transport: "udp", ...to }),
    async receive() {
      const [data] = await soon(socket.receive(buffer), "an answer");
      return data.slice() as Bytes;
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

/** Bytes that differ from their neighbours. */
export function pattern(length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = at * 31 >> 3;
  return bytes;
}

/** Sends everything and ends our side; returns what came until the other end. */
export async function exchange(conn: Deno.Conn, sent: Bytes): Promise<Bytes> {
  const received = new Uint8Array(sent.length + 1);
  const sending = writeAll(conn, sent).then(() => conn.closeWrite());
  let count = 0;
  for (let n; (n = await conn.read(received.subarray(count))) !== null;) {
    count += n;
    if (count > sent.length) fail("more came back than was sent");
  }
  await sending;
  return received.subarray(0, count);
}
