/**
 * What the command table says of itself: HELP (RFC 959 section 4.1.3), FEAT
 * (RFC 2389 section 3).
 *
 * @module
 */

import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandPolicy, CommandTable } from "../commands.ts";
import type { Context } from "../session.ts";

/** The rows of a whole table. */
export type Rows = ReadonlyMap<string, CommandPolicy>;

/** Commands that explain the table they are in, which `whole` returns. */
export function helpCommands(whole: () => Rows): CommandTable {
  const table = ({ policy }: Context) =>
    offered(whole(), policy.tls !== undefined);
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
        const lines = features(table(context));
        return reply(211, "Features supported:", ...lines, "End FEAT.");
      },
    },
  };
}

/** The rows that count, where TLS is spoken or not. */
function offered(rows: Rows, hasTls: boolean): Rows {
  if (hasTls) return rows;
  return new Map([...rows].filter(([, { tls }]) => tls === undefined));
}

function listAll(table: Rows): Reply {
  const verbs = [...table.keys()].sort();
  const rows: string[] = [];
  while (verbs.length > 0) {
    const row = verbs.splice(0, 8).map((verb) => verb.padEnd(6)).join("");
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

function features(table: Rows): string[] {
  const told = [...table.values()].flatMap(({ feature }) => feature ?? []);
  return ["TVFS", "UTF8", ...told].sort().map((feature) => ` ${feature}`);
}
