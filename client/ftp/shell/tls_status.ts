/**
 * How the connection is protected, as `status` shows it.
 *
 * @module
 */

import { formatPin } from "../tls_pin.ts";
import type { TlsMode } from "../url.ts";
import type { Site } from "./shell.ts";

/** How the connection is protected. */
export interface TlsStatus {
  /** How it began. */
  readonly mode: TlsMode;
  /** Version, as `TLSv1.3`. */
  readonly protocol: string;
  /** Cipher suite. */
  readonly cipher: string;
  /** The certificate's common name; empty when it has none. */
  readonly name: string;
  /** The certificate's SHA-256, as `--pin` takes it. */
  readonly fingerprint: string;
  /** Why it is trusted. */
  readonly trust: "authority" | "pin" | "anybody";
  /** Whether commands are protected, since the login, too. */
  readonly commands: "private" | "clear";
  /** Whether data connections are. */
  readonly data: "private" | "clear";
  /**
   * Whether the last data connection resumed the control connection's session;
   * `null` while there was none.
   */
  readonly resumed: boolean | null;
}

/** How the connection to a server is protected; `null` when it is not. */
export function tlsStatus({ url, tls }: Site): TlsStatus | null {
  const { tls: mode, terms = {} } = url;
  if (mode === null || tls.control === null) return null;
  const { protocol, cipher, peer } = tls.control;
  const { pins, insecure } = terms;
  return {
    mode,
    protocol,
    cipher,
    name: peer?.commonName ?? "",
    fingerprint: formatPin(peer?.fingerprint ?? ""),
    trust: pins !== undefined ? "pin" : insecure ? "anybody" : "authority",
    commands: terms.clearCommands ? "clear" : "private",
    data: terms.clearData ? "clear" : "private",
    resumed: tls.data?.resumed ?? null,
  };
}

const TRUST: Readonly<Record<TlsStatus["trust"], string>> = {
  authority: "an authority vouches for it",
  pin: "pinned",
  anybody: "not checked",
};

/** The same in words. */
export function tlsLines(status: TlsStatus): string[] {
  const { protocol, cipher, name, fingerprint, trust } = status;
  const { commands, data, resumed } = status;
  return [
    `Protected by ${protocol}, ${cipher}`,
    `Certificate:  ${name === "" ? "" : `${name}, `}${fingerprint} ` +
    `(${TRUST[trust]})`,
    ...(commands === "clear" ? ["Commands are not protected any more"] : []),
    ...(data === "clear" ? ["Data connections are not protected"] : []),
    ...(resumed === null ? [] : [
      `Data connections ${resumed ? "resume" : "do not resume"} its session`,
    ]),
  ];
}
