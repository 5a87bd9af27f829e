/**
 * The command line of `ftpd`, and the settings it means.
 *
 * @module
 */

import {
  defineTool,
  type OptionTable,
  type Parsed,
  parseOptions,
  runTool,
  type Tool,
} from "../../lib/cli.ts";
import { noTls } from "../../lib/net/tls/ability.ts";
import {
  DEFAULT_LISTEN,
  readAccounts,
  readAddresses,
  readPassiveAddress,
  refuseSamePlaces,
} from "./option_values.ts";
import { activeReach, type Settings } from "./settings.ts";
import { readTls, TLS_OPTIONS, withTlsUsers } from "./tls_options.ts";

const OPTIONS = {
  listen: {
    type: "texts",
    placeholder: "HOST:PORT",
    help: `where to listen (default ${DEFAULT_LISTEN})`,
    group: "Network",
  },
  "passive-ports": {
    type: "ports",
    placeholder: "A-B",
    help: "ports for passive mode (default any free)",
    group: "Network",
  },
  "passive-address": {
    type: "text",
    placeholder: "HOST",
    help: "IPv4 address that PASV shows, behind NAT",
    group: "Network",
  },
  active: {
    type: "choice",
    choices: ["lan", "any", "off"],
    default: "lan",
    help: "where active mode may connect to",
    group: "Network",
  },
  "foreign-data": {
    type: "flag",
    help: "PORT may name another host (FXP)",
    group: "Network",
  },
  ...TLS_OPTIONS,
  anonymous: {
    type: "choice",
    choices: ["ro", "rw", "off"],
    help: "anonymous users (default ro; off with --user)",
    group: "Users",
  },
  write: {
    type: "flag",
    help: "the same as --anonymous rw",
    group: "Users",
  },
  user: {
    type: "texts",
    placeholder: "NAME:PASSWORD",
    help: "a user; [:ro|rw][:ROOT] may follow",
    group: "Users",
  },
  "login-attempts": {
    type: "integer",
    default: 3,
    min: 1,
    max: 100,
    help: "failed logins that end a session",
    group: "Users",
  },
  "login-delay": {
    type: "seconds",
    default: 1,
    max: 60,
    help: "cost of a failed login, times failures",
    group: "Users",
  },
  banner: {
    type: "text",
    default: "Wharf FTP server ready.",
    help: "the greeting",
    group: "Sessions",
  },
  ascii: {
    type: "choice",
    choices: ["on", "off"],
    default: "on",
    help: "whether TYPE A converts line ends",
    group: "Sessions",
  },
  dotfiles: {
    type: "choice",
    choices: ["show", "ls", "hide"],
    default: "show",
    help: "list .names always, with -a, never",
    group: "Sessions",
  },
  "login-timeout": {
    type: "seconds",
    default: 60,
    min: 0.001,
    help: "time to log in",
    group: "Limits",
  },
  "idle-timeout": {
    type: "seconds",
    default: 300,
    min: 0.001,
    help: "time between commands",
    group: "Limits",
  },
  "data-timeout": {
    type: "seconds",
    default: 300,
    min: 0.001,
    help: "time in which a transfer must move",
    group: "Limits",
  },
  "passive-timeout": {
    type: "seconds",
    default: 30,
    min: 0.001,
    help: "time to make a data connection",
    group: "Limits",
  },
  "max-sessions": {
    type: "integer",
    default: 1000,
    min: 1,
    help: "sessions at a time",
    group: "Limits",
  },
  "max-per-address": {
    type: "integer",
    default: 500,
    min: 1,
    help: "sessions at a time from one address",
    group: "Limits",
  },
  workers: {
    type: "integer",
    default: 1,
    min: 1,
    max: 64,
    help: "threads that serve (more than 1: Linux)",
    group: "Limits",
  },
  grace: {
    type: "seconds",
    default: 10,
    help: "time for transfers when stopping",
    group: "Limits",
  },
  check: {
    type: "flag",
    help: "check options, show permissions, start nothing",
    group: "General",
  },
} as const satisfies OptionTable;

const TOOL = defineTool({
  name: "ftpd",
  summary: "FTP server that can touch nothing but the folder it serves",
  usage: "ftpd [options] [DIR]",
  examples: [
    ["ftpd ./pub", "serve ./pub to this machine, read-only"],
    ["ftpd --listen 0.0.0.0:2121 --write ./in", "take files from the network"],
    ["ftpd --user bob:secret:rw ./home", "let bob in, and nobody else"],
    ["ftpd --tls-self-signed ./pub", "serve ./pub over TLS, and only so"],
  ],
  options: OPTIONS,
  positionals: { max: 1 },
});

/** What `ftpd` says about itself. */
export const FTPD: Tool = TOOL;

/** What a command line asks for. */
export interface Request {
  /** How to serve. */
  settings: Settings;
  /** Whether to show what would be done, and do nothing. */
  check: boolean;
}

/**
 * Runs `ftpd` on a command line, and answers `--help` and `--version`.
 * Returns the exit code.
 */
export function runFtpd(
  args: readonly string[],
  serve: (request: Request) => Promise<number>,
): Promise<number> {
  return runTool(TOOL, args, (parsed) => serve(requestOf(parsed, noTls())));
}

/**
 * What a command line asks for. Folders and certificates are not looked at.
 *
 * @throws {UsageError} when options contradict each other or can't be read.
 *
 * @example
 * ```ts
 * import { readRequest } from "./options.ts";
 * const { settings } = readRequest(["--write", "./in"]);
 * console.assert(settings.accounts[0]?.write === true);
 * ```
 */
export function readRequest(
  args: readonly string[],
  { lack = noTls() }: ReadOptions = {},
): Request {
  return requestOf(parseOptions(TOOL, args), lack);
}

/** Options for {@linkcode readRequest}. */
export interface ReadOptions {
  /** Why there is no TLS; `null` when there is. @default {noTls()} */
  readonly lack?: string | null;
}

function requestOf(
  parsed: Parsed<typeof OPTIONS>,
  lack: string | null,
): Request {
  return {
    settings: settingsOf(parsed, lack),
    check: parsed.options.check,
  };
}

function settingsOf(
  { options, positionals, given }: Parsed<typeof OPTIONS>,
  lack: string | null,
): Settings {
  const tls = readTls(options, given, lack);
  const accounts = readAccounts(options, positionals[0] ?? ".");
  const isPlain = options.listen.length > 0 || !tls?.implicit.length;
  const texts = options.listen.length > 0 ? options.listen : [DEFAULT_LISTEN];
  const listen = isPlain ? readAddresses("listen", texts, 2121) : [];
  const places = [...listen, ...tls?.implicit ?? []];
  refuseSamePlaces(places);
  const foreignData = options["foreign-data"];
  return {
    listen,
    tls,
    accounts: withTlsUsers(accounts, options["tls-user"]),
    data: {
      passivePorts: options["passive-ports"],
      passiveAddress: readPassiveAddress(options["passive-address"]),
      passiveTimeout: options["passive-timeout"],
      active: activeReach(options.active, places, foreignData),
      foreignData,
    },
    session: {
      banner: options.banner,
      ascii: options.ascii === "on",
      dotfiles: options.dotfiles,
      loginAttempts: options["login-attempts"],
      loginDelay: options["login-delay"],
      loginTimeout: options["login-timeout"],
      idleTimeout: options["idle-timeout"],
      dataTimeout: options["data-timeout"],
    },
    maxSessions: options["max-sessions"],
    maxPerAddress: options["max-per-address"],
    workers: options.workers,
    grace: options.grace,
    log: { format: options.log, quiet: options.quiet },
  };
}
