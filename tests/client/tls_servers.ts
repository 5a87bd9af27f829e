/**
 * Servers of others that speak TLS, each with the account of its own and with
 * the certificate that a test gives it.
 *
 * @module
 */

import { dirname, join } from "node:path";
import {
  type Candidate,
  isFound,
  type Missing,
  type Place,
  PYFTPDLIB_MAIN,
  type Recipe,
} from "../bench/servers.ts";
import { findAccountServers } from "./account_servers.ts";

/** A certificate and its key, in PEM. */
export interface Identity {
  /** The certificate, and those between it and its authority. */
  readonly cert: string;
  /** Its key. */
  readonly key: string;
}

/** How a server speaks TLS. */
export interface TlsSetting {
  /** What it shows. */
  readonly identity: Identity;
  /** Whether TLS comes before the greeting. @default {false} */
  readonly implicit?: boolean;
  /** Authority of the certificates that clients must show. @default none */
  readonly clientCa?: string;
  /**
   * Whether data connections may be in clear, need not resume the session, and
   * commands may be in clear after the login.
   *
   * @default {false}
   */
  readonly lenient?: boolean;
}

/** Files of a setting. */
interface Files {
  readonly cert: string;
  readonly key: string;
  /** Both in one. */
  readonly both: string;
  readonly clientCa: string | null;
}

/** What a server is to be taught. */
interface Lesson {
  readonly program: string;
  /** How it is run without TLS. */
  readonly recipe: Recipe;
  readonly place: Place;
  readonly setting: TlsSetting;
  readonly files: Files;
}

type Teach = (lesson: Lesson) => Recipe | Promise<Recipe>;

const TEACH: ReadonlyMap<string, Teach> = new Map<string, Teach>([
  ["vsftpd", vsftpd],
  ["ProFTPD", proftpd],
  ["Pure-FTPd", pureFtpd],
  ["pyftpdlib", pyftpdlib],
]);

/** Every server of others that can be given an account and a certificate. */
export async function findTlsServers(): Promise<(Candidate | Missing)[]> {
  return await Promise.all((await findAccountServers()).map(ableToTls));
}

/** The server, or what it lacks for TLS. */
export async function ableToTls(
  server: Candidate | Missing,
): Promise<Candidate | Missing> {
  if (!isFound(server)) return server;
  const { name, program } = server;
  if (name === "ProFTPD" && await proftpdModules(program) === undefined) {
    return {
      name,
      reason: "its module mod_tls (proftpd-mod-crypto) is missing",
    };
  }
  if (name === "pyftpdlib" && !await hasPythonSsl(program)) {
    return { name, reason: "install python3-openssl" };
  }
  return server;
}

async function hasPythonSsl(python: string): Promise<boolean> {
  const line = "from pyftpdlib.handlers import TLS_FTPHandler";
  const args = ["-W", "ignore", "-c", line];
  const none = { stdin: "null", stdout: "null", stderr: "null" } as const;
  return (await new Deno.Command(python, { args, ...none }).output()).success;
}

/** The same server, which speaks TLS when it is started. */
export function withTls(server: Candidate, setting: TlsSetting): Candidate {
  const prepare = async (place: Place) => {
    const recipe = await server.prepare(place);
    const files = await writeFiles(place.scratch, setting);
    const { name, program } = server;
    const lesson = { program, recipe, place, setting, files };
    return await TEACH.get(name)!(lesson);
  };
  return { ...server, prepare };
}

/** Keys of tests are no secret: pyftpdlib reads them without rights. */
async function writeFiles(
  scratch: string,
  { identity, clientCa }: TlsSetting,
): Promise<Files> {
  const [cert, key, both, authority] = ["cert", "key", "both", "ca"]
    .map((name) => join(scratch, `${name}.pem`)) as [string, ...string[]];
  await Deno.chmod(scratch, 0o711);
  await Deno.writeTextFile(cert, identity.cert);
  await Deno.writeTextFile(key!, identity.key);
  // Pure-FTPd looks for its clients' authorities here, too.
  const all = identity.key + identity.cert + (clientCa ?? "");
  await Deno.writeTextFile(both!, all);
  await Deno.writeTextFile(authority!, clientCa ?? "");
  const ca = clientCa === undefined ? null : authority!;
  return { cert, key: key!, both: both!, clientCa: ca };
}

