/**
 * How TLS begins and ends in a session: behind AUTH, CCC and REIN, before the
 * greeting, and on data connections.
 *
 * @module
 */

import type { Fields } from "../../../lib/log.ts";
import type { TlsFacts } from "../../../lib/net/tls/stream.ts";
import type { ControlChannel } from "../control_channel.ts";
import { EarlyPort } from "./data_handshake.ts";
import { faultOf, secureData } from "./data_security.ts";
import type { Partings } from "./partings.ts";
import { ConnectionLost } from "../reply_writer.ts";
import type { ControlChange, DataPort, Session } from "../session.ts";
import type { SessionOptions } from "../session_options.ts";
import { shakeHands, unprotected, versionOf } from "../tls.ts";
import type { SecureData } from "../transfer.ts";

/** Whose protection changes. */
export interface Secured {
  /** Its control connection. */
  readonly channel: ControlChannel;
  /** Its state. */
  readonly session: Session;
  /** What it was started with. */
  readonly options: SessionOptions;
  /** Where its data connections end. */
  readonly partings: Partings;
}

/**
 * Sends the reply, then lets TLS begin or end. No read may be pending.
 *
 * What has come behind the command already was not written for what follows:
 * it may be an attacker's (the flaw of STARTTLS, CVE-2011-0411), so that the
 * connection ends without a word.
 *
 * @throws {ConnectionLost} then, and when the change fails.
 */
export async function changeControl(
  { reply, to }: ControlChange,
  secured: Secured,
): Promise<void> {
  const { channel, options: { log, policy } } = secured;
  if (channel.hasMore) {
    log.warn(to === "tls" ? "plaintext-after-auth" : "command-after-ccc");
    throw new ConnectionLost();
  }
  channel.replies.add(reply);
  await channel.replies.flush();
  if (to === "tls") return await shake(secured);
  try {
    await channel.toPlain(policy.tls!.handshakeTimeout);
    log.info("unsecured");
  } catch (cause) {
    throw failed(cause, secured);
  }
}

/**
 * TLS where it comes first: all that AUTH, PBSZ and PROT would say is said.
 *
 * @throws {ConnectionLost} when it fails.
 */
export async function beginSecured(secured: Secured): Promise<void> {
  const { session, options: { policy, remote, log } } = secured;
  if (!policy.tls!.mayShakeHands(remote)) {
    log.warn("handshake-refused", { reason: "too-often" });
    throw new ConnectionLost();
  }
  session.security = {
    ...unprotected(),
    isImplicit: true,
    hasBufferSize: true,
    data: "private",
  };
  await shake(secured);
}

async function shake(secured: Secured): Promise<void> {
  const { channel, session, options: { policy, log } } = secured;
  try {
    const facts = await channel.toTls((stream, signal) =>
      shakeHands(policy.tls!, stream, signal)
    );
    session.security.control = facts;
    session.security.peer = facts.peer;
    log.info("secured", describe(facts));
  } catch (cause) {
    throw failed(cause, secured);
  }
}

function failed(cause: unknown, { options }: Secured): ConnectionLost {
  const { log, stopping } = options;
  const reason = stopping.aborted
    ? "the server is shutting down"
    : cause instanceof Error
    ? cause.message
    : String(cause);
  log.warn("handshake-failed", { reason });
  return new ConnectionLost({ cause });
}

function describe(facts: TlsFacts): Fields {
  const { cipher, resumed, peer, serverName } = facts;
  return {
    version: versionOf(facts),
    cipher,
    resumed,
    name: serverName ?? undefined,
    certificate: peer?.commonName,
  };
}

/** How the next data connection is protected, as the session is now. */
export interface DataGuard {
  /** Whether it is known already that the transfer can't be: no 150 then. */
  readonly isRefused: boolean;
  /** Protects it; nothing where it need not be protected. */
  readonly secure?: SecureData;
}

/**
 * Looks at a data port, before the 150.
 *
 * It waits a moment for an upload's handshake that the client begins by itself.
 * What a TLS 1.3 server says behind it is held back during the upload (see
 * `BelowTls`): curl would have nothing to resume the next time, which matters
 * only where it must. Who began late once is not waited for again.
 */
export async function guardData(
  { session: { security }, options, partings }: Secured,
  port: DataPort,
  isUpload: boolean,
): Promise<DataGuard> {
  const { log, policy: { tls: policy } } = options;
  if (security.data === "clear" || policy === undefined) {
    return { isRefused: false };
  }
  const isEarly = port instanceof EarlyPort;
  const mustResume = policy.sessionReuse === "require";
  if (isEarly && isUpload && mustResume && !security.beginsLate) {
    security.beginsLate = !await port.begun();
  }
  const facts = isEarly ? port.facts : undefined;
  // REIN may change the session before the data come.
  const around = { policy, security, partings, isUpload, log };
  return {
    isRefused: facts !== undefined && faultOf(facts, policy, security) !== null,
    secure: (connection, signal) => secureData(connection, signal, around),
  };
}
