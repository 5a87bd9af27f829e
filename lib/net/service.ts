/**
 * What a small service is: functions that answer connections and datagrams,
 * without a socket in sight.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { HostPort } from "../host_port.ts";
import type { Fields } from "../log.ts";
import type { Refusal } from "./admission.ts";
import type { UdpHandler } from "./udp.ts";

/**
 * A connection as services see it: a socket, standard input and output under
 * inetd, or memory in a test. A `Deno.Conn` is one.
 */
export interface ServiceConn {
  /** Reads into `buffer`; how many bytes, or `null` at the end. */
  read(buffer: Bytes): Promise<number | null>;
  /** Writes some of `bytes`, at least one; how many. One call at a time. */
  write(bytes: Bytes): Promise<number>;
  /** Ends our side: the peer reads the end, and may go on sending. */
  closeWrite(): Promise<void>;
}

/** What a {@linkcode StreamService} knows about its connection. */
export interface StreamContext {
  /** The other end; of a Unix socket `{hostname: "", port: 0}`. */
  readonly peer: HostPort;
  /** Our end; of a Unix socket `{hostname: "", port: 0}`. */
  readonly local: HostPort;
  /** Aborts when the server stops: finish what is under way, begin nothing new. */
  readonly stopping: AbortSignal;
  /** Aborts when the grace is over and the connection is being closed. */
  readonly signal: AbortSignal;
}

/**
 * Serves one connection to its end. It throws what the connection throws: a
 * peer that goes away is nobody's fault.
 */
export type StreamService = (
  conn: ServiceConn,
  context: StreamContext,
) => void | Promise<void>;

/** What a server does with connections, with datagrams, or with both. */
export interface Service {
  /** Serves a connection: TCP, a Unix socket, or inetd's. */
  readonly stream?: StreamService;
  /** Answers a datagram. */
  readonly datagram?: UdpHandler;
  /**
   * Whether an answer may be longer than its question; only for services whose
   * answer is short in any case. @default {false}
   */
  readonly mayGrow?: boolean;
  /** A line for a peer that may not come in. Without it, it just goes. */
  refusal?(why: Refusal): string;
  /** What this service counts by itself. */
  counters?(): Fields;
  /** Called when everything has ended. */
  close?(): void | Promise<void>;
}
