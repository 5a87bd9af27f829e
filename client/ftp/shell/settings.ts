/**
 * What can be set in the shell, and on the command line.
 *
 * @module
 */

import {
  type OptionSpec,
  type PortRange,
  UsageError,
} from "../../../lib/cli.ts";
import { optionValue } from "../../../lib/cli/values.ts";
import { TLS_OPTIONS, type TlsVersion } from "../tls_options.ts";

/** What is set; times are in milliseconds. */
export interface Settings {
  /** Connections for files and mirror. */
  parallel: number;
  /** Bytes per second as text, such as `500k`. */
  "limit-rate": string | undefined;
  /** Go on where an earlier try stopped. */
  continue: boolean;
  /** Replace files that are there. */
  clobber: "on" | "off";
  /** Bytes as they are, or text. */
  type: "binary" | "ascii";
  /** What is compared after a transfer. */
  verify: "size" | "hash";
  /** Who makes data connections. */
  mode: "passive" | "active";
  /** For a connection, a reply, the next byte. */
  timeout: number;
  /** Further tries. */
  retries: number;
  /** How the server writes names. */
  charset: "utf-8" | "latin1";
  /** Try EPSV before PASV. */
  epsv: "on" | "off";
  /** Ports for active mode. */
  "port-range": PortRange | undefined;
  /** Whether the address of a 227 is followed. */
  "pasv-address": "ignore" | "trust";
  /** How TLS begins where the URL does not say. */
  tls: "off" | "explicit" | "implicit";
  /** Leave data connections unprotected. */
  "clear-data": boolean;
  /** Leave commands unprotected after the login. */
  ccc: boolean;
  /** Lowest version of TLS. */
  "tls-min": TlsVersion;
  /** Highest version of TLS. */
  "tls-max": TlsVersion;
  /** Names with a leading dot. */
  hidden: "on" | "off";
  /** How far transfers are. */
  progress: "on" | "off";
  /** Ask before every file. */
  prompt: "on" | "off";
  /** Patterns. */
  glob: "on" | "off";
  /** A script goes on after a failure. */
  "keep-going": boolean;
  /** Commands and replies are shown. */
  trace: "on" | "off";
}

/** The name of a setting. */
export type SettingName = keyof Settings;

/** The settings as options: a row for each. */
export const SETTINGS: Readonly<Record<SettingName, OptionSpec>> = {
  parallel: {
    type: "integer",
    default: 1,
    min: 1,
    max: 64,
    help: "connections for files and mirror",
    group: "Transfer",
  },
  "limit-rate": {
    type: "text",
    placeholder: "RATE",
    help: "bytes per second for all together: 500k, 2M",
    group: "Transfer",
  },
  "continue": {
    type: "flag",
    help: "go on where an earlier try stopped",
    group: "Transfer",
  },
  clobber: {
    type: "choice",
    choices: ["on", "off"],
    default: "on",
    help: "replace files that are there",
    group: "Transfer",
  },
  type: {
    type: "choice",
    choices: ["binary", "ascii"],
    default: "binary",
    help: "bytes as they are, or text with its line ends converted",
    group: "Transfer",
  },
  verify: {
    type: "choice",
    choices: ["size", "hash"],
    default: "size",
    help: "what is compared after a transfer",
    group: "Transfer",
  },
  mode: {
    type: "choice",
    choices: ["passive", "active"],
    default: "passive",
    help: "who makes data connections: client or server",
    group: "Connection",
  },
  timeout: {
    type: "seconds",
    default: 30,
    min: 0.1,
    help: "for a connection, a reply, the next byte",
    group: "Connection",
  },
  retries: {
    type: "integer",
    default: 3,
    max: 1000,
    help: "further tries after a failure that may pass",
    group: "Connection",
  },
  charset: {
    type: "choice",
    choices: ["utf-8", "latin1"],
    default: "utf-8",
    help: "how the server writes names",
    group: "Connection",
  },
  epsv: {
    type: "choice",
    choices: ["on", "off"],
    default: "on",
    help: "try EPSV before PASV",
    group: "Connection",
  },
  "port-range": {
    type: "ports",
    help: "ports for active mode",
    group: "Connection",
  },
  "pasv-address": {
    type: "choice",
    choices: ["ignore", "trust"],
    default: "ignore",
    help: "follow the address in the server's reply to PASV",
    group: "Connection",
  },
  tls: {
    type: "choice",
    choices: ["off", "explicit", "implicit"],
    default: "off",
    help: "how TLS begins where the URL does not say",
    group: "TLS",
  },
  "clear-data": TLS_OPTIONS["clear-data"],
  ccc: TLS_OPTIONS.ccc,
  "tls-min": TLS_OPTIONS["tls-min"],
  "tls-max": TLS_OPTIONS["tls-max"],
  hidden: {
    type: "choice",
    choices: ["on", "off"],
    default: "on",
    help: "show names with a leading dot",
    group: "Shell",
  },
  progress: {
    type: "choice",
    choices: ["on", "off"],
    default: "on",
    help: "show how far transfers are",
    group: "Shell",
  },
  prompt: {
    type: "choice",
    choices: ["on", "off"],
    default: "off",
    help: "mget, mput and mdelete ask before every file",
    group: "Shell",
  },
  glob: {
    type: "choice",
    choices: ["on", "off"],
    default: "on",
    help: "mget, mput and mdelete take patterns",
    group: "Shell",
  },
  "keep-going": {
    type: "flag",
    help: "a script goes on after a failure",
    group: "Shell",
  },
  trace: {
    type: "choice",
    choices: ["on", "off"],
    default: "off",
    help: "show commands and replies; passwords are left out",
    group: "Shell",
  },
};

