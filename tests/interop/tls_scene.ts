/**
 * The frame of a test of `ftpd` with TLS: certificates as files, and a server
 * that shows one of them.
 *
 * @module
 */

import { join } from "node:path";
import { lazy } from "../../lib/lazy.ts";
import { noTls } from "../../lib/net/tls/ability.ts";
import {
  type CertificateAndKey,
  type CertificateOptions,
  createCertificate,
} from "../../lib/x509.ts";
import { FTPD } from "../ftp/helpers.ts";
import { daysFromNow, testCertificates } from "../tls_certificates.ts";
import { inFolders, type Scene, withFtpd } from "./interop.ts";
import { isInstalled } from "./program.ts";

/** What a test with a foreign program and TLS has. */
export interface TlsScene extends Scene {
  /** The folder of `ca.pem`, `server.pem`, `server.key` and their kin. */
  keys: string;
  /** The port of implicit TLS. */
  implicitPort: number;
}

/** Options for {@linkcode tlsTest}. */
export interface TlsTestOptions {
  /** Further options of `ftpd`. @default {["--write"]} */
  ftpd?: (keys: string) => readonly string[];
  /** Whether the server has a certificate of the authority. @default {true} */
  certificate?: boolean;
  /** What else is missing on this machine, if anything. */
  missing?: string | undefined;
}

/** A way to speak TLS. */
export interface Way {
  /** For names of tests. */
  readonly name: string;
  /** Whether TLS comes before the greeting. */
  readonly implicit: boolean;
  /** The protocol's version. */
  readonly version: "1.2" | "1.3";
}

/** Every way to speak TLS. */
export const WAYS: readonly Way[] = [
  { name: "explicit, TLS 1.2", implicit: false, version: "1.2" },
  { name: "explicit, TLS 1.3", implicit: false, version: "1.3" },
  { name: "implicit, TLS 1.2", implicit: true, version: "1.2" },
  { name: "implicit, TLS 1.3", implicit: true, version: "1.3" },
];

/** The two versions, on the usual port. */
export const VERSIONS: readonly Way[] = WAYS.slice(0, 2);

/** Why this `ftpd` can't speak TLS; `undefined` when it can. */
export const NO_TLS: string | undefined = whyNoTls();

/**
 * A test of `ftpd` with TLS and `program`, in fresh folders; afterwards the
 * server must stop without an error and leave no part of an upload. Without
 * TLS or the program the test is skipped, and its name says so.
 */
export function tlsTest(
  program: string,
  name: string,
  action: (scene: TlsScene) => Promise<void>,
  options: TlsTestOptions = {},
): void {
  const missing = NO_TLS ??
    (isInstalled(program) ? options.missing : `${program} is not installed`);
  Deno.test({
    name: missing ? `${name} (skipped: ${missing})` : name,
    ignore: missing !== undefined,
    fn: () => play(action, options),
  });
}

async function play(
  action: (scene: TlsScene) => Promise<void>,
  { ftpd: further = () => ["--write"], certificate = true }: TlsTestOptions,
): Promise<void> {
  await inFolders(async (folders) => {
    const keys = await writeKeys(join(folders.served, "../keys"));
    const words = [...certificate ? tlsWords(keys) : [], ...further(keys)];
    await withFtpd([...words, folders.served], (ftpd) => {
      const implicitPort = implicitPortOf(ftpd.ready);
      return action({ ftpd, keys, implicitPort, ...folders });
    });
  });
}

/** Options of a server that shows `server.pem`, and listens for implicit TLS. */
export function tlsWords(keys: string): string[] {
  return [
    ...["--tls-cert", join(keys, "server.pem")],
    ...["--tls-key", join(keys, "server.key")],
    ...["--implicit-tls", "127.0.0.1:0"],
  ];
}

/** The port of implicit TLS in a ready line; 0 when there is none. */
export function implicitPortOf(ready: string): number {
  return Number(/ftps:\/\/[^/]+:(\d+)\//.exec(ready)?.[1] ?? 0);
}

/** Writes every certificate as `NAME.pem`, and its key as `NAME.key`. */
export async function writeKeys(folder: string): Promise<string> {
  await Deno.mkdir(folder);
  const all = { ...await testCertificates(), ...await furtherCertificates() };
  for (const [name, { cert, key }] of Object.entries(all)) {
    await Deno.writeTextFile(join(folder, `${name}.pem`), cert);
    await Deno.writeTextFile(join(folder, `${name}.key`), key, { mode: 0o600 });
  }
  return await Deno.realPath(folder);
}

const furtherCertificates: () => Promise<Record<string, CertificateAndKey>> =
  lazy(async () => {
    const { ca: issuer } = await testCertificates();
    const by = (options: CertificateOptions) =>
      createCertificate({ issuer, ...options });
    const expired = { from: daysFromNow(-30), until: daysFromNow(-1) };
    return {
      /** For another name of the same server. */
      other: await by({ names: ["other.example"] }),
      /** For the same names as `server`, to follow it. */
      next: await by({ names: ["localhost", "127.0.0.1", "::1"] }),
      /** Of another client. */
      bob: await by({ names: [], commonName: "bob", purpose: "client" }),
      expiredClient: await by({
        names: [],
        commonName: "alice",
        purpose: "client",
        ...expired,
      }),
    };
  });

/** A binary tells which runtime it has: an older one has no TLS. */
function whyNoTls(): string | undefined {
  if (FTPD.length > 1) return noTls() ?? undefined;
  const { stdout } = new Deno.Command(FTPD[0]!, { args: ["--version"] })
    .outputSync();
  const version = new TextDecoder().decode(stdout);
  const [, major, minor] = /\(deno (\d+)\.(\d+)/.exec(version) ?? [];
  const number = Number(major) * 1000 + Number(minor);
  return number >= 2009 ? undefined : `no TLS in ${version.trim()}`;
}