/** As strict as it can be. */
async function vsftpd(
  { recipe, place, setting, files }: Lesson,
): Promise<Recipe> {
  const { implicit, lenient } = setting;
  const { cert, key, clientCa } = files;
  const strict = lenient ? "NO" : "YES";
  const asks = clientCa === null
    ? ""
    : `require_cert=YES\nvalidate_cert=YES\nca_certs_file=${clientCa}\n`;
  await Deno.writeTextFile(
    join(place.scratch, "vsftpd.conf"),
    `ssl_enable=YES
implicit_ssl=${implicit ? "YES" : "NO"}
rsa_cert_file=${cert}
rsa_private_key_file=${key}
ssl_ciphers=HIGH
require_ssl_reuse=${strict}
strict_ssl_read_eof=YES
strict_ssl_write_shutdown=YES
force_local_logins_ssl=YES
force_local_data_ssl=${strict}
${asks}`,
    { append: true },
  );
  return recipe;
}

/** As it comes: it demands that sessions are resumed. */
async function proftpd(
  { program, recipe, place, setting, files }: Lesson,
): Promise<Recipe> {
  const { implicit, lenient } = setting;
  const { cert, key, clientCa } = files;
  const options = implicit ? ["UseImplicitSSL"] : [];
  if (lenient) options.push("NoSessionReuseRequired");
  const asks = clientCa === null
    ? ""
    : `TLSVerifyClient on\nTLSCACertificateFile ${clientCa}\n`;
  await Deno.chmod(key, 0o600);
  await Deno.writeTextFile(
    join(place.scratch, "proftpd.conf"),
    `ModulePath ${await proftpdModules(program)}
LoadModule mod_tls.c
TLSEngine on
TLSRequired ${lenient ? "auth" : "auth+data"}
TLSProtocol TLSv1.2 TLSv1.3
TLSECCertificateFile ${cert}
TLSECCertificateKeyFile ${key}
${options.length ? `TLSOptions ${options.join(" ")}\n` : ""}${asks}`,
    { append: true },
  );
  return recipe;
}

/** Modules are beside the program when it is unpacked, else installed. */
async function proftpdModules(program: string): Promise<string | undefined> {
  const unpacked = join(dirname(program), "usr/lib/proftpd");
  for (const folder of [unpacked, "/usr/lib/proftpd"]) {
    const module = join(folder, "mod_tls.so");
    if (await Deno.stat(module).then(() => true, () => false)) return folder;
  }
  return undefined;
}

/** TLS on control and data connections. */
function pureFtpd({ recipe, setting, files }: Lesson): Recipe {
  const { clientCa, lenient } = setting;
  const tls = ["--tls", lenient ? "2" : "3", "--certfile", files.both];
  if (clientCa !== undefined) tls.push("--tlsciphersuite", "-C:HIGH");
  return { words: [...recipe.words, ...tls] };
}

/** TLS on control and data connections; handshakes first where implicit. */
function pyftpdlib({ recipe, setting, files }: Lesson): Recipe {
  const { implicit, lenient } = setting;
  const { cert, key, clientCa } = files;
  const text = JSON.stringify;
  const asks = clientCa === null ? "" : `
context = handler.get_ssl_context()
context.load_verify_locations(${text(clientCa)})
context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)`;
  const main = `
from OpenSSL import SSL
import pyftpdlib.__main__ as program
from pyftpdlib.handlers import TLS_FTPHandler as handler
class Implicit(handler):
    def handle(self):
        self.secure_connection(self.ssl_context)
    def handle_ssl_established(self):
        handler.handle(self)
handler.certfile, handler.keyfile = ${text(cert)}, ${text(key)}
handler.tls_control_required = True
handler.tls_data_required = ${lenient ? "False" : "True"}${asks}
program.FTPHandler = ${implicit ? "Implicit" : "handler"}
${PYFTPDLIB_MAIN}`;
  const { words } = recipe;
  return { words: words.map((word) => word === PYFTPDLIB_MAIN ? main : word) };
}
