/**
 * Where on the network something is.
 *
 * @module
 */

/** A host and a port: one end of a connection, or where a datagram goes. */
export interface HostPort {
  /** Name or IP address, IPv6 without brackets; empty for a Unix socket. */
  hostname: string;
  /** 0 to 65535. */
  port: number;
}
