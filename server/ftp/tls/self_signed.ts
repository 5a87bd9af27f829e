/**
 * The certificate that the server makes for itself, once, and keeps.
 *
 * @module
 */

import { ToolError } from "../../../lib/cli.ts";
import { userFile } from "../../../lib/user_files.ts";
import { createCertificate } from "../../../lib/x509.ts";
import { type CertificateFiles, type Examine, pairOf } from "./certificates.ts";
import type { CertificateFacts } from "./settings.ts";

/** The file's name in the folder of the user's state. */
const FILE = "ftpd-tls.pem";

/**
 * Where the certificate is kept, with its key.
 *
 * @throws {ToolError} when the environment names no such place.
 *
 * @example
 * ```ts
 * import { selfSignedPath } from "./self_signed.ts";
 * const env = (name: string) => name === "HOME" ? "/home/ann" : undefined;
 * const path = selfSignedPath(env);
 * console.assert(path === "/home/ann/.local/state/wharf/ftpd-tls.pem");
 * ```
 */
export function selfSignedPath(
  env: (name: string) => string | undefined,
): string {
  const path = userFile(env, "state", FILE);
  if (path !== null) return path;
  throw new ToolError(
    "--tls-self-signed: there is no place to keep the certificate; set HOME " +
      "or XDG_STATE_HOME",
  );
}

/** Files, and writing one that is nobody else's business. */
export interface PrivateFiles extends CertificateFiles {
  /**
   * Writes a file that only its owner may read, whole or not at all, and makes
   * its folder. Returns `false` when `how` is `new` and it is there already.
   */
  writePrivate(
    path: string,
    text: string,
    how: "new" | "replace",
  ): Promise<boolean>;
}

/** What {@linkcode keepSelfSigned} works with. */
export interface SelfSignedTools {
  /** Reaches the file. */
  readonly files: PrivateFiles;
  /** Judges what it holds. */
  readonly examine: Examine;
  /** The time of day, in milliseconds since 1970. */
  readonly now: number;
  /** Makes the certificate. @default {createCertificate} */
  readonly create?: typeof createCertificate;
}

/** Why a certificate must be made. */
export type Lack = "absent" | "expired";

/**
 * Why the certificate in a file must be made anew, if so.
 *
 * @throws {ToolError} when the file holds something else: it is not ours.
 */
export async function lackOf(
  path: string,
  { files, examine, now }: SelfSignedTools,
): Promise<Lack | null> {
  if (await files.look(path) === null) return "absent";
  const text = await files.read(path);
  const { until } = await seen(path, text, examine);
  return until < now ? "expired" : null;
}

/**
 * Makes a certificate for `names`. When another server has just done so, its
 * one counts.
 */
export async function makeSelfSigned(
  path: string,
  names: readonly string[],
  lack: Lack,
  { files, create = createCertificate }: SelfSignedTools,
): Promise<void> {
  const { cert, key } = await create({ names });
  const how = lack === "absent" ? "new" : "replace";
  await files.writePrivate(path, `${cert}${key}`, how);
}

async function seen(
  path: string,
  text: string,
  examine: Examine,
): Promise<Pick<CertificateFacts, "until">> {
  try {
    const any = { minVersion: "TLSv1.2", clientCa: null } as const;
    return await examine(pairOf(text, text), any);
  } catch (error) {
    throw new ToolError(
      `cannot use ${path}: ${(error as Error).message}; remove it, and ` +
        "another one will be made",
    );
  }
}
