/**
 * TLS on the command line: its options, and what they mean together.
 *
 * @module
 */

import { type OptionSpec, UsageError } from "../../lib/cli.ts";
import type { TrustOptions } from "../../lib/net/tls/stream.ts";
import type { ClientTlsChoice } from "./tls.ts";
import { parsePin } from "./tls_pin.ts";
import type { TlsMode } from "./url.ts";

/** The options that are about TLS. */
export type TlsOptionName =
  | "tls"
  | "tls-implicit"
  | "insecure"
  | "pin"
  | "cacert"
  | "cert"
  | "key"
  | "clear-data"
  | "ccc"
  | "tls-min"
  | "tls-max";

/** The options of TLS, a row for each. */
export const TLS_OPTIONS: Readonly<Record<TlsOptionName, OptionSpec>> = {
  tls: {
    type: "flag",
    help: "ask for TLS, as ftpes:// does, and never go on without",
    group: "TLS",
  },
  "tls-implicit": {
    type: "flag",
    help: "begin with TLS, as ftps:// does, on port 990",
    group: "TLS",
  },
  pin: {
    type: "texts",
    placeholder: "sha256:HEX",
    help: "trust just this certificate, or public key",
    group: "TLS",
  },
  cacert: {
    type: "text",
    placeholder: "FILE",
    help: "trust these authorities, too (PEM)",
    group: "TLS",
  },
  insecure: {
    type: "flag",
    help: "trust anybody: whoever is between can read and change everything",
    group: "TLS",
  },
  cert: {
    type: "text",
    placeholder: "FILE",
    help: "show this certificate to servers that ask (PEM)",
    group: "TLS",
  },
  key: {
    type: "text",
    placeholder: "FILE",
    help: "its key, unless it is in the same file (PEM)",
    group: "TLS",
  },
  "clear-data": {
    type: "flag",
    help: "leave data connections unprotected (PROT C)",
    group: "TLS",
  },
  ccc: {
    type: "flag",
    help: "leave commands unprotected after the login (CCC)",
    group: "TLS",
  },
  "tls-min": {
    type: "choice",
    choices: ["1.2", "1.3"],
    default: "1.2",
    help: "lowest version of TLS",
    group: "TLS",
  },
  "tls-max": {
    type: "choice",
    choices: ["1.2", "1.3"],
    default: "1.3",
    help: "highest version of TLS",
    group: "TLS",
  },
};

/** Values of some of {@linkcode TLS_OPTIONS}: a verb has not all of them. */
export interface TlsValues {
  /** Ask for TLS. */
  readonly tls?: boolean;
  /** Begin with it. */
  readonly "tls-implicit"?: boolean;
  /** Trust anybody. */
  readonly insecure?: boolean;
  /** Certificates and public keys to trust. */
  readonly pin?: readonly string[];
  /** File of authorities. */
  readonly cacert?: string | undefined;
  /** File of our certificate. */
  readonly cert?: string | undefined;
  /** File of its key. */
  readonly key?: string | undefined;
  /** Leave data connections unprotected. */
  readonly "clear-data"?: boolean;
  /** Leave commands unprotected after the login. */
  readonly ccc?: boolean;
  /** Lowest version. */
  readonly "tls-min"?: TlsVersion;
  /** Highest version. */
  readonly "tls-max"?: TlsVersion;
}

/** A version of TLS, as it is typed. */
export type TlsVersion = "1.2" | "1.3";

/** Options that cannot be meant together, each pair with the reason. */
const CONTRADICTIONS: readonly (readonly [
  one: TlsOptionName,
  other: TlsOptionName,
  why: string,
])[] = [
  ["tls", "tls-implicit", "one asks for TLS, the other begins with it"],
  ["insecure", "pin", "one trusts anybody, the other just one"],
  ["insecure", "cacert", "one trusts anybody, the other does not"],
  ["pin", "cacert", "who is pinned needs no authority"],
];

/**
 * Refuses options that contradict each other.
 *
 * @throws {UsageError} when they do: one line.
 *
 * @example
 * ```ts
 * import { checkTlsOptions } from "./tls_options.ts";
 * checkTlsOptions({ tls: true, pin: [`sha256:${"ab".repeat(32)}`] });
 * ```
 */
export function checkTlsOptions(values: TlsValues): void {
  const isGiven = (name: TlsOptionName) => {
    const value = values[name];
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  };
  for (const [one, other, why] of CONTRADICTIONS) {
    if (!isGiven(one) || !isGiven(other)) continue;
    throw new UsageError(
      `--${one} and --${other} contradict each other: ${why}`,
    );
  }
  if (isGiven("key") && !isGiven("cert")) {
    throw new UsageError("--key is of no use without --cert");
  }
  if (values["tls-min"] === "1.3" && values["tls-max"] === "1.2") {
    throw new UsageError("--tls-min 1.3 is above --tls-max 1.2");
  }
  for (const pin of values.pin ?? []) parsePin(pin);
}

/** How TLS begins, as the options say; `null` when they don't. */
export function modeOf(values: TlsValues): TlsMode | null {
  if (values["tls-implicit"]) return "implicit";
  return values.tls ? "explicit" : null;
}

/** What is agreed with one server besides how TLS begins; bookmarks keep it. */
export interface TlsTerms {
  /** Trust just these: 64 lower-case hexadecimal digits each. */
  readonly pins?: readonly string[] | undefined;
  /** Trust anybody; no bookmark keeps that. */
  readonly insecure?: boolean | undefined;
  /** Leave data connections unprotected. */
  readonly clearData?: boolean | undefined;
  /** Leave commands unprotected after the login. */
  readonly clearCommands?: boolean | undefined;
}

/** What options say of one server. */
export function termsOf(values: TlsValues): TlsTerms {
  const { pin = [], insecure, "clear-data": clearData, ccc } = values;
  return {
    ...(pin.length > 0 ? { pins: pin.map(parsePin) } : {}),
    ...(insecure ? { insecure } : {}),
    ...(clearData ? { clearData } : {}),
    ...(ccc ? { clearCommands: true } : {}),
  };
}

/** Versions as the client's core calls them. */
const VERSIONS: Readonly<Record<TlsVersion, "TLSv1.2" | "TLSv1.3">> = {
  "1.2": "TLSv1.2",
  "1.3": "TLSv1.3",
};

/** The versions that options allow. */
export function versionsOf(
  { "tls-min": min = "1.2", "tls-max": max = "1.3" }: Pick<
    TlsValues,
    "tls-min" | "tls-max"
  >,
): Required<Pick<TrustOptions, "minVersion" | "maxVersion">> {
  return { minVersion: VERSIONS[min], maxVersion: VERSIONS[max] };
}

/**
 * What the client is to do: the terms of a server, with everything else that
 * the command line says.
 */
export function tlsChoice(
  mode: TlsMode,
  { pins, insecure = false, clearData, clearCommands = false }: TlsTerms,
  { insecure: _, pins: __, ca, ...rest }: TrustOptions,
): ClientTlsChoice {
  const isJustOurs = insecure || pins !== undefined;
  const trust = {
    ...rest,
    ...(insecure && pins === undefined ? { insecure } : {}),
    ...(pins === undefined ? {} : { pins }),
    ...(isJustOurs || ca === undefined ? {} : { ca }),
  };
  const data = clearData ? "clear" : "private";
  return { mode, trust, data, clearCommands };
}
