/**
 * The certificates of the server, as they lie in its files: read, looked at,
 * and judged. Files are reached through what the warden hands in.
 *
 * @module
 */

import { ToolError } from "../../../lib/cli.ts";
import type { ServerCertificate } from "../../../lib/net/tls/stream.ts";
import type { FileSight } from "../../warden/private_files.ts";
import { isInside } from "../warden/folders.ts";
import {
  type CertificateFacts,
  tlsFiles,
  type TlsMaterial,
  type TlsSettings,
} from "./settings.ts";

/** How files are reached. */
export interface CertificateFiles {
  /**
   * The text of a small file.
   *
   * @throws {ToolError} when it can't be read: one line that says why.
   */
  read(path: string): Promise<string>;
  /** What a file looks like, links followed; `null` when it is not there. */
  look(path: string): Promise<FileSight | null>;
  /** Its path without links. */
  real(path: string): Promise<string>;
  /**
   * The folder that it is in, or will be, without links: the first above it
   * that is there. `null` when the runtime does not let us see it.
   */
  folder(path: string): Promise<string | null>;
}

/** What the server will do with a certificate. */
export type ExamineOptions =
  & Pick<TlsSettings, "minVersion">
  & Pick<TlsMaterial, "clientCa">;

/** What a certificate is, wherever it lies. */
export type ExaminedCertificate = Omit<CertificateFacts, "cert" | "key">;

/**
 * Says what a certificate is, when it can be served.
 *
 * @throws {TlsError} when it can't: one line that says why.
 */
export type Examine = (
  certificate: ServerCertificate,
  options: ExamineOptions,
) => ExaminedCertificate | Promise<ExaminedCertificate>;

/** Certificates that can be served. */
export interface Certificates {
  /** What a worker needs. */
  readonly material: TlsMaterial;
  /** What they are, in the same order. */
  readonly facts: readonly CertificateFacts[];
  /** Files of keys that every user of the machine can read. */
  readonly openKeys: readonly string[];
}

/** What {@linkcode readCertificates} works with. */
export interface CertificateTools {
  /** Reaches the files. */
  readonly files: CertificateFiles;
  /** Judges what they hold. */
  readonly examine: Examine;
  /** Real paths of the folders that are served. */
  readonly roots: readonly string[];
}

/**
 * Reads every certificate, key and authority that settings name.
 *
 * @throws {ToolError} when one can't be used: one line that names the file.
 */
export async function readCertificates(
  settings: TlsSettings,
  tools: CertificateTools,
): Promise<Certificates> {
  const { files, roots } = tools;
  for (const path of tlsFiles(settings)) {
    refuseServed(path, await files.real(path), roots);
  }
  const { clientCa: path } = settings;
  const clientCa = path && authoritiesOf(path, await files.read(path));
  const certificates: ServerCertificate[] = [];
  const facts: CertificateFacts[] = [];
  for (const { cert, key } of settings.certificates) {
    const pair = pairOf(await files.read(cert), await files.read(key));
    const what = cert === key ? cert : `${cert} with ${key}`;
    const { minVersion } = settings;
    const seen = await examined(() =>
      tools.examine(pair, { minVersion, clientCa })
    );
    if (typeof seen === "string") {
      throw new ToolError(`cannot use ${what}: ${seen}`);
    }
    certificates.push(pair);
    facts.push({ cert, key, ...seen });
  }
  const openKeys = await readableByOthers(settings, files);
  return { material: { certificates, clientCa }, facts, openKeys };
}

