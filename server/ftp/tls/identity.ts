/**
 * Who the server is to its clients: the certificates that it finds, or makes,
 * before it starts.
 *
 * @module
 */

import type { Log } from "../../../lib/log.ts";
import { normalizeAddress } from "../../../lib/net/address.ts";
import {
  type Certificates,
  certificateWarnings,
  dayOf,
  type Examine,
  readCertificates,
  refuseServed,
} from "./certificates.ts";
import { CertificateWatch, type WatchOptions } from "./certificate_watch.ts";
import {
  type Lack,
  lackOf,
  makeSelfSigned,
  type PrivateFiles,
  selfSignedPath,
} from "./self_signed.ts";
import { servedFolders } from "../warden/folders.ts";
import { placesOf, type Settings } from "../settings.ts";
import { pinOf, tlsFiles, type TlsSettings, usualNames } from "./settings.ts";

/** What {@linkcode findIdentity} works with. */
export interface IdentityTools {
  /** Reaches files. */
  readonly files: PrivateFiles;
  /** Judges certificates. */
  readonly examine: Examine;
  /** A variable of the environment. */
  env(name: string): string | undefined;
  /** The time of day, in milliseconds since 1970. */
  now(): number;
}

/** What the server shows its clients. */
export interface Identity {
  /** The settings, with the files of a certificate of our own. */
  readonly tls: TlsSettings;
  /** The certificates; `null` when the one of our own is still to be made. */
  readonly certificates: Certificates | null;
  /** Why the certificate of our own must be made, or was. */
  readonly lack: Lack | null;
  /** Names for it. */
  readonly names: readonly string[];
  /** What an administrator should look at, a line each. */
  readonly warnings: readonly string[];
  /** Reads the files again. */
  readonly read: () => Promise<Certificates>;
  /** What the files look like, without reading them. */
  readonly look: () => Promise<string>;
  /** What {@linkcode Identity.look} said before they were read. */
  readonly seen: string;
}

/** Settings, with TLS in them. */
export type SecuredSettings = Settings & { readonly tls: TlsSettings };

/**
 * Finds the certificates that settings name. One of our own that is absent or
 * has expired is made, unless `check` is set.
 *
 * @throws {ToolError} when one can't be used, or lies where clients get it.
 */
export async function findIdentity(
  settings: SecuredSettings,
  tools: IdentityTools,
  { check }: { check: boolean },
): Promise<Identity> {
  const tls = located(settings.tls, tools);
  const roots = servedFolders(settings);
  await refuseServedFolders(tls, roots, tools.files);
  const names = [...new Set([...tls.selfSigned ?? [], ...usual(settings)])];
  const lack = await ownLack(tls, names, tools, check);
  const { files, examine } = tools;
  const read = () => readCertificates(tls, { files, examine, roots });
  const look = () => looksOf(tls, files);
  const seen = await look();
  const certificates = check && lack ? null : await read();
  const warnings = certificates === null ? [] : [
    ...certificateWarnings(certificates, tools.now()),
    ...nameWarnings(tls, certificates),
  ];
  return { tls, certificates, lack, names, warnings, read, look, seen };
}

/** What follows the files of an identity from now on. */
export function watchOf(
  { read, look, seen }: Identity,
  certificates: Certificates,
  options: Omit<WatchOptions, "read" | "look">,
): CertificateWatch {
  return new CertificateWatch(certificates, seen, { ...options, read, look });
}

/** The settings with the place of our own certificate. */
function located(tls: TlsSettings, { env }: IdentityTools): TlsSettings {
  if (tls.selfSigned === null) return tls;
  const path = selfSignedPath(env);
  return { ...tls, certificates: [{ cert: path, key: path }] };
}

function usual(settings: SecuredSettings): string[] {
  const { passiveAddress } = settings.data;
  const hosts = placesOf(settings).map(({ hostname }) => hostname);
  return usualNames(passiveAddress ? [...hosts, passiveAddress] : hosts);
}

/** Makes the certificate of our own, where it is to be made. */
async function ownLack(
  { selfSigned, certificates: [own] }: TlsSettings,
  names: readonly string[],
  tools: IdentityTools,
  check: boolean,
): Promise<Lack | null> {
  if (selfSigned === null || own === undefined) return null;
  const tried = { ...tools, now: tools.now() };
  const lack = await lackOf(own.cert, tried);
  if (lack !== null && !check) {
    await makeSelfSigned(own.cert, names, lack, tried);
  }
  return lack;
}

async function looksOf(
  tls: TlsSettings,
  files: PrivateFiles,
): Promise<string> {
  const looks = tlsFiles(tls).map(async (path) => await files.look(path));
  return (await Promise.all(looks))
    .map((sight) => sight?.state ?? "absent").join("\n");
}

/** Who can write to a file's folder can put another file in its place. */
async function refuseServedFolders(
  tls: TlsSettings,
  roots: readonly string[],
  files: PrivateFiles,
): Promise<void> {
  for (const path of tlsFiles(tls)) {
    const folder = await files.folder(path);
    if (folder !== null) refuseServed(path, folder, roots);
  }
}

/** A certificate that was made for other names is kept: clients know it. */
function nameWarnings(
  { selfSigned }: TlsSettings,
  { facts: [own] }: Certificates,
): string[] {
  const known = own?.names.map(normalizeAddress) ?? [];
  const missing = selfSigned?.filter((name) =>
    !known.includes(normalizeAddress(name))
  );
  if (!missing?.length) return [];
  return [
    `the certificate in ${own?.cert} is not for ${
      missing.join(", ")
    }: it was ` +
    "made for other names; remove it, and another one will be made",
  ];
}

/** Tells that a certificate was made now, and where it is kept. */
export function tellMade({ lack, certificates }: Identity, log: Log): void {
  const [own] = certificates?.facts ?? [];
  if (lack === null || own === undefined) return;
  log.info("certificate-made", {
    because: lack === "absent" ? "there was none" : "the old one expired",
    file: own.cert,
    names: own.names,
    until: dayOf(own.until),
    fingerprint: pinOf(own),
  });
}
