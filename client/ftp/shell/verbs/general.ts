/**
 * Verbs of the shell itself.
 *
 * @module
 */

import { versionLine } from "../../../../lib/version.ts";
import { visible } from "../../../../lib/visible.ts";
import { UsageError } from "../../../../lib/cli.ts";
import { quoted } from "../../../../lib/cli/values.ts";
import { findVerb } from "../dispatch.ts";
import { endShell } from "../ending.ts";
import { defineVerb, type Verb } from "../verb.ts";
import { verbHelp, verbList } from "../verb_help.ts";
import { MACHINE_VERBS } from "./machine.ts";
import { STATUS_VERBS } from "./status.ts";

const help = defineVerb({
  names: ["help", "?"],
  group: "General",
  summary: "show all commands, or what one does",
  usage: "[COMMAND]",
  positionals: { max: 1 },
  completes: ["verb"],
  run: ({ output, state, verbs }, { args: [name] }) => {
    if (name === undefined) return output.text(allVerbs(verbs));
    const command = state.aliases.get(name);
    if (command !== undefined) {
      return output.line(visible(`${name} is an alias for: ${command}`));
    }
    output.text(verbHelp(findVerb(verbs, name)));
  },
});

function allVerbs(verbs: readonly Verb[]): string {
  return `${verbList(verbs)}\nhelp COMMAND tells more about one.\n`;
}

const history = defineVerb({
  names: ["history"],
  group: "General",
  summary: "show the lines that were typed",
  usage: "[N]",
  examples: [["history 20", "the last 20"]],
  positionals: { max: 1 },
  run: ({ state, output }, { args: [count] }) => {
    const lines = state.typed();
    const first = count === undefined ? 0 : lines.length - wholeNumber(count);
    lines.forEach((line, index) => {
      if (index < first) return;
      output.record({ number: index + 1, line });
      output.line(visible(`${String(index + 1).padStart(5)}  ${line}`));
    });
  },
});

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`expected a number of lines, got ${quoted(text)}`);
}

const echo = defineVerb({
  names: ["echo"],
  group: "General",
  summary: "say something",
  usage: "TEXT",
  raw: "text",
  run: ({ output }, { args: [text = ""] }) => {
    output.record({ text });
    output.line(visible(text));
  },
});

const version = defineVerb({
  names: ["version"],
  group: "General",
  summary: "show which version this is",
  run: ({ output }) => {
    const text = versionLine("ftp");
    output.record({ version: text });
    output.line(text);
  },
});

const exit = defineVerb({
  names: ["exit", "quit", "bye"],
  group: "General",
  summary: "end the connection and the shell",
  run: (shell) => endShell(shell),
});

/** What is about the shell itself. */
export const GENERAL_VERBS: readonly Verb[] = [
  help,
  ...STATUS_VERBS,
  history,
  echo,
  ...MACHINE_VERBS,
  version,
  exit,
];
