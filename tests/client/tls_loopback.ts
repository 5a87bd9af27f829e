/**
 * A server of ours that speaks TLS, and clients of ours that demand it.
 *
 * @module
 */

import type { FileSystem } from "../../server/fs/file_system.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { serveFtp, type ServeFtpOptions } from "../../server/ftp/serve.ts";
import type { FtpTls } from "../../server/ftp/tls.ts";
import type { ConnectOptions } from "../../client/ftp/options.ts";
import { noTls } from "../../lib/net/tls/ability.ts";
import { certificateFingerprint } from "../../lib/net/tls/certificates.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import type { ServerTlsOptions } from "../../lib/net/tls/stream.ts";
import { testCertificates } from "../tls_certificates.ts";

/** Options for {@linkcode withTlsServer}. */
export interface TlsServerOptions {
  /** How it demands TLS. @default required, resumed sessions, too */
  tls?: Partial<FtpTls>;
  /** How it speaks it. @default with a certificate signed by itself */
  speaks?: Partial<ServerTlsOptions>;
  /** What else it does. */
  server?: Partial<ServeFtpOptions>;
}

/** Where a server is, and how clients of it connect. */
export interface TlsPlace {
  /** Connects to it, and trusts just its certificate. */
  readonly options: ConnectOptions;
  /** The same, for who begins with TLS. */
  readonly implicit: ConnectOptions;
}

/** A test that needs TLS, and says so where there is none. */
export function tlsTest(name: string, fn: () => Promise<void>): void {
  const why = noTls();
  const skipped = why === null ? "" : ` (skipped: ${why})`;
  Deno.test({ name: `${name}${skipped}`, ignore: why !== null, fn });
}

/** Runs `action` while a server of ours serves `fs` over TLS. */
export async function withTlsServer(
  fs: FileSystem,
  action: (place: TlsPlace) => Promise<void>,
  { tls = {}, speaks = {}, server = {} }: TlsServerOptions = {},
): Promise<void> {
  const { selfSigned } = await testCertificates();
  const certificates = speaks.certificates ?? [selfSigned];
  const listen = [{
    transport: "tcp",
    hostname: "127.0.0.1",
    port: 0,
  }] as const;
  await using running = await serveFtp({
    listen,
    implicit: listen,
    authenticate: listedAccounts([
      { name: "anonymous", password: null, write: true, fs },
    ]),
    tls: {
      server: serverTls({ ...speaks, certificates }),
      policy: "required",
      sessionReuse: "require",
      ...tls,
    },
    ...server,
  });
  const pins = [certificateFingerprint(certificates[0]!.cert)];
  const to = (index: number, mode: "explicit" | "implicit") => ({
    hostname: "localhost",
    port: (running.addresses[index] as Deno.NetAddr).port,
    tls: { mode, trust: { pins } },
  });
  await action({ options: to(0, "explicit"), implicit: to(1, "implicit") });
}

/** The same options with other TLS. */
export function changed(
  options: ConnectOptions,
  change: Partial<NonNullable<ConnectOptions["tls"]>>,
): ConnectOptions {
  const { tls, ...others } = options;
  const trust = { ...tls!.trust, ...change.trust };
  return { ...others, tls: { ...tls!, ...change, trust } };
}
