/**
 * What a connection is once TLS protects it. Nothing here knows how that is
 * done: servers and clients are written against these types.
 *
 * @module
 */

import type { Stream } from "../stream.ts";

/** What is known of the certificate that the other end showed. */
export interface PeerCertificate {
  /** SHA-256 of the certificate, in lower-case hexadecimal digits. */
  readonly fingerprint: string;
  /**
   * SHA-256 of its public key (SubjectPublicKeyInfo), likewise. Empty where the
   * certificate is not a well-formed one of X.509 version 3.
   */
  readonly keyFingerprint: string;
  /** Its subject's common name; empty when it has none. */
  readonly commonName: string;
}

/** How a connection is protected. */
export interface TlsFacts {
  /** Version of the protocol. */
  readonly protocol: "TLSv1.2" | "TLSv1.3";
  /** Name of the cipher suite, as `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /**
   * Whether it resumes an earlier connection's session (RFC 8446 section 2.2).
   * To a server this proves that the client had a connection to a server of this
   * thread, not to which one, nor which connection it was.
   */
  readonly resumed: boolean;
  /** What the client called the server (SNI), if it did; `null` on clients. */
  readonly serverName: string | null;
  /** The other end's certificate, if it showed one. */
  readonly peer: PeerCertificate | null;
}

/** How the other end ended the connection. */
export type TlsEnd =
  /** It has not. */
  | "open"
  /** It said so (close_notify): all that it sent has arrived. */
  | "complete"
  /** The connection just ended: something may be missing (RFC 8446 section 6.1). */
  | "cut";

/**
 * A connection that TLS protects. One read and one write may be pending at a
 * time. What is pending rejects when the connection is closed or breaks, and
 * with a {@linkcode TlsError} when TLS itself fails, which also tells when the
 * other end refuses us after the handshake, as it may with TLS 1.3.
 */
export interface TlsStream extends Stream {
  /** How it is protected. */
  readonly facts: TlsFacts;
  /** How the other end ended it; certain once a read gave `null`. */
  readonly end: TlsEnd;
  /**
   * Says that nothing more will be sent (close_notify), after everything that
   * was written. Reading goes on. Resolves when it is under way, also when it
   * can't be any more: the connection is closed, or the other end took nothing
   * for too long.
   */
  closeWrite(): Promise<void>;
  /**
   * Ends TLS on both sides and gives the connection back as it was before
   * (RFC 4217, CCC). Reads and writes here must have ended.
   *
   * The other end ends TLS in its turn, or just goes on in plain text, as curl
   * does.
   *
   * @throws {TlsError} when the connection ends instead.
   */
  leave(signal: AbortSignal): Promise<Stream>;
}

/** Why a connection could not be protected. */
export type TlsProblem =
  /** The other end does not speak TLS, or no version or cipher that we do. */
  | "handshake"
  /** It took too long. */
  | "timeout"
  /** The other end ended the connection. */
  | "closed"
  /** Its certificate is not to be trusted. */
  | "certificate"
  /** The certificate, key or name that we were given can't be used. */
  | "set-up";

/** A connection could not be protected, or can't be trusted. */
export class TlsError extends Error {
  /** What was wrong. */
  readonly problem: TlsProblem;
  /** The runtime's code for it, such as `CERT_HAS_EXPIRED`; may be empty. */
  readonly code: string;
  /** The certificate that is not trusted, if there was one. */
  readonly peer: PeerCertificate | null;

  /** One line that says what was wrong. */
  constructor(
    problem: TlsProblem,
    message: string,
    { code = "", peer = null, cause }: {
      code?: string;
      peer?: PeerCertificate | null;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause });
    this.peer = peer;
    this.name = "TlsError";
    this.problem = problem;
    this.code = code;
  }
}

/** Certificates for a server, and the key to them. */
export interface ServerCertificate {
  /** The certificate and those between it and its authority, in PEM. */
  readonly cert: string;
  /** Its private key, in PEM (PKCS #8, PKCS #1 or SEC 1, not encrypted). */
  readonly key: string;
}

/** How a server speaks TLS. */
export interface ServerTlsOptions {
  /**
   * One or more; the client's name for the server (SNI) chooses, and the first
   * is for everybody else.
   */
  readonly certificates: readonly ServerCertificate[];
  /** Lowest version. @default {"TLSv1.2"} */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Authorities of clients' certificates, in PEM. @default nobody is asked */
  readonly clientCa?: string | undefined;
  /** Whether clients must show a certificate of these. @default {"required"} */
  readonly clientCertificates?: "optional" | "required";
  /**
   * How long the other end may take nothing of what is still to be sent before
   * `closeWrite()` gives up, in milliseconds. @default {10000}
   */
  readonly patience?: number;
}

/** Protects connections as a server. */
export interface ServerTls {
  /**
   * Does the handshake. When this rejects, `stream` is closed.
   *
   * @throws {TlsError} when it fails; the signal's reason.
   */
  secure(stream: Stream, signal: AbortSignal): Promise<TlsStream>;
  /**
   * Takes other certificates from the next handshake on.
   *
   * @throws {TlsError} when they can't be used; then nothing changes.
   */
  replace(certificates: readonly ServerCertificate[]): void;
}

/** Whom a client trusts. Without any of these: the runtime's authorities. */
export interface TrustOptions {
  /** Trust anybody. @default {false} */
  readonly insecure?: boolean;
  /**
   * Trust just these certificates or public keys: SHA-256 in lower-case
   * hexadecimal digits. Nothing else is checked then.
   */
  readonly pins?: readonly string[] | undefined;
  /** Trust just these authorities, in PEM; no session can be resumed then. */
  readonly ca?: string | undefined;
  /** Show this certificate when asked; no session can be resumed then. */
  readonly certificate?: ServerCertificate | undefined;
  /** Lowest version. @default {"TLSv1.2"} */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Highest version. @default {"TLSv1.3"} */
  readonly maxVersion?: "TLSv1.2" | "TLSv1.3";
}

/** Options for TLS as a client. */
export interface ClientTlsOptions {
  /**
   * Tell the server its name, even when another control connection does so
   * right now: the two then take each other's sessions, which servers that
   * demand resumed ones refuse.
   *
   * @default {false}
   */
  readonly sharesSessions?: boolean;
  /** See {@linkcode ServerTlsOptions.patience}. @default {10000} */
  readonly patience?: number;
}

/**
 * TLS with one server, for one control connection and its data connections:
 * their sessions are kept apart from all others.
 */
export interface ClientTls {
  /**
   * Protects the control connection, and checks whom it leads to.
   *
   * @throws {TlsError} when that fails; the signal's reason. `stream` is closed
   * then.
   */
  control(stream: Stream, signal: AbortSignal): Promise<TlsStream>;
  /**
   * Protects a data connection, resuming the control connection's session, and
   * checks that it leads to the same server: its certificate must be the control
   * connection's.
   *
   * @throws {TlsError} when that fails; the signal's reason. `stream` is closed
   * then.
   */
  data(stream: Stream, signal: AbortSignal): Promise<TlsStream>;
  /** Whether sessions can be resumed at all with these options. */
  readonly canResume: boolean;
  /**
   * Whether the server is told which name it was called by (SNI). Where it is
   * not, a server with several certificates may show the wrong one: see
   * {@linkcode ClientTlsOptions.sharesSessions}.
   */
  readonly sendsName: boolean;
  /** Forgets the session. */
  close(): void;
}
