/**
 * Our client, logged in to a foreign server over TLS.
 *
 * @module
 */

import { FtpClient } from "../../client/ftp/client.ts";
import type { ConnectOptions } from "../../client/ftp/options.ts";
import type { ClientTlsChoice } from "../../client/ftp/tls.ts";
import type { TrustOptions } from "../../lib/net/tls/stream.ts";
import { ACCOUNT } from "./account_servers.ts";
import type { TlsVersion } from "./tls_scene.ts";

/** How a test's client connects. */
export interface TlsClientOptions extends Partial<ConnectOptions> {
  /** Whom it trusts. @default anybody */
  trust?: TrustOptions;
  /** What else it chooses. @default explicit TLS, private data */
  choice?: Partial<ClientTlsChoice>;
}

/** Options to connect with. */
export function tlsOptions(
  port: number,
  { trust = { insecure: true }, choice = {}, ...more }: TlsClientOptions = {},
): ConnectOptions {
  const tls: ClientTlsChoice = { mode: "explicit", trust, ...choice };
  return { hostname: "localhost", port, tls, ...more };
}

/** Trusts anybody who speaks just this version. */
export function onlyVersion(version: TlsVersion): TrustOptions {
  return { insecure: true, minVersion: version, maxVersion: version };
}

/** Runs `action` with a client that is logged in. */
export async function withTlsClient(
  port: number,
  options: TlsClientOptions,
  action: (client: FtpClient) => Promise<void>,
): Promise<void> {
  await using client = await FtpClient.connect(tlsOptions(port, options));
  await client.login(ACCOUNT.user, ACCOUNT.password);
  await action(client);
}

/** The pin of a certificate in PEM. */
export async function fingerprintOf(pem: string): Promise<string> {
  const body = pem.replace(/-----[^-]+-----/g, "");
  const der = Uint8Array.fromBase64(body);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex();
}
