/**
 * The frame of a test of `ftp` with TLS: certificates as files, and a server of
 * ours in this process that shows one of them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { noTls } from "../../lib/net/tls/ability.ts";
import { serverTls } from "../../lib/net/tls/server.ts";
import { listedAccounts } from "../../server/ftp/accounts.ts";
import { serveFtp } from "../../server/ftp/serve.ts";
import type { FtpTls } from "../../server/ftp/tls.ts";
import type { FileSystem } from "../../server/fs/file_system.ts";
import { memoryFileSystem } from "../../server/fs/memory.ts";
import { ACCOUNT } from "../client/account_servers.ts";
import { withFolder } from "../client/helpers.ts";
import {
  type TestCertificates,
  testCertificates,
} from "../tls_certificates.ts";
import type { RunFtp } from "./ftp_servers.ts";
import { ftpWords, runFtp, URL_PASSWORD } from "./ftp_tool.ts";

/** What a test of `ftp` with TLS has. */
export interface TlsToolScene {
  /** Where the server waits to be asked for TLS, as in URLs. */
  readonly host: string;
  /** Where it begins with TLS. */
  readonly implicitHost: string;
  /** User and password, as in URLs. */
  readonly user: string;
  /** What it serves. */
  readonly fs: FileSystem;
  /** The folder that `ftp` works in, which is its home, too. */
  readonly local: string;
  /** The path of a file of keys: `ca.pem`, `client.key` and their kin. */
  key(name: string): string;
  /** Runs `ftp` in the local folder. */
  readonly ftp: RunFtp;
}

/** How the server of {@linkcode tlsToolTest} is. */
export interface TlsToolOptions {
  /** The certificate that it shows. @default {"server"} */
  shows?: keyof TestCertificates;
  /** What it demands, besides. */
  tls?: Partial<Omit<FtpTls, "server">>;
  /** Whether clients must show a certificate of the authority. */
  clients?: boolean;
  /** What it serves. @default {{}} */
  remote?: Record<string, string>;
}

/** Why this `ftp` can't speak TLS; `undefined` when it can. */
export const TOOL_HAS_NO_TLS: string | undefined = whyTheToolHasNone();

/** Why these tests can't speak TLS; `undefined` when they can. */
export const NO_TLS_TESTS: string | undefined = noTls() ?? TOOL_HAS_NO_TLS;

/** A test of `ftp` with TLS; skipped, as its name says, where there is none. */
export function tlsToolTest(
  name: string,
  action: (scene: TlsToolScene) => Promise<void>,
  options: TlsToolOptions = {},
): void {
  const skipped = NO_TLS_TESTS === undefined
    ? ""
    : ` (skipped: ${NO_TLS_TESTS})`;
  Deno.test({
    name: `ftp with TLS: ${name}${skipped}`,
    ignore: NO_TLS_TESTS !== undefined,
    fn: () => withTlsServer(options, action),
  });
}

/** Runs `action` with a server and the files of keys. */
export async function withTlsServer(
  { shows = "server", tls = {}, clients = false, remote = {} }: TlsToolOptions,
  action: (scene: TlsToolScene) => Promise<void>,
): Promise<void> {
  const certificates = await testCertificates();
  const fs = memoryFileSystem(remote);
  const { user: name, password } = ACCOUNT;
  const accounts = [
    { name, password, write: true, fs },
    { name: "alice", password, write: true, fs },
  ];
  const server = serverTls({
    certificates: [certificates[shows]],
    clientCa: clients ? certificates.ca.cert : undefined,
  });
  await using running = await serveFtp({
    listen: [LOOPBACK],
    implicit: [LOOPBACK],
    authenticate: listedAccounts(accounts),
    tls: { server, policy: "required", ...tls },
  });
  const [host = "", implicitHost = ""] = running.addresses.map((address) =>
    address.transport === "tcp" ? `127.0.0.1:${address.port}` : ""
  );
  await withFolder(async (local) => {
    await writeKeys(join(local, "keys"), certificates);
    await action({
      host,
      implicitHost,
      user: `${name}:${URL_PASSWORD}`,
      fs,
      local,
      key: (name) => join(local, "keys", name),
      ftp: (args, options) => runFtp(args, { cwd: local, ...options }),
    });
  });
}

const LOOPBACK = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;

async function writeKeys(
  folder: string,
  certificates: TestCertificates,
): Promise<void> {
  await Deno.mkdir(folder);
  for (const [name, { cert, key }] of Object.entries(certificates)) {
    await Deno.writeTextFile(join(folder, `${name}.pem`), cert);
    await Deno.writeTextFile(join(folder, `${name}.key`), key, { mode: 0o600 });
  }
}

/** SHA-256 of a certificate in PEM, in lower-case hexadecimal digits. */
export async function fingerprintOf(pem: string): Promise<string> {
  const [, base64 = ""] = /CERTIFICATE-----([^-]*)-----/.exec(pem) ?? [];
  const der = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", der));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A binary tells which runtime it has: an older one has no TLS. */
function whyTheToolHasNone(): string | undefined {
  const [program = "", ...args] = ftpWords();
  const command = new Deno.Command(program, { args: [...args, "--version"] });
  const version = new TextDecoder().decode(command.outputSync().stdout);
  const [, major, minor] = /\(deno (\d+)\.(\d+)/.exec(version) ?? [];
  const isAble = Number(major) * 1000 + Number(minor) >= 2009;
  return isAble ? undefined : `no TLS in ${version.trim()}`;
}

/** The line of a failure, which must be the only one. */
export function onlyLine(stderr: string): string {
  const [line = "", ...more] = stderr.split("\n");
  assertEquals(more, [""], stderr);
  assert(line.startsWith("ftp: "), line);
  return line;
}

/** Runs a script, and gives what it printed. */
export async function script(
  { ftp }: Pick<TlsToolScene, "ftp">,
  commands: string,
  ...args: string[]
): Promise<string> {
  return (await ftp(["-c", commands, ...args])).stdout;
}
