/**
 * Protected data connections (RFC 4217).
 *
 * @module
 */

import { reply } from "../../../lib/ftp/reply.ts";
import type { Log } from "../../../lib/log.ts";
import type { TlsFacts, TlsStream } from "../../../lib/net/tls/stream.ts";
import type { BelowTls } from "./below_tls.ts";
import { DataHandshake } from "./data_handshake.ts";
import type { Partings } from "./partings.ts";
import { type DataConnection, DataPortError } from "../session.ts";
import type { Security, TlsPolicy } from "../tls.ts";

/** What the protection of a session's data connections depends on. */
export interface DataSecurity {
  /** How TLS is spoken. */
  readonly policy: TlsPolicy;
  /** What protects the session. */
  readonly security: Readonly<Security>;
  /** Where connections end. */
  readonly partings: Partings;
  /** Whether the client sends. */
  readonly isUpload: boolean;
  /** Where events are told. */
  readonly log: Log;
}

/**
 * Does the handshake on a data connection, if it is not done already, and looks
 * whose it is, before any byte moves.
 *
 * @throws {DataPortError} with reply 522 when it is not protected as it must
 * be; the signal's reason. The connection is closed then.
 */
export async function secureData(
  connection: DataConnection,
  signal: AbortSignal,
  { policy, security, partings, isUpload, log }: DataSecurity,
): Promise<DataConnection> {
  try {
    const handshake = connection instanceof DataHandshake
      ? connection
      : new DataHandshake(connection, policy.server);
    const { below } = handshake;
    if (isUpload) below.holdBack();
    const tls = await handshake.done(signal, policy.handshakeTimeout);
    const fault = faultOf(tls.facts, policy, security);
    if (fault === null) return protectedData(tls, below, partings);
    tls.close();
    throw refused(fault);
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    log.warn("data-not-secured", { reason });
    if (error instanceof DataPortError) throw error;
    throw refused(`TLS handshake failed: ${reason}`, error);
  }
}

const CUT = reply(
  426,
  "Data ended without TLS's close_notify; upload discarded.",
);

/** Why a connection that is protected is still not the right one. */
export function faultOf(
  { resumed, peer }: TlsFacts,
  { sessionReuse }: TlsPolicy,
  security: Readonly<Security>,
): string | null {
  if (sessionReuse === "require" && !resumed) {
    return "session reuse required: it must resume the control connection's TLS session";
  }
  const isSame = security.peer?.fingerprint === peer?.fingerprint;
  return security.peer === null || isSame
    ? null
    : "it must show the control connection's certificate";
}

function refused(why: string, cause?: unknown): DataPortError {
  const said = reply(522, `Data connection refused, ${why}.`);
  return new DataPortError(said, { cause });
}

/**
 * An end that the client did not announce (close_notify) may be an attacker's
 * or a broken connection's: what came before is not complete. The clients in
 * use announce it: curl, lftp, ftplib, OpenSSL's and GnuTLS's own.
 */
function protectedData(
  tls: TlsStream,
  below: BelowTls,
  partings: Partings,
): DataConnection {
  let isOver = false;
  return {
    facts: tls.facts,
    async read(buffer) {
      const count = await tls.read(buffer);
      if (count !== null || tls.end !== "cut") return count;
      throw new DataPortError(CUT);
    },
    write: (bytes) => tls.write(bytes),
    async finish() {
      await below.written();
      await below.release();
      await tls.closeWrite();
      // A client that has everything may be gone already.
      await below.written().catch(() => {});
      isOver = true;
      partings.add(tls);
    },
    close() {
      if (!isOver) tls.close();
    },
  };
}