/** What was found, or why it can't be used. */
async function examined<T>(examine: () => T): Promise<Awaited<T> | string> {
  try {
    return await examine();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The certificates of one text and the key of another, or of the same. What
 * else is in them stays here; what is not what it should be is left as it is.
 *
 * @example
 * ```ts
 * import { pairOf } from "./certificates.ts";
 * const key = "-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n";
 * const { cert } = pairOf(`my key\n${key}`, `my key\n${key}`);
 * console.assert(cert === `my key\n${key}`);
 * console.assert(pairOf("", `my key\n${key}`).key === key);
 * ```
 */
export function pairOf(certText: string, keyText: string): ServerCertificate {
  const certs = certText.match(CERTIFICATE);
  const [key] = PRIVATE_KEY.exec(keyText) ?? [];
  return {
    cert: certs === null ? certText : `${certs.join("\n")}\n`,
    key: key === undefined ? keyText : `${key}\n`,
  };
}

/**
 * The certificates of a text: a key that lies beside them is for nobody here.
 *
 * @throws {ToolError} when there are none.
 */
function authoritiesOf(path: string, text: string): string {
  const certs = text.match(CERTIFICATE);
  if (certs !== null) return `${certs.join("\n")}\n`;
  throw new ToolError(`cannot use ${path}: it has no certificate (PEM)`);
}

// What is between has no "-": otherwise a file of beginnings would take hours.
const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
const PRIVATE_KEY =
  /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----[^-]*-----END ([A-Z]+ )*PRIVATE KEY-----/;

/**
 * A key that clients could fetch, or a certificate that they could replace, is
 * refused wherever a link leads to it.
 *
 * @throws {ToolError} when `real` lies in one of the `roots`.
 */
export function refuseServed(
  path: string,
  real: string,
  roots: readonly string[],
): void {
  const root = roots.find((root) => isInside(real, root));
  if (root === undefined) return;
  throw new ToolError(
    `${path} is in ${root}, which is served; keep certificates and keys outside`,
  );
}

async function readableByOthers(
  { certificates }: TlsSettings,
  files: CertificateFiles,
): Promise<string[]> {
  const open: string[] = [];
  for (const path of new Set(certificates.map(({ key }) => key))) {
    const { mode } = await files.look(path) ?? { mode: null };
    if (mode !== null && (mode & 0o004) !== 0) open.push(path);
  }
  return open;
}

/** Whether two say the same, whatever files they are from. */
export function sameMaterial(one: TlsMaterial, other: TlsMaterial): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A day in milliseconds. */
const DAY = 86_400_000;
/** Days before its end at which a certificate should have been renewed. */
const LATE = 14;

/**
 * What an administrator should do something about, a line each. `now` is in
 * milliseconds since 1970.
 *
 * @example
 * ```ts
 * import { certificateWarnings } from "./certificates.ts";
 * const cert = "/etc/ftpd.pem";
 * const now = Date.UTC(2026, 10, 21);
 * const facts = { cert, key: cert, names: ["ftp.example"], from: 0, until: now };
 * const certificates = {
 *   material: { certificates: [], clientCa: null },
 *   facts: [{ ...facts, fingerprint: "" }],
 *   openKeys: [],
 * };
 * const [warning] = certificateWarnings(certificates, now + 1);
 * console.assert(warning === "the certificate in /etc/ftpd.pem expired on 2026-11-21");
 * ```
 */
export function certificateWarnings(
  { facts, openKeys }: Certificates,
  now: number,
): string[] {
  return [
    ...facts.flatMap((each) => termWarning(each, now)),
    ...openKeys.map((path) =>
      `everybody on this machine can read the key in ${path}; chmod o-r helps`
    ),
  ];
}

function termWarning(
  { cert, from, until }: CertificateFacts,
  now: number,
): string[] {
  const it = `the certificate in ${cert}`;
  if (until < now) return [`${it} expired on ${dayOf(until)}`];
  if (from > now) return [`${it} counts from ${dayOf(from)} on only`];
  const days = Math.floor((until - now) / DAY);
  if (days >= LATE) return [];
  const left = days === 1 ? "1 day" : `${days} days`;
  return [`${it} expires on ${dayOf(until)}, in ${left}`];
}

/** A day as `2026-11-21`, in UTC. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
