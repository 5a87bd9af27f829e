/**
 * The certificates of a server on this machine: found when it starts, followed
 * while it runs.
 *
 * @module
 */

import { ToolError } from "../../../lib/cli.ts";
import type { Log } from "../../../lib/log.ts";
import { sourceFolder } from "../../warden/ground.ts";
import {
  lookAtFile,
  readSmallFile,
  realFolderOf,
  realPathOf,
  writePrivateFile,
} from "../../warden/private_files.ts";
import type { CertificateWatch } from "./certificate_watch.ts";
import { examine } from "./examine.ts";
import { findIdentity, type Identity, watchOf } from "./identity.ts";
import type { Settings } from "../settings.ts";

/** Variables that say where the user's state is. */
const VARIABLES = "HOME,USERPROFILE,XDG_STATE_HOME";

/**
 * The certificates that settings name, on this machine; `null` without TLS.
 * With `check`, nothing is written.
 *
 * @throws {ToolError} when one can't be used: one line that says why.
 */
export async function systemIdentity(
  { tls, ...settings }: Settings,
  check: boolean,
): Promise<Identity | null> {
  if (tls === null) return null;
  const files = {
    read: readSmallFile,
    look: lookAtFile,
    real: realPathOf,
    folder: realFolderOf,
    writePrivate: writePrivateFile,
  };
  const tools = { files, examine, env: variable, now: Date.now };
  return await findIdentity({ ...settings, tls }, tools, { check });
}

function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    throw new ToolError(
      `--tls-self-signed: the runtime needs --allow-env=${VARIABLES}`,
    );
  }
}

/** Certificates that follow their files. */
export type FollowedCertificates = Pick<
  CertificateWatch,
  "material" | "until" | "run" | "reload"
>;

/**
 * Follows the files of an identity: looks at them every few seconds, and when
 * `reload` says so. A warden that serves by itself, because it can start no
 * worker, has given them up: `apart` is `false`, and they stay as they are.
 */
export function follow(
  identity: Identity | null,
  { apart, log }: { apart: boolean; log: Log },
): FollowedCertificates | undefined {
  const first = identity?.certificates ?? null;
  if (identity === null || first === null) return undefined;
  const watch = watchOf(identity, first, { log });
  if (apart) return watch;
  const { material, until } = watch;
  return { material, until, run: async () => {}, reload: () => refuse(log) };
}

function refuse(log: Log): void {
  const reason = "certificates can be read again where the runtime has " +
    `--allow-read=${sourceFolder()}; until then they stay as they were`;
  log.warn("certificates-refused", { reason });
}
