/**
 * What tests of TLS say and hear again and again.
 *
 * @module
 */

import {
  type FtpClient,
  type StartOptions,
  startSession,
} from "./ftp_harness.ts";

/** Begins TLS. */
export const AUTH: readonly string[] = [
  "AUTH TLS",
  "234 AUTH TLS successful.",
  "(TLS)",
];

/** Logs alice in. */
export const LOGIN: readonly string[] = [
  ...["USER alice", "331", "PASS secret", "230"],
];

/** Protects data. */
export const PRIVATE: readonly string[] = [
  ...["PBSZ 0", "200 PBSZ=0 successful.", "PROT P", "200"],
];

/** A server with TLS that nobody needs. */
export const TLS: { readonly tls: Record<never, never> } = { tls: {} };

/** alice, logged in over TLS; there is a file `/a`. */
export async function startSecured(tls = {}): Promise<FtpClient> {
  const client = await startSession({ tls, files: { "/a": "abc" } });
  await client.ask("AUTH TLS");
  client.startTls();
  await client.logIn();
  return client;
}

/** The same, with private data, and a folder `/sub`. */
export async function startPrivate(
  options: StartOptions = {},
  certificate?: string,
): Promise<FtpClient> {
  const client = await startSession({
    files: { "/a": "abc", "/sub": null },
    tls: {},
    ...options,
  });
  await client.ask("AUTH TLS");
  client.startTls(certificate === undefined ? {} : { certificate });
  await client.logIn();
  await client.ask("PBSZ 0");
  await client.ask("PROT P");
  return client;
}
