/**
 * What an FTP server demands of TLS (RFC 4217), and what it does with it.
 *
 * Nothing here knows how TLS works: {@linkcode ServerTls} is given.
 *
 * @module
 */

import { tokenBucket } from "../../lib/net/token_bucket.ts";
import type { Stream } from "../../lib/net/stream.ts";
import {
  type PeerCertificate,
  type ServerTls,
  TlsError,
  type TlsFacts,
  type TlsStream,
} from "../../lib/net/tls/stream.ts";

/** Whether TLS may be left out; `required` covers control and data. */
export type TlsDemand = "optional" | "required";

/** How an FTP server speaks TLS. Times are in milliseconds. */
export interface FtpTls {
  /** Does the handshakes. */
  readonly server: ServerTls;
  /** Whether clients may do without; an account may say otherwise. */
  readonly policy: TlsDemand;
  /**
   * Whether data connections must resume a session of this server (RFC
   * 4217), which shows that they belong to a client whose control
   * connection is here: `require` answers others with 522, `prefer` only notes
   * it in the log, `off` does not look.
   *
   * @default {"prefer"}
   */
  readonly sessionReuse?: "off" | "prefer" | "require";
  /** Time for a handshake. @default {10000} */
  readonly handshakeTimeout?: number;
  /**
   * Handshakes on control connections a second from one address, of this
   * thread; five times as many may come at once. @default {20}
   */
  readonly handshakesPerSecond?: number;
  /**
   * Whether a client whose certificate's common name is a user's name needs no
   * password: USER is then answered with 232. @default {false}
   */
  readonly loginByCertificate?: boolean;
}

/** What sessions need to know of {@linkcode FtpTls}. */
export interface TlsPolicy
  extends Required<Omit<FtpTls, "handshakesPerSecond">> {
  /** Whether an address may have another handshake now; counts it. */
  mayShakeHands(address: string): boolean;
}

/** Handshakes that may come at once, for each that may come in a second. */
const BURST = 5;

/**
 * The policy with its defaults, and its count of handshakes.
 *
 * @throws {RangeError} when `handshakesPerSecond` is not above 0.
 *
 * @example
 * ```ts
 * import { tlsPolicy } from "./tls.ts";
 * const server = { secure: () => Promise.reject(), replace: () => {} };
 * const policy = tlsPolicy({ server, policy: "optional", handshakesPerSecond: 1 });
 * console.assert(policy.sessionReuse === "prefer");
 * for (let at = 0; at < 5; at++) console.assert(policy.mayShakeHands("192.0.2.7"));
 * console.assert(!policy.mayShakeHands("192.0.2.7"));
 * ```
 */
export function tlsPolicy(tls: FtpTls): TlsPolicy {
  const { handshakesPerSecond: perSecond = 20 } = tls;
  const buckets = tokenBucket({
    perSecond,
    burst: Math.max(1, perSecond * BURST),
  });
  return {
    server: tls.server,
    policy: tls.policy,
    sessionReuse: tls.sessionReuse ?? "prefer",
    handshakeTimeout: tls.handshakeTimeout ?? 10_000,
    loginByCertificate: tls.loginByCertificate ?? false,
    mayShakeHands: (address) => buckets.take(address),
  };
}

/** What TLS protects of a session. */
export interface Security {
  /** How the control connection is protected right now. */
  control: TlsFacts | null;
  /**
   * The certificate that the client showed on it. It counts also after CCC:
   * data connections must show the same.
   */
  peer: PeerCertificate | null;
  /** Whether TLS came first, without AUTH. */
  isImplicit: boolean;
  /** Whether PBSZ was sent, which PROT demands (RFC 4217 section 9). */
  hasBufferSize: boolean;
  /** Whether data connections are protected (PROT). */
  data: "clear" | "private";
  /** Whether the client begins TLS on data connections after the 150 only. */
  beginsLate: boolean;
}

/** The state of a connection that begins in plain text. */
export function unprotected(): Security {
  return {
    control: null,
    peer: null,
    isImplicit: false,
    hasBufferSize: false,
    data: "clear",
    beginsLate: false,
  };
}

/** The version of the protocol as logs and STAT show it: `1.2` or `1.3`. */
export function versionOf({ protocol }: TlsFacts): string {
  return protocol.slice("TLSv".length);
}

/**
 * A handshake, with an end. When it fails, `stream` is closed.
 *
 * @throws {TlsError} when it fails or takes too long; the signal's reason.
 */
export async function shakeHands(
  { server, handshakeTimeout }: TlsPolicy,
  stream: Stream,
  signal: AbortSignal,
): Promise<TlsStream> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tooLate()), handshakeTimeout);
  try {
    return await server.secure(stream, AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(): TlsError {
  return new TlsError("timeout", "the client took too long");
}
