/**
 * What the command table says of itself: HELP (RFC 959 section 4.1.3), FEAT
 * (RFC 2389 section 3).
 *
 * @module
 */

import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandPolicy, CommandTable } from "../commands.ts";
import type { Context, FtpPolicy } from "../session.ts";

/** The rows of a whole table. */
export type Rows = ReadonlyMap<string, CommandPolicy>;

/** Commands that explain the table they are in, which `whole` returns. */
export function helpCommands(whole: () => Rows): CommandTable {
  const table = ({ policy }: Context) =>
    new Map([...whole()].filter(([, row]) => isOffered(row, policy)));
  return {
    HELP: {
      argument: "optional",
      help: "HELP [<SP> command]: list the commands, or explain one",
      open: true,
      run: (context, argument) => {
        const rows = table(context);
        const verb = argument.toUpperCase();
        return verb === "" ? listAll(rows) : explain(rows, verb);
      },
    },
    FEAT: {
      argument: "none",
      help: "FEAT: list what the server can do beyond RFC 959",
      open: true,
      run: (context) => {
        const lines = features(table(context), context);
        return reply(211, "Features supported:", ...lines, "End FEAT.");
      },
    },
  };
}

/** Whether a command is there at all, as the server is set up. */
export function isOffered(
  { tls, hosts, when }: CommandPolicy,
  policy: FtpPolicy,
): boolean {
  if (when?.(policy) === false) return false;
  if (tls && policy.tls === undefined) return false;
  return !hosts || (policy.hosts?.length ?? 0) > 0;
}

function listAll(table: Rows): Reply {
  const verbs = [...table.keys()].sort();
  const rows: string[] = [];
  while (verbs.length > 0) {
    const row = verbs.splice(0, 8).map((verb) => verb.padEnd(9)).join("");
    rows.push(` ${row.trimEnd()}`);
  }
  const [first, last] = [
    "The following commands are recognized:",
    "Help command successful.",
  ];
  return reply(214, first, ...rows, last);
}

function explain(table: Rows, verb: string): Reply {
  const command = table.get(verb);
  return command === undefined
    ? reply(501, `Unrecognized command "${verb}".`)
    : reply(214, `Syntax: ${command.help}.`);
}

function features(table: Rows, context: Context): string[] {
  const told = [...table.values()].flatMap(({ feature = [] }) =>
    typeof feature === "function" ? feature(context) : feature
  );
  return ["TVFS", "UTF8", ...told].sort().map((feature) => ` ${feature}`);
}
