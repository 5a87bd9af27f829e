/**
 * The command line of `ftpd`, and the settings it means.
 *
 * @module
 */

import {
  defineTool,
  EXIT,
  type OptionTable,
  parseOptions,
  runTool,
  STANDARD_OPTIONS,
  type Tool,
  UsageError,
  writeOut,
} from "../../lib/cli.ts";
import { noTls } from "../../lib/net/tls/ability.ts";
import type { ReadText } from "./config/sources.ts";
import type { ToldOption } from "./config/told.ts";
import { LIMIT_OPTIONS } from "./options/limits.ts";
import { NETWORK_OPTIONS } from "./options/network.ts";
import { OPERATION_OPTIONS } from "./options/operations.ts";
import { SESSION_OPTIONS } from "./options/sessions.ts";
import { USER_OPTIONS } from "./options/users.ts";
import type { Settings } from "./settings.ts";
import { type FtpdCommand, settingsOf } from "./settings_of.ts";
import { TLS_OPTIONS } from "./options/tls.ts";

const OPTIONS = {
  ...NETWORK_OPTIONS,
  ...TLS_OPTIONS,
  ...USER_OPTIONS,
  ...SESSION_OPTIONS,
  ...LIMIT_OPTIONS,
  ...OPERATION_OPTIONS,
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
    ["ftpd --config ftpd.toml", "serve what a file says"],
    ["ftpd who", "who is on (also: stats, kick, unban, drain)"],
    ["ftpd passwd bob", "make the hash of a password"],
  ],
  options: OPTIONS,
  positionals: { max: 1, names: "folder" },
  jobs: async () => {
    const { CONTROL_TOOLS } = await import("./control/tools.ts");
    const { FTPD_PASSWD } = await import("./accounts/passwd.ts");
    return [...CONTROL_TOOLS, FTPD_PASSWD];
  },
});

/** What `ftpd` says about itself. */
export const FTPD: Tool = TOOL;

/** What a command line asks for, with the files that it names. */
export interface Request {
  /** How to serve. */
  readonly settings: Settings;
  /** Whether to show what would be done, and do nothing. */
  readonly check: boolean;
  /** What should be done about files that were read, a line each. */
  readonly warnings: readonly string[];
  /** What options say with a file, other than the defaults, for `check`. */
  readonly told: readonly ToldOption[];
  /**
   * Reads the same command line and the files of today.
   *
   * @throws {UsageError} with a line `FILE:LINE: …` for each mistake.
   * @throws {ToolError} when a file can't be read.
   */
  again(): Promise<Request>;
}

/** Options for {@linkcode runFtpd}. */
export interface RunOptions extends ReadOptions {
  /** Reads files that the command line names. */
  readonly readText: ReadText;
}

/**
 * Runs `ftpd` on a command line, and answers `--help`, `--version` and
 * `--print-config`. Returns the exit code.
 */
export function runFtpd(
  args: readonly string[],
  serve: (request: Request) => Promise<number>,
  options: RunOptions,
): Promise<number> {
  return runTool(TOOL, args, async (command) => {
    if (!command.options["print-config"]) {
      return serve(await requestOf(command, options));
    }
    const { configTemplate } = await import("./config/template.ts");
    writeOut(configTemplate({ ...OPTIONS, ...STANDARD_OPTIONS }));
    return EXIT.done;
  });
}

/**
 * What a command line that names no files asks for. Folders and certificates
 * are not looked at.
 *
 * @throws {UsageError} when options contradict each other or can't be read, or
 * files must be read.
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
): Pick<Request, "settings" | "check"> {
  const command = parseOptions(TOOL, args);
  if (namesFiles(command)) throw new UsageError("files must be read");
  return {
    settings: settingsOf(command, { lack }),
    check: command.options.check,
  };
}

/** Options for {@linkcode readRequest}. */
export interface ReadOptions {
  /** Why there is no TLS; `null` when there is. @default {noTls()} */
  readonly lack?: string | null;
}

/**
 * What a command line asks for, with the files that it names.
 *
 * @throws {UsageError} when options contradict each other or can't be read;
 * with a line `FILE:LINE: …` for each mistake in a file.
 * @throws {ToolError} when a file can't be read.
 *
 * @example
 * ```ts
 * import { completeRequest } from "./options.ts";
 * const text = 'idle-timeout = "5m"\n';
 * const { settings } = await completeRequest(["--config", "ftpd.toml"], {
 *   readText: () => Promise.resolve({ text, isShared: false }),
 * });
 * console.assert(settings.session.idleTimeout === 300_000);
 * ```
 */
export async function completeRequest(
  args: readonly string[],
  options: RunOptions,
): Promise<Request> {
  return await requestOf(parseOptions(TOOL, args), options);
}

async function requestOf(
  command: FtpdCommand,
  options: RunOptions,
): Promise<Request> {
  const { lack = noTls() } = options;
  const found = namesFiles(command)
    ? await withFiles(command, lack, options.readText)
    : {
      settings: settingsOf(command, { lack }),
      warnings: [],
      // Whoever typed all of it knows.
      told: [],
    };
  return {
    ...found,
    check: command.options.check,
    again: () => requestOf(command, options),
  };
}

/** Whoever names no file does not load what reads them. */
async function withFiles(
  command: FtpdCommand,
  lack: string | null,
  readText: ReadText,
) {
  const { completed } = await import("./config/complete.ts");
  return await completed(command, { tool: TOOL, lack, readText });
}

function namesFiles({ options }: FtpdCommand): boolean {
  return options.config !== undefined || options.accounts !== undefined;
}
