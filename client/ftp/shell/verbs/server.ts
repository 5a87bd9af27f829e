/**
 * Verbs that talk with the server itself.
 *
 * @module
 */

import { UsageError } from "../../../../lib/cli.ts";
import type { Reply } from "../../../../lib/ftp/reply.ts";
import { visible } from "../../../../lib/visible.ts";
import { commandOf, shownCommand } from "../../command_text.ts";
import { FtpError } from "../../errors.ts";
import { onServer } from "../on_server.ts";
import { type Shell, siteOf } from "../shell.ts";
import { defineVerb, type Verb } from "../verb.ts";

/** Sends a line and shows the reply. */
async function ask(
  shell: Shell,
  line: string,
  signal: AbortSignal,
): Promise<void> {
  const reply = await onServer(
    shell,
    (client, signal) => client.quote(line, { signal }),
    signal,
  );
  if (reply.code >= 400) throw new FtpError(shownLine(line), reply);
  show(shell, reply);
}

function show({ output }: Shell, { code, lines }: Reply): void {
  for (const line of lines) output.line(`${code} ${visible(line)}`);
  output.record({ code, lines });
}

/** The line without a password. */
function shownLine(line: string): string {
  return shownCommand(commandOf(line));
}

const system = defineVerb({
  names: ["system"],
  group: "Connection",
  summary: "ask the server which system it runs on",
  run: (shell, { signal }) => ask(shell, "SYST", signal),
});

const rstatus = defineVerb({
  names: ["rstatus"],
  group: "Connection",
  summary: "ask the server how it is, or what it knows of a path",
  usage: "[PATH]",
  positionals: { max: 1 },
  completes: ["remote"],
  run: (shell, { args: [path], signal }) =>
    ask(shell, path === undefined ? "STAT" : `STAT ${path}`, signal),
});

const rhelp = defineVerb({
  names: ["rhelp", "remotehelp"],
  group: "Connection",
  summary: "ask the server for help",
  usage: "[COMMAND]",
  positionals: { max: 1 },
  run: (shell, { args: [topic], signal }) =>
    ask(shell, topic === undefined ? "HELP" : `HELP ${topic}`, signal),
});

const site = defineVerb({
  names: ["site"],
  group: "Connection",
  summary: "send a command of the server's own: SITE and the text",
  usage: "TEXT",
  examples: [["site help", "what the server knows"]],
  positionals: { min: 1, max: 1 },
  raw: "text",
  run: (shell, { args: [text], signal }) => {
    if (text === undefined) throw new UsageError("site: expected a command");
    return ask(shell, `SITE ${text}`, signal);
  },
});

const FOLDER = "use cd: it moves all connections";
const DATA = "data connections are made by get, put and ls";
const LOGIN = "use open";

/** What would leave a connection in another state than the shell thinks. */
const REFUSED: Readonly<Record<string, string>> = {
  RETR: "use get",
  STOR: "use put",
  STOU: "use put --unique",
  APPE: "use append",
  LIST: "use ls --raw",
  NLST: "use nlist",
  MLSD: "use ls",
  PORT: DATA,
  PASV: DATA,
  EPRT: DATA,
  EPSV: DATA,
  REST: "use get --continue",
  ABOR: "Ctrl-C ends a transfer",
  TYPE: "use binary or ascii",
  MODE: "transfers are streams",
  STRU: "transfers are files",
  CWD: FOLDER,
  XCWD: FOLDER,
  CDUP: FOLDER,
  XCUP: FOLDER,
  USER: LOGIN,
  PASS: LOGIN,
  ACCT: LOGIN,
  REIN: LOGIN,
  AUTH: "TLS is not to be had this way",
  RNFR: "use mv",
  RNTO: "use mv",
  QUIT: "use close",
};

const quote = defineVerb({
  names: ["quote", "literal"],
  group: "Connection",
  summary: "send a line to the server as it is",
  usage: "LINE",
  examples: [["quote MDTM a.txt", "any command without a data connection"]],
  positionals: { min: 1, max: 1 },
  raw: "text",
  run: (shell, { args: [line = ""], signal }) => {
    const verb = /^\S*/.exec(line)![0].toUpperCase();
    if (verb === "") throw new UsageError("quote: expected a command");
    if (Object.hasOwn(REFUSED, verb)) {
      throw new UsageError(`quote ${verb} is not sent: ${REFUSED[verb]}`);
    }
    return ask(shell, line, signal);
  },
});

const features = defineVerb({
  names: ["features", "feat"],
  group: "Connection",
  summary: "tell what the server said that it can",
  run: (shell) => {
    const { features } = siteOf(shell).pool;
    const { output } = shell;
    for (const [name, text] of features) {
      output.line(visible(`${name} ${text}`.trim()));
      output.record({ name, value: text });
    }
    if (features.size === 0) output.note("The server told no features.");
  },
});

/** Verbs that talk with the server. */
export const SERVER_VERBS: readonly Verb[] = [
  system,
  rstatus,
  rhelp,
  site,
  quote,
  features,
];
