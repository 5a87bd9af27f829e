/**
 * What `ftpd` says of its TLS: when it is ready, and when it is checked.
 *
 * @module
 */

import type { HostPort } from "../../../lib/host_port.ts";
import { formatHostPort } from "../../../lib/net/address.ts";
import { visible } from "../../../lib/visible.ts";
import { dayOf } from "./certificates.ts";
import type { Identity } from "./identity.ts";
import type { AccountSettings, Settings } from "../settings.ts";
import { type CertificateFacts, pinOf, type TlsSettings } from "./settings.ts";

/**
 * The URLs of places: those that begin in plain text come first, as many as
 * the settings have.
 *
 * @example
 * ```ts
 * import { urlsOf } from "./announce.ts";
 * const at = { hostname: "127.0.0.1", port: 21 };
 * const [plain, implicit] = urlsOf({ listen: [at] }, [at, at]);
 * console.assert(plain === "ftp://127.0.0.1:21/");
 * console.assert(implicit === "ftps://127.0.0.1:21/");
 * ```
 */
export function urlsOf(
  { listen }: Pick<Settings, "listen">,
  places: readonly HostPort[],
): string[] {
  return places.map(({ hostname, port }, at) => {
    const scheme = at < listen.length ? "ftp" : "ftps";
    return `${scheme}://${formatHostPort(hostname, port)}/`;
  });
}

/** What the ready line says behind everything else. */
export function readyTls(identity: Identity | null): string {
  if (identity === null) return "";
  const pins = (identity.certificates?.facts ?? []).map(pinOf);
  return `, TLS ${identity.tls.policy}, certificate ${pins.join(" and ")}`;
}

/** What is said of an account, when it differs from the others. */
export function accountTls(
  { tls }: AccountSettings,
  identity: Identity | null,
): string {
  return identity === null ? "" : `, TLS ${tls ?? identity.tls.policy}`;
}

/** The rows of `--check`. */
export function tlsRows(identity: Identity | null): string[][] {
  if (identity === null) return [];
  const { tls, certificates, warnings } = identity;
  return [
    ["tls", policyText(tls)],
    ...(certificates === null
      ? [["cert", plannedText(identity)]]
      : certificates.facts.flatMap(certificateRows)),
    ...warnings.map((warning) => ["warn", warning]),
  ];
}

function policyText(tls: TlsSettings): string {
  const { clientCa, clientCertificates: mode } = tls;
  const shown = mode === "login" ? "required, and log in" : mode;
  return [
    `${tls.policy}, ${tls.minVersion.replace("TLSv", "version ")} or later`,
    `session reuse: ${tls.sessionReuse}`,
    `${tls.handshakesPerSecond} handshakes a second from one address`,
    ...(clientCa ? [`client certificates of ${clientCa}: ${shown}`] : []),
  ].join("; ");
}

function certificateRows(facts: CertificateFacts): string[][] {
  const { cert, key, names, until } = facts;
  const where = cert === key ? cert : `${cert} with ${key}`;
  return [
    [
      "cert",
      `${where} for ${visible(names.join(", "))} until ${dayOf(until)}`,
    ],
    ["cert", pinOf(facts)],
  ];
}

function plannedText({ lack, names, tls: { certificates } }: Identity): string {
  const what = lack === "expired"
    ? "has expired and would be made anew"
    : "would be made";
  return `${certificates[0]?.cert} ${what} for ${names.join(", ")}`;
}

/** The same for programs; nothing without TLS. */
export function tlsDescription(
  identity: Identity | null,
): Record<string, unknown> {
  if (identity === null) return {};
  const { tls, certificates, warnings } = identity;
  const described = certificates?.facts.map((facts) => ({
    cert: facts.cert,
    key: facts.key,
    names: facts.names,
    from: new Date(facts.from).toISOString(),
    until: new Date(facts.until).toISOString(),
    fingerprint: pinOf(facts),
  }));
  const { policy, sessionReuse, minVersion, clientCa } = tls;
  return {
    tls: {
      ...{ policy, sessionReuse, minVersion, clientCa },
      ...(clientCa ? { clientCertificates: tls.clientCertificates } : {}),
      certificates: described ?? [],
      warnings,
    },
  };
}
