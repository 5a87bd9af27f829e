/**
 * Data ports in memory.
 *
 * @module
 */

import type { HostPort } from "../../lib/host_port.ts";
import type { DataPorts, PassivePort } from "../../server/ftp/session.ts";
import { MemoryConn, type ServerEnd } from "./ftp_memory_conn.ts";

/** A data port in memory. */
export class MemoryPort implements PassivePort {
  readonly port: number;
  /** The connection, also before the server opens it. */
  readonly conn: MemoryConn = new MemoryConn();
  /** Where the server was told to connect; `null` for a passive port. */
  readonly target: HostPort | null;
  /** Whether the server has closed the port without using it. */
  closed = false;
  /** Whether the server has taken the connection. */
  used = false;
  readonly #arrival = Promise.withResolvers<void>();

  constructor(port: number, target: HostPort | null) {
    this.port = port;
    this.target = target;
    this.#arrival.promise.catch(() => {});
  }

  /** The client makes the connection. */
  connect(): void {
    this.#arrival.resolve();
  }

  /** There will be no connection. */
  fail(error: Error): void {
    this.#arrival.reject(error);
  }

  async open(signal: AbortSignal): Promise<ServerEnd> {
    const onAbort = () => this.#arrival.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      await this.#arrival.promise;
    } catch (error) {
      this.closed = true;
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    this.used = true;
    return this.conn.server;
  }

  close(): void {
    this.closed = true;
  }
}

/** Puts every data port it makes into `ports`. */
export function memoryDataPorts(
  ports: MemoryPort[],
  connects: boolean,
): DataPorts {
  function add(target: HostPort | null): MemoryPort {
    const port = new MemoryPort(40_000 + ports.length, target);
    if (connects) port.connect();
    ports.push(port);
    return port;
  }
  return {
    passive: () => add(null),
    active: (target) => add(target),
  };
}
