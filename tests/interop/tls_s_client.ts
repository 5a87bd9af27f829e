/**
 * `openssl s_client` and `gnutls-cli` as FTP clients, of which one sees
 * everything.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { Talk } from "./talk.ts";
import type { TlsScene } from "./tls_scene.ts";

/** Sends a command; its reply, which must have this code. */
export async function say(
  control: Talk,
  line: string,
  wanted: number,
): Promise<string> {
  await control.write(`${line}\r\n`);
  return await reply(control, wanted);
}

/** The next reply, which must have this code. */
export async function reply(control: Talk, wanted: number): Promise<string> {
  const [text, code] = await control.until(/^(\d{3}) [^\n]*\n/m);
  assertEquals(Number(code), wanted, control.report);
  return text!.trimEnd();
}

/** Logs in, and protects data connections. */
export async function login(control: Talk): Promise<void> {
  await say(control, "USER anonymous", 331);
  await say(control, "PASS x", 230);
  await say(control, "PBSZ 0", 200);
  await say(control, "PROT P", 200);
}

/** Where the next data connection goes. */
export async function passivePort(control: Talk): Promise<number> {
  const told = await say(control, "EPSV", 229);
  return Number(/\|(\d+)\|/.exec(told)![1]);
}

/** `openssl s_client -starttls ftp`, with further arguments. */
export function openssl(scene: TlsScene, ...args: string[]): Talk {
  return sClient(scene, scene.ftpd.ports[0]!, ["-starttls", "ftp", ...args]);
}

/** `openssl s_client` to a port where TLS comes first. */
export function sClient(
  { keys, local }: TlsScene,
  port: number,
  args: readonly string[],
): Talk {
  return new Talk([
    ...["openssl", "s_client", "-quiet", "-connect", `127.0.0.1:${port}`],
    ...["-CAfile", join(keys, "ca.pem"), "-verify_return_error", ...args],
  ], { cwd: local });
}

/** `gnutls-cli`, with further arguments. */
export function gnutls(scene: TlsScene, ...args: string[]): Talk {
  const ca = ["--x509cafile", join(scene.keys, "ca.pem")];
  const words = ["gnutls-cli", ...ca, ...args, "127.0.0.1"];
  return new Talk(words, { cwd: scene.local });
}
