/**
 * Transfer parameters and options: TYPE MODE STRU (RFC 959 section 4.1.2),
 * REST (RFC 3659 section 5), OPTS (RFC 2389), ALLO, CLNT.
 *
 * @module
 */

import { FACTS } from "../../../lib/ftp/listing.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandTable } from "../commands.ts";
import type { Session } from "../session.ts";

/** Commands that choose how transfers go. */
export const parameterCommands: CommandTable = {
  TYPE: {
    argument: "required",
    help: "TYPE <SP> A | I | L 8: choose text or bytes",
    run: ({ session }, argument) => setType(session, argument.toUpperCase()),
  },
  MODE: {
    argument: "required",
    help: "MODE <SP> S: choose the transfer mode (stream)",
    run: (_, argument) => chooseOnly("MODE", "S", "BC", argument),
  },
  STRU: {
    argument: "required",
    help: "STRU <SP> F: choose the file structure (file)",
    run: (_, argument) => chooseOnly("STRU", "F", "RP", argument),
  },
  REST: {
    argument: "required",
    help: "REST <SP> position: start the next transfer there",
    feature: "REST STREAM",
    run({ session, policy }, argument) {
      const position = parsePosition(argument);
      if (position === null) return reply(501, "Invalid parameter.");
      if (position > 0 && session.type === "ascii" && policy.ascii) {
        return reply(501, "Resuming transfers not allowed in ASCII mode.");
      }
      session.restart = position;
      return reply(350, `Restarting at position ${position}.`);
    },
  },
  ALLO: {
    argument: "required",
    help: "ALLO <SP> bytes [<SP> R <SP> size]: reserve space (not needed here)",
    run: (_, argument) =>
      /^\d{1,19}( R \d{1,19})?$/i.test(argument)
        ? reply(202, "No storage allocation necessary.")
        : reply(501, "Invalid parameter."),
  },
  OPTS: {
    argument: "required",
    help: "OPTS <SP> command [<SP> options]: set options of a command",
    run: ({ session }, argument) => setOptions(session, argument),
  },
  CLNT: {
    argument: "required",
    help: "CLNT <SP> name: say which program you are",
    run({ log }, client) {
      log.info("client", { client });
      return reply(200, "Noted.");
    },
  },
};

function setType(session: Session, argument: string): Reply {
  if (argument === "A" || argument === "A N") {
    session.type = "ascii";
    return reply(200, "Type set to: ASCII.");
  }
  if (["I", "L8", "L 8"].includes(argument)) {
    session.type = "binary";
    return reply(200, "Type set to: Binary.");
  }
  return reply(504, "Unsupported type.");
}

function chooseOnly(
  verb: "MODE" | "STRU",
  offered: string,
  known: string,
  argument: string,
): Reply {
  const chosen = argument.toUpperCase();
  if (chosen === offered) return reply(200, `${verb} set to ${offered}.`);
  return chosen.length === 1 && known.includes(chosen)
    ? reply(504, `Unimplemented ${verb} type.`)
    : reply(501, `Unrecognized ${verb} type.`);
}

function parsePosition(argument: string): number | null {
  if (!/^\d{1,16}$/.test(argument)) return null;
  const position = Number(argument);
  return Number.isSafeInteger(position) ? position : null;
}

function setOptions(session: Session, argument: string): Reply {
  const space = argument.indexOf(" ");
  const command = (space < 0 ? argument : argument.slice(0, space))
    .toUpperCase();
  const options = space < 0 ? "" : argument.slice(space + 1);
  if (command === "UTF8" || command === "UTF-8") return setUtf8(options);
  if (command === "MLST") return setFacts(session, options);
  return reply(501, `Unsupported command "${command}".`);
}

/** RFC 2640 knows no switch; clients send ON, and names are always UTF-8. */
function setUtf8(options: string): Reply {
  return /^(on)?$/i.test(options)
    ? reply(200, "OK, UTF8 is always on.")
    : reply(501, "Invalid argument.");
}

/** RFC 3659 section 7.9: facts that are not known are ignored. */
function setFacts(session: Session, options: string): Reply {
  if (/\s/.test(options)) return reply(501, "Invalid argument.");
  const wanted = options.toLowerCase().split(";");
  session.facts = FACTS.filter((fact) => wanted.includes(fact.toLowerCase()));
  const told = session.facts.map((fact) => `${fact};`).join("");
  return reply(200, told === "" ? "MLST OPTS" : `MLST OPTS ${told}`);
}
