/**
 * `ftpd passwd`: makes the hash of a password, for a file of accounts.
 *
 * @module
 */

import {
  defineTool,
  EXIT,
  type OptionTable,
  type OptionValues,
  runTool,
  type Tool,
  ToolError,
  UsageError,
  writeErr,
  writeOut,
} from "../../../lib/cli.ts";
import { quoted } from "../../../lib/cli/values.ts";
import type { NewHash } from "../../../lib/password/verify.ts";
import {
  askSecret,
  openTerminal,
  type Terminal,
} from "../../../lib/terminal/mod.ts";
import { TomlError } from "../../../lib/toml.ts";
import { updateFile } from "../../warden/update_file.ts";
import { nameFault } from "../config/account.ts";
import {
  accountEntry,
  withHash,
  withHashLine,
} from "../config/account_hash.ts";
import { isHashList } from "../config/accounts_file.ts";
import { ACCOUNTS_LIMIT } from "../config/sources.ts";

const OPTIONS = {
  hash: {
    type: "choice",
    choices: ["scrypt", "bcrypt", "sha512"],
    default: "scrypt",
    help: "how the password is hashed",
  },
  accounts: {
    type: "text",
    placeholder: "FILE",
    help: "write it into this file, and nothing else there",
  },
} as const satisfies OptionTable;

const TOOL = defineTool({
  name: "ftpd passwd",
  summary: "make the hash of a password",
  usage: "ftpd passwd [options] [NAME]",
  examples: [
    ["ftpd passwd alice", "ask, and print the account to paste"],
    ["ftpd passwd alice --accounts users.toml", "change it in a file"],
    ["pass ftp/alice | ftpd passwd alice", "the password is a line of input"],
  ],
  options: OPTIONS,
  positionals: { max: 1 },
});

/** What `ftpd passwd` says about itself. */
export const FTPD_PASSWD: Tool = TOOL;

/** Options for {@linkcode passwdMain}. */
export interface PasswdOptions {
  /** Who is asked. @default the terminal, or the standard input */
  readonly terminal?: Terminal;
}

/** Runs `ftpd passwd`; returns its exit code. */
export function passwdMain(
  args: readonly string[],
  { terminal = openTerminal({ term: "dumb" }) }: PasswdOptions = {},
): Promise<number> {
  return runTool(TOOL, args, async ({ options, positionals: [name] }) => {
    refuseName(name, options);
    const password = await askTwice(terminal, name);
    const hash = await hashOf(password, options.hash as NewHash);
    if (options.accounts === undefined) {
      writeOut(name === undefined ? `${hash}\n` : accountEntry(name, hash));
    } else await write(options.accounts, name!, hash);
    return EXIT.done;
  });
}

function refuseName(
  name: string | undefined,
  { accounts }: OptionValues<typeof OPTIONS>,
): void {
  if (name === undefined) {
    if (accounts === undefined) return;
    throw new UsageError("--accounts needs the name of an account");
  }
  const fault = name === "anonymous" ? "takes any password" : nameFault(name);
  if (fault !== undefined) {
    throw new UsageError(`account ${quoted(name)} ${fault}`);
  }
}

/** A person types it twice; a program writes one line. */
async function askTwice(terminal: Terminal, name?: string): Promise<string> {
  const whose = name === undefined ? "" : ` of ${name}`;
  const first = await askSecret(terminal, `New password${whose}: `);
  if (first === null) throw new ToolError("there is no password to hash");
  if (!terminal.keyboard) return first;
  const again = await askSecret(terminal, "The same again: ");
  if (first !== again) throw new ToolError("the two are not the same");
  return first;
}

async function hashOf(password: string, how: NewHash): Promise<string> {
  // What hashes takes long to load, and --help needs none of it.
  const { hashPassword } = await import("../../../lib/password/verify.ts");
  try {
    return await hashPassword(password, how);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ToolError(error.message);
  }
}

async function write(path: string, name: string, hash: string): Promise<void> {
  await updateFile(path, ACCOUNTS_LIMIT, (text) => {
    try {
      return isHashList(text)
        ? withHashLine(text, name, hash)
        : withHash(text, name, hash);
    } catch (error) {
      if (error instanceof TomlError) {
        throw new ToolError(`${path}:${error.line}: ${error.message}`);
      }
      if (error instanceof RangeError) {
        throw new ToolError(`${path}: ${error.message}`);
      }
      throw error;
    }
  });
  writeErr(`ftpd passwd: the password of ${name} is in ${path}\n`);
}
