/**
 * The command line of `ftp`: what stands on it, and what it means.
 *
 * @module
 */

import {
  defineTool,
  type OptionTable,
  type StandardValues,
  type Tool,
  UsageError,
} from "../../../lib/cli.ts";
import { modeOf, TLS_OPTIONS, type TlsValues } from "../tls_options.ts";
import { ANY_NUMBER, type Verb } from "./verb.ts";
import { toolOf } from "./verb_tool.ts";
import {
  defaultSettings,
  parseRate,
  SETTINGS,
  type Settings,
} from "./settings.ts";
import type { Access } from "./shell.ts";

const {
  parallel,
  "limit-rate": limitRate,
  clobber,
  verify,
  timeout,
  retries,
  charset,
  "port-range": portRange,
  "pasv-address": pasvAddress,
  "keep-going": keepGoing,
  "continue": goOn,
} = SETTINGS;

/** Options that every verb takes on the command line. */
export const COMMON_OPTIONS: OptionTable = {
  json: {
    type: "flag",
    help: "answers as JSON, one object per line",
    group: "Output",
  },
  trace: {
    type: "flag",
    help: "show commands and replies; passwords are left out",
    group: "Output",
  },
  user: {
    type: "text",
    placeholder: "NAME",
    short: "u",
    help: "who logs in, when the URL does not say",
    group: "Login",
  },
  "password-file": {
    type: "text",
    placeholder: "FILE",
    help: "a file whose first line is the password",
    group: "Login",
  },
  netrc: {
    type: "text",
    placeholder: "FILE",
    alone: "~/.netrc",
    help:
      "passwords, also those for any host (default: those of ~/.netrc for " +
      "this very host)",
    group: "Login",
  },
  parallel: { ...parallel, short: "P" },
  "limit-rate": limitRate,
  "continue": { ...goOn, short: "C" },
  clobber: { ...clobber, help: "--no-clobber keeps files that are there" },
  verify,
  active: {
    type: "flag",
    help: "the server makes the data connections",
    group: "Connection",
  },
  "port-range": portRange,
  "pasv-address": pasvAddress,
  timeout,
  retries,
  charset,
  ...TLS_OPTIONS,
};

/** The values of {@linkcode COMMON_OPTIONS}, and of those that all tools have. */
export interface CommonValues extends StandardValues, TlsValues {
  /** Answers as JSON. */
  readonly json: boolean;
  /** Show commands and replies. */
  readonly trace: boolean;
  /** Who logs in. */
  readonly user: string | undefined;
  /** A file whose first line is the password. */
  readonly "password-file": string | undefined;
  /** A file of passwords. */
  readonly netrc: string | undefined;
  /** Whether the server makes the data connections. */
  readonly active: boolean;
  /** The rest are settings. */
  readonly [setting: string]: unknown;
}

/** What is only given without a verb. */
export interface ScriptValues {
  /** Commands to run. */
  readonly command: string | undefined;
  /** A script to run. */
  readonly file: string | undefined;
}

/** The tool when no verb is named: a shell. */
export const FTP: Tool = defineTool({
  name: "ftp",
  summary: "fetch, send, list and mirror files over FTP",
  usage: "ftp [options] [URL | HOST [PORT]]  |  ftp VERB [options] ARGUMENTS",
  examples: [
    ["ftp get ftp://host/pub/a.iso", "fetch a file"],
    ["ftp put *.pdf ftp://bob@host/in/", "send files; asks for the password"],
    ["ftp mirror ftp://host/pub ./pub", "fetch what is new of a folder"],
    ["ftp ls --json ftp://host/", "list, for programs"],
    ["ftp host", "a shell; help lists its verbs"],
    ["ftp -c 'cd pub; get a' host", "commands, then the end"],
  ],
  options: {
    command: {
      type: "text",
      short: "c",
      placeholder: "TEXT",
      help: "commands to run, then the end",
    },
    file: {
      type: "text",
      short: "f",
      placeholder: "FILE",
      help: "a script to run, then the end",
    },
    "keep-going": { ...keepGoing, group: "Options" },
    ...COMMON_OPTIONS,
  },
  positionals: { max: 2 },
});

/** A verb as a tool of its own, with the options that all have. */
export function verbTool(verb: Verb): Tool {
  const tool = toolOf(verb, COMMON_OPTIONS);
  const { urls, positionals = {} } = verb;
  const max = urls === "all" || urls === "last" ? ANY_NUMBER : positionals.max;
  return {
    ...tool,
    name: "ftp",
    usage: `ftp ${verb.names[0]} ${verb.oneShotUsage ?? verb.usage ?? ""}`,
    examples: verb.oneShotExamples ?? [],
    positionals: { ...positionals, max: max ?? 0 },
  };
}

/**
 * The settings that the command line asks for: as many connections as segments
 * when nobody says how many.
 *
 * @throws {UsageError} when a rate is none.
 */
export function settingsOf(
  values: CommonValues,
  given: ReadonlySet<string>,
): Settings {
  const settings = defaultSettings();
  for (const name of Object.keys(SETTINGS)) {
    if (!given.has(name) || name === "trace" || name === "tls") continue;
    Object.assign(settings, { [name]: values[name] });
  }
  if (values.active) settings.mode = "active";
  if (values.trace) settings.trace = "on";
  settings.tls = modeOf(values) ?? "off";
  const { segments } = values;
  if (typeof segments === "number" && !given.has("parallel")) {
    settings.parallel = Math.max(settings.parallel, segments);
  }
  const rate = settings["limit-rate"];
  if (rate !== undefined) parseRate(rate);
  return settings;
}

/** Where the command line says that passwords are. */
export function accessOf(values: CommonValues, unasked: boolean): Access {
  return {
    user: values.user,
    passwordFile: values["password-file"],
    netrc: values.netrc,
    unasked,
  };
}

/** Refuses what cannot be meant together. */
export function checkTogether({ command, file }: ScriptValues): void {
  if (command === undefined || file === undefined) return;
  throw new UsageError("--command and --file cannot be given together");
}
