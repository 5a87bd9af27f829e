/**
 * The frame of a test with each foreign server that speaks TLS.
 *
 * @module
 */

import { noTls } from "../../lib/net/tls/ability.ts";
import { type Candidate, isFound } from "../bench/servers.ts";
import { testCertificates } from "../tls_certificates.ts";
import { withServer } from "./foreign_server.ts";
import { withFolder } from "./helpers.ts";
import { findTlsServers, type TlsSetting, withTls } from "./tls_servers.ts";

/** The versions that servers speak. */
export const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

/** One of them. */
export type TlsVersion = typeof VERSIONS[number];

/** What a test with a server has. */
export interface TlsScene {
  /** The server's name. */
  readonly server: string;
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  /** The folder that it serves; its account may write there. */
  readonly served: string;
}

/** Options for {@linkcode tlsServerTest}. */
export interface TlsTestOptions {
  /** How the server speaks TLS. @default explicit, its certificate for localhost */
  readonly setting?: Partial<TlsSetting>;
  /** The one server that will do. @default all of them */
  readonly only?: string;
  /** Servers that are left out, and why. */
  readonly except?: Readonly<Record<string, string>>;
}

const SERVERS = await findTlsServers();

/** A test with each server, on a folder of its own. */
export function tlsServerTest(
  name: string,
  action: (scene: TlsScene) => Promise<void>,
  { setting = {}, except = {}, only }: TlsTestOptions = {},
): void {
  for (const server of SERVERS) {
    if (only !== undefined && server.name !== only) continue;
    const missing = isFound(server) ? undefined : server.reason;
    const why = noTls() ?? missing ?? except[server.name];
    const skipped = why === undefined ? "" : ` (skipped: ${why})`;
    Deno.test({
      name: `${name}, ${titleOf(server)}${skipped}`,
      ignore: why !== undefined,
      fn: () => play(server as Candidate, setting, action),
    });
  }
}

function titleOf(server: (typeof SERVERS)[number]): string {
  return isFound(server) ? `${server.name} ${server.version}` : server.name;
}

async function play(
  server: Candidate,
  setting: Partial<TlsSetting>,
  action: (scene: TlsScene) => Promise<void>,
): Promise<void> {
  const { server: identity } = await testCertificates();
  const secured = withTls(server, { identity, ...setting });
  const greets = !setting.implicit;
  await withFolder(async (served) => {
    await Deno.chmod(served, 0o777);
    await withServer(
      secured,
      served,
      (port) => action({ server: server.name, port, served }),
      { greets },
    );
  });
}
