/**
 * Information: SYST STAT HELP NOOP (RFC 959 section 4.1.3), FEAT (RFC 2389).
 *
 * @module
 */

import { listLine } from "../../../lib/ftp/listing.ts";
import { quotePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { COMMANDS, type CommandTable } from "../commands.ts";
import type { AccountContext, Context } from "../session.ts";
import { select } from "./listings.ts";

/** A reply has an end: STAT of a folder shows this many entries. */
const MAX_STAT_LINES = 1000;

/** Commands that tell about the server. */
export const informationCommands: CommandTable = {
  SYST: {
    argument: "none",
    help: "SYST: print the kind of system",
    open: true,
    run: () => reply(215, "UNIX Type: L8"),
  },
  NOOP: {
    argument: "optional",
    help: "NOOP: do nothing",
    open: true,
    duringTransfer: true,
    run: () => reply(200, "NOOP command successful."),
  },
  HELP: {
    argument: "optional",
    help: "HELP [<SP> command]: list the commands, or explain one",
    open: true,
    run: (_, argument) => help(argument.toUpperCase()),
  },
  FEAT: {
    argument: "none",
    help: "FEAT: list what the server can do beyond RFC 959",
    open: true,
    run: () => reply(211, "Features supported:", ...features(), "End FEAT."),
  },
  STAT: {
    argument: "optional",
    help: "STAT [<SP> name]: print the state of the session, or list a folder",
    open: true,
    duringTransfer: true,
    async run(context, argument) {
      if (argument === "") return status(context);
      const { account } = context.session;
      if (account === null) {
        return reply(530, "Log in with USER and PASS first.");
      }
      return await statPath({ ...context, account }, argument);
    },
  },
};

function help(verb: string): Reply {
  if (verb === "") {
    const verbs = [...COMMANDS.keys()].sort();
    const rows: string[] = [];
    while (verbs.length > 0) {
      rows.push(` ${verbs.splice(0, 8).map((v) => v.padEnd(6)).join("")}`);
    }
    return reply(
      214,
      "The following commands are recognized:",
      ...rows.map((row) => row.trimEnd()),
      "Help command successful.",
    );
  }
  const command = COMMANDS.get(verb);
  return command === undefined
    ? reply(501, `Unrecognized command "${verb}".`)
    : reply(214, `Syntax: ${command.help}.`);
}

function features(): string[] {
  const told = [...COMMANDS.values()].flatMap(({ feature }) => feature ?? []);
  return ["TVFS", "UTF8", ...told].sort().map((feature) => ` ${feature}`);
}

function status({ session, running }: Context): Reply {
  const { account, pending, type, dataPort } = session;
  const lines = [
    ` Connected from ${session.remote} to ${session.local}`,
    account !== null
      ? ` Logged in as ${account.name}`
      : pending?.for === "password"
      ? " Waiting for password"
      : " Waiting for username",
    ` TYPE: ${
      type === "ascii" ? "ASCII" : "Binary"
    }; STRUcture: File; MODE: Stream`,
  ];
  if (running !== null) {
    const { transfer, bytes } = running;
    lines.push(` Transferring: ${transfer.verb} ${transfer.path}`);
    lines.push(` Total bytes so far: ${bytes}`);
  } else {
    lines.push(
      dataPort === null ? " Data connection closed" : " Data port chosen",
    );
  }
  return reply(211, "FTP server status:", ...lines, "End of status.");
}

async function statPath(
  context: AccountContext,
  argument: string,
): Promise<Reply> {
  const { policy } = context;
  const { path, entries } = await select(context, argument);
  const lines: string[] = [];
  for await (const entry of entries) {
    if (lines.length === MAX_STAT_LINES) {
      lines.push(` (the first ${MAX_STAT_LINES}; LIST shows all)`);
      break;
    }
    lines.push(` ${listLine(entry, policy.now())}`);
  }
  const what = `Status of ${quotePath(path)}:`;
  return reply(213, what, ...lines, "End of status.");
}
