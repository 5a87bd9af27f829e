/**
 * What a program chooses when it wants TLS (RFC 4217).
 *
 * @module
 */

import type {
  ClientTls,
  ClientTlsOptions,
  TrustOptions,
} from "../../lib/net/tls/stream.ts";

/**
 * Makes the TLS of one control connection and its data connections.
 *
 * @throws {TlsError} when a certificate or an authority can't be used.
 */
export type TlsMaker = (
  host: string,
  trust: TrustOptions,
  options: ClientTlsOptions,
) => ClientTls | Promise<ClientTls>;

/**
 * How a connection is protected. Nothing of it is ever given up silently: a
 * server that refuses it gets neither a name nor a password.
 *
 * Data connections resume the control connection's session. Some servers let
 * the tickets of TLS 1.3 run out with which that is done; then the client
 * connects anew between two transfers, with TLS 1.2, which needs none, unless
 * `trust.minVersion` is higher.
 */
export interface ClientTlsChoice {
  /**
   * Ask for TLS on a plain connection (AUTH TLS, usually port 21), or begin
   * with it (usually port 990).
   */
  readonly mode: "explicit" | "implicit";
  /** Whom to trust. @default the authorities of the runtime */
  readonly trust?: TrustOptions | undefined;
  /** Whether data connections are protected, too (PROT P). @default {"private"} */
  readonly data?: "private" | "clear";
  /**
   * End the protection of commands after the login (CCC), for firewalls that
   * read them. Data connections stay as they are.
   *
   * @default {false}
   */
  readonly clearCommands?: boolean;
  /** Speaks TLS. @default the runtime's, which needs Deno 2.9 */
  readonly connect?: TlsMaker | undefined;
}
