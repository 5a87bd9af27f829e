/**
 * The options of `ftpd` that are about TLS, and what they mean.
 *
 * @module
 */

import { type OptionValues, UsageError } from "../../../lib/cli.ts";
import { checkCommonName, generalName } from "../../../lib/x509/names.ts";
import { readAddresses } from "../option_values.ts";
import type { AccountSettings } from "../settings.ts";
import type { TlsDemand } from "../tls.ts";
import type { CertificatePaths, TlsSettings } from "../tls/settings.ts";

/** The rows of the option table, under a heading of their own. */
export const TLS_OPTIONS = {
  tls: {
    type: "choice",
    choices: ["off", "optional", "required"],
    help: "who must use it (default required, with a certificate)",
    group: "TLS",
    rare: true,
  },
  "tls-cert": {
    type: "texts",
    placeholder: "FILE",
    names: "file",
    example: "/etc/ftpd/cert.pem",
    help: "certificate and its chain, PEM",
    group: "TLS",
  },
  "tls-key": {
    type: "texts",
    placeholder: "FILE",
    names: "file",
    example: "/etc/ftpd/key.pem",
    help: "its key, where that is another file",
    group: "TLS",
  },
  "tls-self-signed": {
    type: "text",
    placeholder: "NAME",
    alone: "localhost",
    example: "ftp.example.org",
    help: "make a certificate once, and keep it",
    group: "TLS",
  },
  "implicit-tls": {
    type: "texts",
    placeholder: "HOST:PORT",
    example: "0.0.0.0:990",
    help: "where to listen for ftps://",
    group: "TLS",
    rare: true,
  },
  "tls-client-ca": {
    type: "text",
    placeholder: "FILE",
    names: "file",
    example: "/etc/ftpd/clients.pem",
    help: "ask clients for certificates of these, PEM",
    group: "TLS",
    rare: true,
  },
  "tls-client-cert": {
    type: "choice",
    choices: ["optional", "required", "login"],
    placeholder: "MODE",
    help: "optional, required (the default), or login: no password then",
    group: "TLS",
    rare: true,
  },
  "tls-session-reuse": {
    type: "choice",
    choices: ["off", "prefer", "require"],
    default: "prefer",
    placeholder: "MODE",
    help: "off, prefer or require it for data",
    group: "TLS",
    rare: true,
  },
  "tls-min": {
    type: "choice",
    choices: ["1.2", "1.3"],
    default: "1.2",
    help: "lowest version",
    group: "TLS",
    rare: true,
  },
  "tls-user": {
    type: "texts",
    placeholder: "NAME=MODE",
    example: "anonymous=optional",
    help: "optional or required for this user",
    group: "TLS",
    rare: true,
  },
  "tls-rate": {
    type: "integer",
    default: 20,
    min: 1,
    max: 10_000,
    help: "handshakes a second from one address",
    group: "TLS",
    rare: true,
  },
} as const;

/** The values of {@linkcode TLS_OPTIONS}. */
export type TlsValues = OptionValues<typeof TLS_OPTIONS>;

/** The option of this name, as it was typed. */
type TlsOption = keyof typeof TLS_OPTIONS;

/**
 * How to serve TLS; `null` when nothing was said of it. `given` holds the names
 * of the options on the command line, and `lack` says why this runtime has no
 * TLS, if so.
 *
 * @throws {UsageError} when options contradict each other or can't be read.
 */
export function readTls(
  options: TlsValues & { readonly "passive-address"?: string | undefined },
  given: ReadonlySet<string>,
  lack: string | null,
): TlsSettings | null {
  const named = (Object.keys(TLS_OPTIONS) as TlsOption[])
    .filter((name) => given.has(name));
  if (named.length === 0) return null;
  if (lack !== null) throw new UsageError(`--${named[0]}: ${lack}`);
  if (options.tls === "off") return switchedOff(named);
  refuseIncomplete(named);
  return {
    policy: options.tls ?? "required",
    implicit: readAddresses("implicit-tls", options["implicit-tls"], 990),
    certificates: readPaths(options["tls-cert"], options["tls-key"]),
    selfSigned: readNames(
      options["tls-self-signed"],
      options["passive-address"],
    ),
    clientCa: options["tls-client-ca"] ?? null,
    clientCertificates: options["tls-client-cert"] ?? "required",
    sessionReuse: options["tls-session-reuse"],
    minVersion: `TLSv${options["tls-min"]}`,
    handshakesPerSecond: options["tls-rate"],
  };
}

