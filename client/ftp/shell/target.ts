/**
 * Where connections lead to: URLs with what was agreed on TLS.
 *
 * @module
 */

import {
  type OptionTable,
  parseOptions,
  type Tool,
  UsageError,
} from "../../../lib/cli.ts";
import {
  checkTlsOptions,
  modeOf,
  termsOf,
  TLS_OPTIONS,
  type TlsTerms,
  type TlsValues,
} from "../tls_options.ts";
import { formatPin } from "../tls_pin.ts";
import { formatFtpUrl, type FtpUrl, parseFtpUrl, schemeOf } from "../url.ts";

/** A server, perhaps with a path, and with what was agreed for it. */
export interface Target extends FtpUrl {
  /** What was agreed on TLS; nothing when it is missing. */
  readonly terms?: TlsTerms;
}

/** Where a URL begins behind options. */
const URL_REGEXP = /(?<=\s)ftp[a-z]*:\/\//i;

/** What may stand in front of the URL of a bookmark. */
export const KEPT_TLS_OPTIONS: OptionTable = {
  pin: TLS_OPTIONS.pin,
  "clear-data": TLS_OPTIONS["clear-data"],
  ccc: TLS_OPTIONS.ccc,
};
const KEPT: Tool = {
  name: "bookmark",
  summary: "",
  usage: "[--pin sha256:HEX]... [--clear-data] [--ccc] URL",
  examples: [],
  options: KEPT_TLS_OPTIONS,
};

/** Options and the URL behind them; without options the text is all URL. */
export function splitTarget(text: string): { words: string; url: string } {
  const start = text.startsWith("--") ? text.search(URL_REGEXP) : 0;
  const at = Math.max(0, start);
  return { words: text.slice(0, at).trim(), url: text.slice(at) };
}

/**
 * Reads a URL with options of TLS in front, as bookmarks have it.
 *
 * @throws {UsageError} when it is none: one line without the password.
 *
 * @example
 * ```ts
 * import { parseTarget } from "./target.ts";
 * const pin = `sha256:${"ab".repeat(32)}`;
 * const { hostname, terms } = parseTarget(`--pin ${pin} ftpes://nas`);
 * console.assert(hostname === "nas" && terms?.pins?.length === 1);
 * ```
 */
export function parseTarget(text: string): Target {
  const { words, url } = splitTarget(text);
  const target: Target = parseFtpUrl(url);
  if (words === "") return target;
  const { options, given } = parseOptions(KEPT, words.split(/\s+/));
  return withTlsOptions(target, options as TlsValues, given);
}

/**
 * Writes a target as {@linkcode parseTarget} reads it, without its password,
 * and without `insecure`, which nobody keeps.
 */
export function formatTarget({ terms = {}, ...url }: Target): string {
  const words = [
    ...(terms.pins ?? []).map((pin) => `--pin ${formatPin(pin)}`),
    ...(terms.clearData ? ["--clear-data"] : []),
    ...(terms.clearCommands ? ["--ccc"] : []),
    formatFtpUrl(url),
  ];
  return words.join(" ");
}

/**
 * The same server with what options say of TLS.
 *
 * @param given Names of the options that were given.
 * @param usual How TLS begins where neither the URL nor an option says.
 * @throws {UsageError} when that contradicts the URL or the bookmark, or when
 * there would be no TLS at all.
 */
export function withTlsOptions(
  target: Target,
  values: TlsValues,
  given: ReadonlySet<string>,
  usual: FtpUrl["tls"] = null,
): Target {
  checkTlsOptions(values);
  const asked = modeOf(values);
  const tls = target.tls ?? asked;
  if (asked !== null && asked !== tls) {
    const option = asked === "explicit" ? "--tls" : "--tls-implicit";
    throw new UsageError(
      `${option} means ${schemeOf(asked)}, which contradicts ${schemeOf(tls)}`,
    );
  }
  const name = Object.keys(TLS_OPTIONS).find((name) => given.has(name));
  if (name === undefined) return target;
  if ((tls ?? usual) === null) throw unused(name);
  if (values.insecure && target.terms?.pins !== undefined) {
    throw new UsageError(
      "--insecure contradicts the bookmark, which pins the certificate",
    );
  }
  return { ...target, tls, terms: { ...target.terms, ...termsOf(values) } };
}

function unused(option: string): UsageError {
  return new UsageError(
    `--${option} is about TLS, and this connection would have none: add ` +
      `--tls, or write ftpes:// or ftps://`,
  );
}