/** The settings as they are when nobody says otherwise. */
export function defaultSettings(): Settings {
  const rows = Object.entries(SETTINGS).map(([name, spec]) =>
    [name, optionValue(name, spec, [])] as const
  );
  return Object.fromEntries(rows) as unknown as Settings;
}

/**
 * Changes one setting by its text; flags are `on` or `off`.
 *
 * @throws {UsageError} when there is no such setting, or no such value.
 */
export function changeSetting(
  settings: Settings,
  name: string,
  text: string,
): void {
  const spec = Object.entries(SETTINGS).find(([other]) => other === name)?.[1];
  if (spec === undefined) {
    throw new UsageError(`there is no setting "${name}" (set lists them)`);
  }
  const value = spec.type === "flag"
    ? flagValue(name, text)
    : optionValue(name, spec, [text]);
  if (name === "limit-rate") parseRate(text);
  Object.assign(settings, { [name]: value });
}

function flagValue(name: string, text: string): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw new UsageError(`set ${name}: expected on or off, got "${text}"`);
}

/** What `set` shows of one setting. */
export function shownSetting(settings: Settings, name: SettingName): string {
  const value = settings[name];
  if (typeof value === "boolean") return value ? "on" : "off";
  if (value === undefined) return "(not set)";
  if (typeof value === "object") return `${value.first}-${value.last}`;
  return SETTINGS[name].type === "seconds"
    ? String(Number(value) / 1000)
    : String(value);
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1 << 10,
  m: 1 << 20,
  g: 1 << 30,
};

/**
 * Bytes per second of a text such as `500k` or `1.5M`; `off` and 0 stand for
 * no limit, which is `null`.
 *
 * @throws {UsageError} when it is no rate.
 *
 * @example
 * ```ts
 * import { parseRate } from "./settings.ts";
 * console.assert(parseRate("1.5M") === 1_572_864);
 * ```
 */
export function parseRate(text: string): number | null {
  if (text === "off") return null;
  const parts = /^(\d+\.?\d*|\.\d+)([kmg]?)(i?b(\/s)?)?$/i.exec(text);
  const rate = parts === null
    ? NaN
    : Number(parts[1]) * UNITS[parts[2]!.toLowerCase()]!;
  if (!Number.isFinite(rate)) {
    throw new UsageError(
      `limit-rate: expected bytes per second such as 500k or 2M, got "${text}"`,
    );
  }
  return rate === 0 ? null : rate;
}
