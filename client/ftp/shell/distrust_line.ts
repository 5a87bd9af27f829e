/**
 * A certificate that is not trusted, and the options that would trust it.
 *
 * @module
 */

import { type PeerCertificate, TlsError } from "../../../lib/net/tls/stream.ts";
import { visible } from "../../../lib/visible.ts";
import { NetworkError } from "../errors.ts";
import { formatPin } from "../tls_pin.ts";

/** Whether it is the server's certificate that is not trusted. */
export function isDistrust(error: NetworkError): boolean {
  const { cause } = error;
  return cause instanceof TlsError && cause.problem === "certificate" &&
    !isDemand(error);
}

/** Whether it is ours that the server has not seen: it said so itself. */
export function isDemand({ cause }: NetworkError): boolean {
  return cause instanceof TlsError && cause.problem === "certificate" &&
    cause.peer === null && cause.code.startsWith("ERR_SSL_");
}

/**
 * The line about a certificate that is not trusted, with the options that
 * would trust it; `null` for every other error.
 *
 * @example
 * ```ts
 * import { TlsError } from "../../../lib/net/tls/stream.ts";
 * import { NetworkError } from "../errors.ts";
 * import { distrustLine } from "./distrust_line.ts";
 * const peer = { fingerprint: "ab", keyFingerprint: "cd", commonName: "" };
 * const cause = new TlsError("certificate", "it expired", { peer });
 * const error = new NetworkError("tls", "No TLS: it expired; ...", { cause });
 * const line = distrustLine(error);
 * console.assert(line?.startsWith("No TLS: it expired; if its owner confirms"));
 * ```
 */
export function distrustLine(error: unknown): string | null {
  if (!(error instanceof NetworkError)) return null;
  const { cause, message } = error;
  if (!(cause instanceof TlsError) || cause.peer === null) return null;
  const why = visible(cause.message);
  const at = message.indexOf(why);
  const what = at < 0 ? `${message}: ${why}` : message.slice(0, at) + why;
  return `${what}; ${optionsFor(cause.code, cause.peer)}`;
}

/** Reasons that have nothing to do with who signed it. */
const NO_AUTHORITY_HELPS: readonly string[] = [
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "ERR_TLS_CERT_ALTNAME_INVALID",
];

function optionsFor(
  code: string,
  { fingerprint, keyFingerprint }: PeerCertificate,
): string {
  // A certificate of such a form can't be pinned.
  if (keyFingerprint === "") return "--insecure trusts anybody";
  const pin = `--pin ${formatPin(fingerprint)}`;
  if (code === "PIN") {
    return `if its owner confirms that it has a new one: ${pin}`;
  }
  const authority = NO_AUTHORITY_HELPS.includes(code)
    ? ""
    : "--cacert FILE names its authority, and ";
  return `if its owner confirms that it is the right one: ${pin}; otherwise ` +
    `${authority}--insecure trusts anybody`;
}
