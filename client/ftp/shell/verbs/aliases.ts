/**
 * Verbs for short names of commands.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { quoted } from "../../../../lib/cli/values.ts";
import { visible } from "../../../../lib/visible.ts";
import type { Shell } from "../shell.ts";
import { type Token, tokensOf } from "../tokens.ts";
import { defineVerb, type Verb } from "../verb.ts";

const NAME_REGEXP = /^[\p{L}\p{N}_?][\p{L}\p{M}\p{N}_.?-]{0,63}$/u;

const alias = defineVerb({
  names: ["alias"],
  group: "Settings",
  summary: "show short names for commands, or make one",
  usage: "[NAME [COMMAND]]",
  examples: [
    ["alias ll ls -l", "ll DIR is ls -l DIR from now on"],
    ["alias up 'cd ..; ls'", "commands in a row need quotes"],
  ],
  completes: ["any", "verb"],
  raw: "command",
  run: (shell, { args: [told = ""] }) => {
    const [name, ...others] = tokensOf(told);
    if (name === undefined) return list(shell, () => true);
    if (name.kind !== "word" || !NAME_REGEXP.test(name.word.text)) {
      throw new UsageError(
        "the name of an alias is one word of letters, digits, '.', '-' and '_'",
      );
    }
    const { text } = name.word;
    if (others.length > 0) {
      shell.state.aliases.set(text, meant(told.slice(name.end).trim(), others));
    } else list(shell, (other) => other === text);
  },
});

/** What one pair of quotes encloses, or all as it stands. */
function meant(text: string, tokens: readonly Token[]): string {
  const [only, more] = tokens;
  return only?.kind === "word" && more === undefined ? only.word.text : text;
}

function list(
  { state, output }: Shell,
  isWanted: (name: string) => boolean,
): void {
  for (const [name, command] of state.aliases) {
    if (!isWanted(name)) continue;
    output.record({ name, command });
    output.line(visible(`${name}  ${command}`));
  }
}

const unalias = defineVerb({
  names: ["unalias"],
  group: "Settings",
  summary: "forget a short name",
  usage: "NAME",
  positionals: { min: 1, max: 1 },
  run: ({ state }, { args: [name = ""] }) => {
    if (state.aliases.delete(name)) return;
    throw new UsageError(
      `there is no alias ${quoted(name)} (alias lists them)`,
    );
  },
});

/** Short names for commands. */
export const ALIAS_VERBS: readonly Verb[] = [alias, unalias];
