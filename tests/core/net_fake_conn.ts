/**
 * Connections without sockets, for tests of `lib/net/connections.ts`.
 *
 * @module
 */
import { type ManualClock, manualClock } from "../../lib/clock.ts";
import {
  Connections,
  type ConnectionsOptions,
} from "../../lib/net/connections.ts";

/** A connection that goes nowhere, from 192.0.2.7 as a dual-stack socket shows it. */
export class FakeConn {
  readonly remoteAddr = {
    transport: "tcp",
    hostname: "::ffff:192.0.2.7",
    port: 40001,
  };
  readonly localAddr = {
    transport: "tcp",
    hostname: "::ffff:192.0.2.1",
    port: 21,
  };
  closed = false;
  sent = "";
  noDelay = false;
  readonly #closed = Promise.withResolvers<number | null>();

  setNoDelay(value: boolean): void {
    this.noDelay = value;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.sent += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    this.sent += "|end";
    return Promise.resolve();
  }

  /** A peer that neither speaks nor leaves: pending until the connection closes. */
  read(_buffer: Uint8Array): Promise<number | null> {
    return this.#closed.promise;
  }

  close(): void {
    if (this.closed) throw new Deno.errors.BadResource("closed already");
    this.closed = true;
    this.#closed.reject(new Deno.errors.Interrupted("operation canceled"));
    this.#closed.promise.catch(() => {});
  }
}

/** What {@linkcode setUp} makes. */
export interface Setup {
  connections: Connections;
  /** The clock it goes by. */
  clock: ManualClock;
  /** What was reported, as `WHAT: ERROR`. */
  reports: string[];
  /** Gives it a new connection. */
  take(): FakeConn;
}

/** Connections whose handler does nothing, unless `options` say otherwise. */
export function setUp(options: Partial<ConnectionsOptions> = {}): Setup {
  const clock = manualClock();
  const reports: string[] = [];
  const onError = (error: unknown, what: string) =>
    reports.push(`${what}: ${error}`);
  const connections = new Connections({
    handler: () => {},
    onError,
    clock,
    ...options,
  });
  const take = (): FakeConn => {
    const conn = new FakeConn();
    connections.take(conn as unknown as Deno.Conn);
    return conn;
  };
  return { clock, connections, reports, take };
}
