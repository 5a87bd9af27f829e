/**
 * Verbs that change how things are done.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import { quoted } from "../../../../lib/cli/values.ts";
import { applySetting } from "../apply_setting.ts";
import { ShellError } from "../failure.ts";
import { type SettingName, SETTINGS, shownSetting } from "../settings.ts";
import type { Shell } from "../shell.ts";
import { defineVerb, type Verb } from "../verb.ts";
import { ALIAS_VERBS } from "./aliases.ts";
import { BOOKMARK_VERBS } from "./bookmarks.ts";

const NAMES = Object.keys(SETTINGS) as readonly SettingName[];
const NAME_WIDTH = Math.max(...NAMES.map((name) => name.length));
/** Values are short, as a rule. */
const VALUE_WIDTH = 9;

const set = defineVerb({
  names: ["set"],
  group: "Settings",
  summary: "show settings, or change one",
  usage: "[NAME [VALUE]]",
  examples: [
    ["set", "all, with what they mean"],
    ["set limit-rate 500k", "at most 500 KiB per second"],
    ["set limit-rate default", "as it was at first"],
  ],
  positionals: { max: 2 },
  completes: ["setting"],
  run: (shell, { args: [name, value] }) => {
    if (name !== undefined && value !== undefined) {
      applySetting(shell, name, value);
    } else for (const one of named(name)) show(shell, one);
  },
});

/** All, or the one of this name. */
function named(name: string | undefined): readonly SettingName[] {
  const found = NAMES.filter((other) => name === undefined || other === name);
  if (found.length > 0) return found;
  throw new UsageError(`there is no setting ${quoted(name!)} (set lists them)`);
}

function show({ state, output }: Shell, name: SettingName): void {
  const { settings } = state;
  const value = shownSetting(settings, name);
  const isSet = settings[name] !== undefined;
  output.record({ name, value: isSet ? value : null });
  const start = name.padEnd(NAME_WIDTH) + "  " + value.padEnd(VALUE_WIDTH);
  output.line(`${start}  ${SETTINGS[name].help}`);
}

/** Settings that are on or off. */
type Switch = "progress" | "prompt" | "glob" | "hidden" | "trace" | "epsv";

/** A verb that switches a setting on or off, or to what it is not. */
function switchVerb(
  setting: Switch,
  names: readonly [string, ...string[]],
  summary: string,
): Verb {
  return defineVerb({
    names,
    group: "Settings",
    summary,
    usage: "[on|off]",
    positionals: { max: 1 },
    run: (shell, { args: [value] }) => {
      const { settings } = shell.state;
      const other = settings[setting] === "on" ? "off" : "on";
      applySetting(shell, setting, value ?? other);
      shell.output.note(`${setting} is ${settings[setting]}`);
    },
  });
}

/** A verb that gives a setting one value. */
function valueVerb(
  setting: "type" | "mode",
  value: string,
  names: readonly [string, ...string[]],
  summary: string,
): Verb {
  return defineVerb({
    names,
    group: "Settings",
    summary,
    run: (shell) => choose(shell, setting, value),
  });
}

function choose(shell: Shell, setting: "type" | "mode", value: string): void {
  applySetting(shell, setting, value);
  shell.output.note(`${setting} is ${value}`);
}

const type = defineVerb({
  names: ["type"],
  group: "Settings",
  summary: "show or choose how bytes are transferred",
  usage: "[ascii|binary]",
  positionals: { max: 1 },
  run: (shell, { args: [value] }) => {
    if (value === undefined) show(shell, "type");
    else choose(shell, "type", value === "image" ? "binary" : value);
  },
});

const passive = defineVerb({
  names: ["passive"],
  group: "Settings",
  summary: "the client makes the data connections, or the server does (off)",
  usage: "[on|off]",
  positionals: { max: 1 },
  run: (shell, { args: [value] }) => {
    const isPassive = shell.state.settings.mode === "passive";
    const wanted = value ?? (isPassive ? "off" : "on");
    if (wanted !== "on" && wanted !== "off") {
      throw new UsageError(`expected on or off, got ${quoted(wanted)}`);
    }
    choose(shell, "mode", wanted === "on" ? "passive" : "active");
  },
});

const umask = defineVerb({
  names: ["umask"],
  group: "Settings",
  summary: "show or set the permission bits that new local files lack",
  usage: "[MODE]",
  examples: [["umask 077", "new files are nobody else's business"]],
  positionals: { max: 1 },
  run: ({ machine, output }, { args: [text] }) => {
    const before = machine.umask(text === undefined ? undefined : mode(text));
    if (before === null) {
      throw new ShellError(
        "permission",
        "this program may not see or change the umask; the shell that starts it can",
      );
    }
    if (text !== undefined) return;
    const shown = before.toString(8).padStart(4, "0");
    output.record({ umask: shown });
    output.line(shown);
  },
});

function mode(text: string): number {
  if (/^0?[0-7]{1,3}$/.test(text)) return parseInt(text, 8);
  throw new UsageError(
    `expected permission bits from 000 to 777, got ${quoted(text)}`,
  );
}

/** How things are done. */
export const SETTINGS_VERBS: readonly Verb[] = [
  set,
  type,
  valueVerb("type", "ascii", ["ascii"], "transfer text, with its line ends"),
  valueVerb(
    "type",
    "binary",
    ["binary", "image"],
    "transfer bytes as they are",
  ),
  passive,
  valueVerb("mode", "active", ["active"], "the server makes data connections"),
  switchVerb("epsv", ["epsv", "epsv4"], "try EPSV before PASV"),
  switchVerb(
    "trace",
    ["verbose", "trace", "debug"],
    "show commands and replies",
  ),
  switchVerb("progress", ["progress"], "show how far transfers are"),
  switchVerb("prompt", ["prompt"], "ask before every file of many"),
  switchVerb("glob", ["glob"], "take patterns of names"),
  umask,
  ...ALIAS_VERBS,
  ...BOOKMARK_VERBS,
];
