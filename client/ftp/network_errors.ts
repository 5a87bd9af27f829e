/**
 * The errors of the network and of TLS, in the client's words.
 *
 * @module
 */

import {
  type PeerCertificate,
  TlsError,
  type TlsProblem,
} from "../../lib/net/tls/stream.ts";
import { visible } from "../../lib/visible.ts";
import { NetworkError, type NetworkFailure } from "./errors.ts";

/** Names of the runtime's errors; the rest is "closed". */
const KINDS: Readonly<Record<string, NetworkFailure>> = {
  ConnectionRefused: "refused",
  TimedOut: "timeout",
  TimeoutError: "timeout",
  NotCapable: "permission",
  PermissionDenied: "permission",
  HostUnreachable: "unreachable",
  NetworkUnreachable: "unreachable",
  NetworkDown: "unreachable",
  AddrNotAvailable: "unreachable",
};

const WORDS: Readonly<Record<NetworkFailure, string>> = {
  name: "there is no such host",
  refused: "connection refused",
  unreachable: "the host cannot be reached",
  timeout: "no answer in time",
  closed: "the connection broke",
  permission: "no permission; allow it with --allow-net",
  tls: "TLS failed",
};

const TLS_KINDS: Readonly<Record<TlsProblem, NetworkFailure>> = {
  "handshake": "tls",
  "timeout": "timeout",
  "closed": "closed",
  "certificate": "tls",
  "set-up": "tls",
};

/**
 * Says what failed and why, as one line; of a certificate that is not trusted
 * also what to do.
 *
 * @param what The attempt, as `Cannot connect to ftp.example.org:21`.
 *
 * @example
 * ```ts
 * import { networkError } from "./network_errors.ts";
 * const refused = Object.assign(new Error(), { name: "ConnectionRefused" });
 * const error = networkError("Cannot connect to a:21", refused);
 * console.assert(error.message === "Cannot connect to a:21: connection refused");
 * ```
 */
export function networkError(what: string, cause: unknown): NetworkError {
  if (cause instanceof NetworkError) return cause;
  if (cause instanceof TlsError) return tlsError(what, cause);
  const kind = kindOf(cause);
  return new NetworkError(kind, `${what}: ${WORDS[kind]}`, { cause });
}

function kindOf(cause: unknown): NetworkFailure {
  if (!(cause instanceof Error)) return "closed";
  if (/lookup|resolve/i.test(cause.message)) return "name";
  if (/os error 11[03]\b|unreachable|no route/i.test(cause.message)) {
    return cause.message.includes("110") ? "timeout" : "unreachable";
  }
  return KINDS[cause.name] ?? "closed";
}

function tlsError(what: string, cause: TlsError): NetworkError {
  const { problem, message, code, peer } = cause;
  const advice = peer === null ? "" : `; ${adviceFor(code, peer)}`;
  const line = visible(`${what}: ${message}${advice}`);
  return new NetworkError(TLS_KINDS[problem], line, { cause });
}

function adviceFor(code: string, { fingerprint }: PeerCertificate): string {
  const pin = `sha256:${fingerprint}`;
  return code === "PIN"
    ? `it shows ${pin}: ask the server's owner before you pin that instead`
    : `once the server's owner has confirmed it, pin it: ${pin}`;
}
