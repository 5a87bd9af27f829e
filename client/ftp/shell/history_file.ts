/**
 * The lines that were typed, kept for the next time. Lines with passwords are
 * never kept, nor those that the shell does not understand: a password may
 * stand behind a mistyped verb.
 *
 * @module
 */

import { createHistory, type History } from "../../../lib/terminal/mod.ts";
import { userFile } from "../../../lib/user_files.ts";
import { redactUrls } from "../url.ts";
import { findVerb } from "./dispatch.ts";
import type { Shell } from "./shell.ts";
import { parseLine } from "./words.ts";

/**
 * What comes before a password, wherever it stands in a line: too much is
 * taken for one rather than too little, since `queue` and aliases put
 * commands behind other words.
 */
const SECRETS: readonly RegExp[] = [
  // user NAME PASSWORD, and login, also abbreviated
  /(^|[\s;&|'"])(us|use|user|lo|log|logi|login)\s+\S+\s+\S/i,
  // quote PASS PASSWORD, quote ACCT ACCOUNT
  /(^|[\s;&|'"])(pass|acct)\s+\S/i,
  // --password PASSWORD, --pass=PASSWORD
  /(^|[\s'"])--?pass/i,
  // NAME:PASSWORD@HOST, which is refused, but was typed
  /(^|[\s'"])[^\s:/]+:[^\s/]\S*@/,
];

/** Aliases in aliases that are looked through. */
const MOST_ALIASES = 20;
/** What is longer than this came of an alias that leads to itself. */
const LONGEST_MEANT = 65_536;

/**
 * Whether a line holds a password, perhaps behind an alias.
 *
 * @example
 * ```ts
 * import { hasSecret } from "./history_file.ts";
 * console.assert(hasSecret("user bob hush"));
 * console.assert(!hasSecret("open ftp://bob@example.org/pub"));
 * ```
 */
export function hasSecret(
  line: string,
  aliases: ReadonlyMap<string, string> = new Map(),
): boolean {
  let meant = line;
  for (let left = MOST_ALIASES; left > 0; left--) {
    const before = meant;
    meant = before.replace(/[^\s;&|]+/g, (word) => aliases.get(word) ?? word);
    if (meant === before || meant.length > LONGEST_MEANT) break;
  }
  return redactUrls(line) !== line ||
    SECRETS.some((secret) => secret.test(line) || secret.test(meant));
}

/** What the history has to know of a shell. */
export type HistoryShell =
  & Pick<Shell, "machine" | "verbs">
  & { readonly state: Pick<Shell["state"], "aliases"> };

/** Whether every command of a line is a verb or an alias. */
export function isUnderstood(
  shell: Pick<HistoryShell, "verbs" | "state">,
  line: string,
): boolean {
  try {
    return parseLine(line).commands.every(({ words, rest }) => {
      const name = words[0]?.text ?? "";
      if (shell.state.aliases.has(name)) return true;
      const { raw, completes } = findVerb(shell.verbs, name);
      const runsRest = raw === "command" && completes?.[0] === "verb";
      return !runsRest || isUnderstood(shell, rest);
    });
  } catch {
    return false;
  }
}

/**
 * The history of this user, with the lines of earlier shells. What was not
 * understood can be gone back to and mended, but never gets into the file. A
 * file that cannot be read or written is no reason to complain: there is no
 * history.
 */
export async function openHistory(shell: HistoryShell): Promise<History> {
  const { machine, state } = shell;
  const path = userFile((name) => machine.env(name), "state", "ftp_history");
  const keep = (line: string) => !hasSecret(line, state.aliases);
  if (path === null) return createHistory({ keep });
  const mistyped = new Set<string>();
  const history = createHistory({
    keep,
    store: {
      read: async () => await machine.readText(path) ?? "",
      write: (text) => machine.writeText(path, without(mistyped, text)),
    },
  });
  await history.load().catch(() => {});
  return {
    ...history,
    get lines() {
      return history.lines;
    },
    add(line) {
      if (!isUnderstood(shell, line)) mistyped.add(line);
      history.add(line);
    },
  };
}

function without(lines: ReadonlySet<string>, text: string): string {
  return text.split(/(?<=\n)/).filter((line) => !lines.has(line.slice(0, -1)))
    .join("");
}
