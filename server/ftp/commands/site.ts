/**
 * SITE (RFC 959 section 4.1.3): commands of this server, and aliases that other
 * servers have. Each goes through the account's file system like its standard
 * twin, which is what says no.
 *
 * @module
 */

import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { OpenCommand, Result } from "../commands.ts";
import type { AccountContext } from "../session.ts";
import { copyCommands } from "./copying.ts";
import { siteFileCommands } from "./site_files.ts";
import { siteSessionCommands } from "./site_session.ts";

/** One of SITE's commands. All of them need a login. */
export interface SiteCommand {
  /** Syntax and meaning, as SITE HELP prints them. */
  readonly help: string;
  /** What the command does. */
  run(context: AccountContext, argument: string): Result;
}

/** Every command of SITE. */
export const SITE_COMMANDS: ReadonlyMap<string, SiteCommand> = new Map(
  Object.entries<SiteCommand>({
    ...siteFileCommands,
    ...copyCommands,
    ...siteSessionCommands,
  }),
);

/** The SITE command. */
export const siteCommand: OpenCommand = {
  argument: "required",
  help: "SITE <SP> command: what SITE HELP lists, such as CHMOD or CPFR",
  open: true,
  run(context, argument) {
    const { session } = context;
    const space = argument.indexOf(" ");
    const verb = (space < 0 ? argument : argument.slice(0, space))
      .toUpperCase();
    if (session.pending?.for === "copy" && verb !== "CPTO") {
      session.pending = null;
    }
    if (verb === "HELP") return help();
    const command = SITE_COMMANDS.get(verb);
    if (command === undefined) {
      return reply(500, `SITE command "${verb}" not understood.`);
    }
    const { account } = session;
    if (account === null) {
      return reply(530, "Log in with USER and PASS first.");
    }
    const rest = space < 0 ? "" : argument.slice(space + 1);
    return command.run({ ...context, account }, rest);
  },
};

function help(): Reply {
  const lines = [...SITE_COMMANDS.values()].map(({ help }) => ` SITE ${help}`);
  return reply(
    214,
    "The following SITE commands are recognized:",
    ...lines,
    "End of help.",
  );
}
