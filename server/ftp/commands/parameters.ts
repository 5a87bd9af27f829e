/**
 * Transfer parameters: TYPE MODE STRU (RFC 959 section 4.1.2), and what the
 * two ends are: CLNT, CSID (draft-peterson-streamlined-ftp-command-extensions),
 * LANG (RFC 2640 section 4).
 *
 * @module
 */

import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandTable } from "../commands.ts";
import { VERSION } from "../../../lib/version.ts";
import { offeredLevel } from "../mode.ts";
import type { Context, Session } from "../session.ts";

/** Commands that choose how transfers go. */
export const parameterCommands: CommandTable = {
  TYPE: {
    argument: "required",
    help: "TYPE <SP> A | I | L 8: choose text or bytes",
    run: ({ session }, argument) => setType(session, argument.toUpperCase()),
  },
  MODE: {
    argument: "required",
    help: "MODE <SP> S | Z: send data as they are (stream), or deflated",
    feature: ({ policy }) => offeredLevel(policy) > 0 ? "MODE Z" : [],
    run: setMode,
  },
  STRU: {
    argument: "required",
    help: "STRU <SP> F: choose the file structure (file)",
    run: (_, argument) =>
      argument.toUpperCase() === "F"
        ? reply(200, "STRU set to F.")
        : refused("STRU", "RP", argument),
  },
  CLNT: {
    argument: "required",
    help: "CLNT <SP> name: say which program you are",
    run({ log }, client) {
      log.info("client", { client });
      return reply(200, "Noted.");
    },
  },
  CSID: {
    argument: "required",
    help: "CSID <SP> Name=name; ...: say which program you are, and be told",
    feature: "CSID",
    run({ log }, client) {
      log.info("client", { client });
      const facts = { Name: "Wharf", Version: VERSION, CaseSensitive: 1 };
      const told = Object.entries({ ...facts, DirSep: "/" });
      return reply(
        200,
        told.map(([name, fact]) => `${name}=${fact};`).join(" "),
      );
    },
  },
  LANG: {
    argument: "optional",
    help:
      "LANG [<SP> tag]: choose the language of replies (en is the only one)",
    feature: "LANG EN*",
    open: true,
    run: (_, tag) =>
      /^(en(-[a-z0-9]{1,8})*)?$/i.test(tag)
        ? reply(200, "Replies are in English.")
        : /^[a-z]{1,8}(-[a-z0-9]{1,8})*$/i.test(tag)
        ? reply(504, "Replies are in English only.")
        : reply(501, "Invalid language tag."),
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

function setMode({ session, policy }: Context, argument: string): Reply {
  const mode = argument.toUpperCase();
  const isOffered = mode === "S" || (mode === "Z" && offeredLevel(policy) > 0);
  if (!isOffered) return refused("MODE", "BCZ", argument);
  session.mode = mode === "Z" ? "deflate" : "stream";
  return reply(200, `MODE set to ${mode}.`);
}

/** The reply to a parameter that is only known, or not even that. */
function refused(
  verb: "MODE" | "STRU",
  known: string,
  argument: string,
): Reply {
  const isKnown = argument.length === 1 &&
    known.includes(argument.toUpperCase());
  return isKnown
    ? reply(504, `Unimplemented ${verb} type.`)
    : reply(501, `Unrecognized ${verb} type.`);
}
