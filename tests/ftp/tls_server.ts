/**
 * An FTP server with TLS, in this process.
 *
 * @module
 */

import { fail } from "@std/assert";
import type { Bytes } from "../../lib/bytes.ts";
import { createLog } from "../../lib/log.ts";
import { noTls } from "../../lib/net/tls/ability.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import type { ServerTlsOptions } from "../../lib/net/tls/stream.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { serveFtp, type ServeFtpOptions } from "../../server/ftp/serve.ts";
import type { FtpTls } from "../../server/ftp/tls.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { testCertificates } from "../tls_certificates.ts";
import { soon } from "./helpers.ts";

const MISSING = noTls();
const ANYWHERE = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;

/** A test that is skipped, and says so, where the runtime has no TLS. */
export function tlsTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: MISSING ? `${name} (skipped: ${MISSING})` : name,
    ignore: MISSING !== null,
    fn,
  });
}

/** Both versions of the protocol. */
export const VERSIONS: readonly ("TLSv1.2" | "TLSv1.3")[] = [
  ...["TLSv1.2", "TLSv1.3"] as const,
];

/** How a server differs from the usual. */
export interface ServerOptions {
  /** @default optional TLS */
  tls?: Partial<FtpTls>;
  /** @default one certificate, nobody is asked for theirs */
  handshake?: Partial<ServerTlsOptions>;
  /** @default {} */
  ftp?: Partial<ServeFtpOptions>;
  /** What the file system begins with. @default {} */
  files?: Record<string, string | Bytes | null>;
}

/** A running server. Disposing of it stops it. */
export interface LocalServer extends AsyncDisposable {
  /** Its port for clients that begin in plain text. */
  readonly port: number;
  /** Its port for clients that begin with TLS. */
  readonly implicitPort: number;
  /** What alice sees. */
  readonly fs: FileSystem;
  /** Connections being served. */
  readonly connections: number;
  /** The log lines of an event. */
  logged(event: string): Record<string, unknown>[];
  /** Waits for log lines of an event; the first one. */
  said(event: string, count?: number): Promise<Record<string, unknown>>;
  /** Stops it, as SIGTERM does. */
  stop(): Promise<void>;
}

/** Starts a server with alice, who may write. */
export async function startTlsServer(
  options: ServerOptions = {},
): Promise<LocalServer> {
  const { server: certificate } = await testCertificates();
  const fs = memoryFileSystem(options.files ?? {});
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const server = await serveFtp({
    listen: [ANYWHERE],
    implicit: [ANYWHERE],
    authenticate: listedAccounts([
      { name: "alice", password: "secret", write: true, fs },
    ]),
    grace: 5_000,
    log: createLog({
      format: "json",
      write(line) {
        lines.push(JSON.parse(line));
        for (const wake of waiting) wake();
      },
    }),
    ...options.ftp,
    tls: {
      policy: "optional",
      server: serverTls({ certificates: [certificate], ...options.handshake }),
      ...options.tls,
    },
  });
  const [plain, implicit] = server.addresses.map((at) =>
    at.transport === "tcp" ? at.port : fail("not TCP")
  );
  const logged = (event: string) =>
    lines.filter((line) => line.event === event);
  return {
    port: plain!,
    implicitPort: implicit!,
    fs,
    logged,
    get connections() {
      return server.connections;
    },
    async said(event, count = 1) {
      while (logged(event).length < count) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await soon(promise, `"${event}" in the log`);
        waiting.delete(resolve);
      }
      return logged(event)[0]!;
    },
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
