/**
 * A certificate that nobody vouches for: who types may vouch for it.
 *
 * @module
 */

import { TlsError } from "../../../lib/net/tls/stream.ts";
import { askYesNo } from "../../../lib/terminal/mod.ts";
import { formatPin } from "../tls_pin.ts";
import type { Shell } from "./shell.ts";

/**
 * Asks whether to trust the certificate that a connection failed for. Nobody
 * is asked in scripts, nor about a certificate that is not the pinned one.
 *
 * @returns The certificate's SHA-256 in hexadecimal digits; `null` for no.
 * @throws {DOMException} when the question is cancelled.
 */
export async function askToTrust(
  { access, terminal, output }: Shell,
  error: unknown,
  signal: AbortSignal,
): Promise<string | null> {
  if (terminal === null || access.unasked) return null;
  const cause = error instanceof Error ? error.cause : null;
  if (!(cause instanceof TlsError) || cause.peer === null) return null;
  if (cause.problem !== "certificate" || cause.code === "PIN") return null;
  const { fingerprint, keyFingerprint } = cause.peer;
  if (keyFingerprint === "") return null; // It could not be pinned.
  output.warn(`${cause.message}; it is ${formatPin(fingerprint)}`);
  const question = "Has its owner told you that it is the right one?";
  const isRight = await askYesNo(terminal, question, { signal });
  if (!isRight) return null;
  output.note("It is trusted until the shell ends; bookmark add keeps it");
  return fingerprint;
}
