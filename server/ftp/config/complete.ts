/**
 * A command line completed by the files that it names.
 *
 * @module
 */

import {
  type OptionTexts,
  STANDARD_OPTIONS,
  type Tool,
} from "../../../lib/cli.ts";
import { parsedOf } from "../../../lib/cli/parse.ts";
import { quoted } from "../../../lib/cli/values.ts";
import { present } from "../present.ts";
import type { AccountSettings, Settings } from "../settings.ts";
import {
  type FileSettings,
  type FtpdCommand,
  settingsOf,
} from "../settings_of.ts";
import type { ConfigText } from "./config_file.ts";
import { completeHosts } from "./hosts.ts";
import { located, mergedTexts } from "./merge.ts";
import { mistakesIn } from "./mistakes.ts";
import type { ProfileText } from "./profile.ts";
import {
  type AccountsSource,
  type ConfigSource,
  NO_CONFIG,
  readAccountsFile,
  readConfigFile,
  type ReadText,
} from "./sources.ts";
import { type ToldOption, toldOptions } from "./told.ts";

/** Options for {@linkcode completed}. */
export interface CompletedOptions {
  /** The tool with all of its options. */
  readonly tool: Tool;
  /** Why there is no TLS; `null` when there is. */
  readonly lack: string | null;
  /** Reads files. */
  readonly readText: ReadText;
}

/** Settings, and what should be done about the files they came from. */
export interface Completed {
  /** How to serve. */
  readonly settings: Settings;
  /** A line each. */
  readonly warnings: readonly string[];
  /** Options that say something else than the defaults. */
  readonly told: readonly ToldOption[];
}

/**
 * The settings of a command line and of the files that it names.
 *
 * @throws {UsageError} with a line `FILE:LINE: …` for each mistake.
 * @throws {ToolError} when a file can't be read.
 */
export async function completed(
  typed: FtpdCommand,
  { tool, lack, readText }: CompletedOptions,
): Promise<Completed> {
  const path = typed.options.config;
  const table = { ...tool.options, ...STANDARD_OPTIONS };
  const { config, warnings } = path === undefined
    ? NOTHING
    : await readConfigFile(path, table, readText);
  const { root, ...texts } = mergedTexts(typed.texts, config.texts);
  const place = <T>(read: () => T) => located(config, typed.texts, read);
  const command = place(() => commandOf(tool, texts, typed.positionals));
  const from = command.options.accounts;
  const defaults = defaultsOf(config, typed.positionals[0] ?? root?.[0]);
  const filed = from === undefined
    ? NOBODY
    : await readAccountsFile(from, defaults, readText);
  const told = {
    ...toldOf(config, allOf(config, filed.accounts)),
    root: root?.[0],
    files: [path, from].filter((each) => each !== undefined),
  };
  return {
    settings: place(() => settingsOf(command, { lack, told })),
    warnings: [...warnings, ...filed.warnings],
    told: toldOptions(table, texts, typed.texts, config),
  };
}

const NOTHING: ConfigSource = { config: NO_CONFIG, warnings: [] };
const NOBODY: AccountsSource = { accounts: [], warnings: [] };

/** Accounts of a list have nothing but a name: DIR is their root, too. */
function defaultsOf({ defaults }: ConfigText, root?: string): ProfileText {
  return present({ root, ...defaults });
}

function commandOf(
  tool: Tool,
  texts: OptionTexts,
  positionals: readonly string[],
): FtpdCommand {
  // The rows of the table are those that the values' type is made of.
  return parsedOf(tool, texts, positionals) as unknown as FtpdCommand;
}

/** The accounts of both files; nobody is in both. */
function allOf(
  config: ConfigText,
  filed: readonly AccountSettings[],
): AccountSettings[] {
  const names = new Set(filed.map(({ name }) => name));
  const mistakes = mistakesIn(config.file);
  for (const { name } of config.accounts) {
    if (!names.has(name)) continue;
    const line = config.lines.accounts ?? 1;
    mistakes.add(line, `account ${quoted(name)} is in the accounts file, too`);
  }
  mistakes.refuse();
  return [...config.accounts, ...filed];
}

function toldOf(
  config: ConfigText,
  accounts: readonly AccountSettings[],
): Omit<FileSettings, "files"> {
  const { defaults, hooks, hosts, passiveAddresses, file } = config;
  return {
    ...{ defaults, hooks, passiveAddresses, accounts },
    hasHostAccounts: hosts.some(({ own }) => own.length > 0),
    hostsOf(accounts) {
      const mistakes = mistakesIn(file);
      const complete = completeHosts(hosts, accounts, mistakes);
      mistakes.refuse();
      return complete;
    },
  };
}
