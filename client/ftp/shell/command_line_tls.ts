/**
 * What the command line says of TLS, with the files that it names.
 *
 * @module
 */

import { UsageError } from "../../../lib/cli.ts";
import { noTls } from "../../../lib/net/tls/ability.ts";
import {
  type ServerCertificate,
  TlsError,
  type TrustOptions,
} from "../../../lib/net/tls/stream.ts";
import { LocalError } from "../errors.ts";
import {
  checkTlsOptions,
  termsOf,
  TLS_OPTIONS,
  type TlsValues,
} from "../tls_options.ts";
import { runtimeTls } from "../tls_runtime.ts";
import type { Machine } from "./machine.ts";
import type { Output } from "./output.ts";
import type { ShellTls } from "./shell.ts";

/** What {@linkcode commandLineTls} needs. */
export interface TlsSurroundings {
  /** Where the files are. */
  readonly machine: Pick<Machine, "readText" | "openToOthers" | "trustAlso">;
  /** Takes warnings. */
  readonly output: Pick<Output, "warn">;
}

/** Where the command line says nothing. */
export const RUNTIME_TLS: ShellTls = {
  missing: noTls(),
  terms: {},
  trust: {},
  connect: runtimeTls,
};
const KEY_REGEXP = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]*-----END \1-----/;

/**
 * Reads the options and their files. Authorities are handed to the runtime,
 * for the whole process: given to each connection, none could be resumed.
 *
 * @param given Names of the options that were given.
 * @throws {UsageError} when they contradict each other, or there is no TLS.
 * @throws {LocalError} when a file cannot be read or used.
 */
export async function commandLineTls(
  values: TlsValues,
  given: ReadonlySet<string>,
  around: TlsSurroundings,
): Promise<ShellTls> {
  const isAsked = Object.keys(TLS_OPTIONS).some((name) => given.has(name));
  if (!isAsked) {
    around.machine.trustAlso(null);
    return RUNTIME_TLS;
  }
  if (RUNTIME_TLS.missing !== null) throw new UsageError(RUNTIME_TLS.missing);
  checkTlsOptions(values);
  const { pins, insecure } = termsOf(values);
  const trust = {
    ...await authorities(values, around),
    ...await ownCertificate(values, around),
  };
  if (insecure) {
    around.output.warn(
      "--insecure: nobody knows who the server is, and whoever is between " +
        "can read and change everything",
    );
  }
  return { ...RUNTIME_TLS, terms: { pins, insecure }, trust };
}

async function authorities(
  { cacert }: TlsValues,
  around: TlsSurroundings,
): Promise<Pick<TrustOptions, "ca">> {
  if (cacert === undefined) {
    around.machine.trustAlso(null);
    return {};
  }
  const ca = await readPem(cacert, around);
  const { parseCertificates } = await certificates();
  usable(cacert, () => parseCertificates(ca, "it"));
  if (around.machine.trustAlso(cacert)) return {};
  around.output.warn(
    "without --allow-env=NODE_EXTRA_CA_CERTS, --cacert keeps TLS sessions " +
      "from being resumed, which some servers demand",
  );
  return { ca };
}

async function ownCertificate(
  { cert: path, key: keyPath = path }: TlsValues,
  around: TlsSurroundings,
): Promise<Pick<TrustOptions, "certificate">> {
  if (path === undefined || keyPath === undefined) return {};
  const cert = await readPem(path, around);
  const text = keyPath === path ? cert : await readPem(keyPath, around);
  const key = KEY_REGEXP.exec(text)?.[0];
  if (key === undefined) {
    const hint = keyPath === path ? "; --key FILE names it" : "";
    throw new LocalError(`Cannot use ${keyPath}: it has no private key${hint}`);
  }
  if (await around.machine.openToOthers(keyPath)) {
    around.output.warn(`others can read ${keyPath}; chmod 600 ends that`);
  }
  return { certificate: await checked({ cert, key }, path, keyPath) };
}

async function checked(
  certificate: ServerCertificate,
  path: string,
  keyPath: string,
): Promise<ServerCertificate> {
  const { checkServerCertificate, parseCertificates } = await certificates();
  usable(path, () => parseCertificates(certificate.cert, "it"));
  usable(keyPath, () => checkServerCertificate(certificate));
  return certificate;
}

/** Loaded when it is needed: it takes as long as the rest of the program. */
function certificates(): Promise<
  typeof import("../../../lib/net/tls/certificates.ts")
> {
  return import("../../../lib/net/tls/certificates.ts");
}

function usable(path: string, check: () => unknown): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof TlsError)) throw cause;
    throw new LocalError(`Cannot use ${path}: ${cause.message}`, { cause });
  }
}

async function readPem(
  path: string,
  { machine }: TlsSurroundings,
): Promise<string> {
  const text = await machine.readText(path).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LocalError(`Cannot read ${path}: ${why}`, { cause });
  });
  if (text !== null) return text;
  throw new LocalError(`Cannot read ${path}: there is no such file`);
}
