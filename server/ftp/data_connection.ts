/**
 * Data connections as commands and transfers see them.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { HostPort } from "../../lib/host_port.ts";
import type { TlsFacts } from "../../lib/net/tls/stream.ts";
import type { Ends } from "./session.ts";

/** A connection that bytes of a transfer go over. */
export interface DataConnection {
  /** Reads like `Deno.Conn`. */
  read(buffer: Bytes): Promise<number | null>;
  /** Writes like `Deno.Conn`. */
  write(bytes: Bytes): Promise<number>;
  /** Ends the connection; what was written is still delivered. */
  close(): void;
  /** How TLS protects it, where it does. */
  readonly facts?: TlsFacts | undefined;
  /**
   * Tells the client, where that can be told (TLS's close_notify), that it has
   * got everything, or that everything has been taken from it; rejects when
   * not everything could be sent. Only `close` comes afterwards.
   */
  finish?(this: void): Promise<void>;
}

/** How the next data connection will be made: passive or active. */
export interface DataPort {
  /**
   * The connection. Rejects with {@linkcode DataPortError} when there will be
   * none, or with the signal's reason.
   */
  open(signal: AbortSignal): Promise<DataConnection>;
  /** Gives the port up, and a connection that nobody opened. */
  close(): void;
}

/** A data port that waits for the client. */
export interface PassivePort extends DataPort {
  /** Where the client connects to. */
  readonly port: number;
}

/** No data connection, or not as it must be; the reply says why. */
export class DataPortError extends Error {
  /** What the client is told. */
  readonly reply: Reply;

  /** Takes the reply. */
  constructor(reply: Reply, options?: ErrorOptions) {
    super(reply.lines[0], options);
    this.name = "DataPortError";
    this.reply = reply;
  }
}

/** Makes data ports; the place where a server's sockets come from. */
export interface DataPorts {
  /**
   * Starts to wait for `ends.remote`.
   *
   * @throws {DataPortError} when no port is free.
   */
  passive(ends: Ends): PassivePort | Promise<PassivePort>;
  /**
   * Will connect to `target` when the transfer starts.
   *
   * @throws {DataPortError} when the server does not connect to such places.
   */
  active(target: HostPort, ends: Ends): DataPort;
  /** Address that PASV shows this client, when it is not the local one. */
  passiveAddress?(this: void, ends: Ends): string | undefined;
}
