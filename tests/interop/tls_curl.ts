/**
 * Runs curl with TLS.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { type Ended, run, runWell } from "./program.ts";
import type { TlsScene, Way } from "./tls_scene.ts";

const CURL = ["curl", "--silent", "--show-error", "--noproxy", "*"];

/** The flags for a way, and nothing of it left to curl's taste. */
export function curlFlags({ implicit, version }: Way): string[] {
  const tls = version === "1.2" ? ["--tls-max", "1.2"] : ["--tlsv1.3"];
  return implicit ? tls : [...tls, "--ssl-reqd"];
}

/** The URL of a path, for a way; explicit TLS has the URLs of plain FTP. */
export function curlUrl(
  { ftpd, implicitPort }: TlsScene,
  path: string,
  way?: Way,
): string {
  return way?.implicit
    ? `ftps://127.0.0.1:${implicitPort}/${path}`
    : `ftp://127.0.0.1:${ftpd.ports[0]}/${path}`;
}

/** Runs curl in the local folder, trusting the authority; it has to succeed. */
export function curl(scene: TlsScene, ...args: string[]): Promise<string> {
  return runWell(words(scene, args), { cwd: scene.local });
}

/** The same, however it ends; the report holds the whole dialogue. */
export function tryCurl(scene: TlsScene, ...args: string[]): Promise<Ended> {
  return run(words(scene, ["-v", ...args]), { cwd: scene.local });
}

/** The same, which has to end with this code. */
export async function curlFails(
  scene: TlsScene,
  wanted: number,
  ...args: string[]
): Promise<Ended> {
  const ended = await tryCurl(scene, ...args);
  assertEquals(ended.code, wanted, ended.report);
  return ended;
}

function words({ keys }: TlsScene, args: readonly string[]): string[] {
  return [...CURL, "--cacert", join(keys, "ca.pem"), ...args];
}