/** `--tls off` is a word for itself: whoever says more does not mean it. */
function switchedOff(named: readonly TlsOption[]): null {
  const other = named.find((name) => name !== "tls");
  if (other === undefined) return null;
  throw new UsageError(`--${other} contradicts --tls off; leave one out`);
}

function refuseIncomplete(named: readonly TlsOption[]): void {
  const has = (name: TlsOption) => named.includes(name);
  if (has("tls-cert") && has("tls-self-signed")) {
    throw new UsageError(
      "--tls-cert contradicts --tls-self-signed; leave one out",
    );
  }
  if (has("tls-client-cert") && !has("tls-client-ca")) {
    throw new UsageError("--tls-client-cert needs --tls-client-ca FILE");
  }
  if (has("tls-cert") || has("tls-self-signed")) return;
  const [first] = named;
  const way = has("tls-key")
    ? "--tls-cert FILE, once for each --tls-key"
    : "--tls-cert FILE, or --tls-self-signed";
  throw new UsageError(`--${first} needs a certificate: give ${way}`);
}

/** A key for each certificate; without any, they are in the same files. */
function readPaths(
  certs: readonly string[],
  keys: readonly string[],
): CertificatePaths[] {
  if (keys.length > 0 && keys.length !== certs.length) {
    throw new UsageError(
      `${certs.length} --tls-cert but ${keys.length} --tls-key: give one for ` +
        "each, or none when the keys are in the certificates' files",
    );
  }
  const twice = certs.find((cert, at) => certs.indexOf(cert) !== at);
  if (twice !== undefined) {
    throw new UsageError(`--tls-cert ${twice} is given twice; leave one out`);
  }
  return certs.map((cert, at) => ({ cert, key: keys[at] ?? cert }));
}

/** What clients are told to connect to is a name of the server, too. */
function readNames(text?: string, passiveAddress = ""): string[] | null {
  if (text === undefined) return null;
  const names = text.split(",");
  const host = passiveAddress.replace(/\.$/, "");
  if (/[a-z]/i.test(host) && !names.includes(host)) names.push(host);
  try {
    names.forEach(generalName);
    checkCommonName(names[0]!);
    return names;
  } catch (error) {
    throw new UsageError(`--tls-self-signed: ${(error as Error).message}`);
  }
}

/**
 * The accounts with what `--tls-user` says of each.
 *
 * @throws {UsageError} when it names nobody, or can't be read.
 *
 * @example
 * ```ts
 * import { withTlsUsers } from "./tls.ts";
 * const bob = { name: "bob", password: "secret", write: false, root: "." };
 * const [account] = withTlsUsers([bob], ["bob=required"]);
 * console.assert(account?.tls === "required");
 * ```
 */
export function withTlsUsers(
  accounts: readonly AccountSettings[],
  texts: readonly string[],
): AccountSettings[] {
  const modes = new Map<string, TlsDemand>();
  for (const text of texts) {
    const [, name, mode] = /^(.+)=(optional|required)$/s.exec(text) ?? [];
    if (name === undefined) {
      throw new UsageError(
        `--tls-user ${text}: expected NAME=optional or NAME=required`,
      );
    }
    if (modes.has(name)) {
      throw new UsageError(`--tls-user ${name} is given twice; leave one out`);
    }
    modes.set(name, mode as TlsDemand);
  }
  refuseStrangers(accounts, [...modes.keys()]);
  return accounts.map((account) => {
    const tls = modes.get(account.name);
    return tls === undefined ? account : { ...account, tls };
  });
}

function refuseStrangers(
  accounts: readonly AccountSettings[],
  names: readonly string[],
): void {
  const known = accounts.map(({ name }) => name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  throw new UsageError(
    `--tls-user ${stranger}: nobody of this name may log in ` +
      `(${known.join(", ")})`,
  );
}
