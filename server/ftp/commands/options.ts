/**
 * OPTS (RFC 2389 section 4): options of other commands.
 *
 * @module
 */

import { FACTS } from "../../../lib/ftp/listing.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandTable } from "../commands.ts";
import { offeredLevel } from "../mode.ts";
import type { Context, Session } from "../session.ts";
import { chooseHash } from "./hashes.ts";

/** The OPTS command. */
export const optionCommands: CommandTable = {
  OPTS: {
    argument: "required",
    help: "OPTS <SP> command [<SP> options]: set options of a command",
    open: true,
    run: setOptions,
  },
};

function setOptions({ session, policy }: Context, argument: string): Reply {
  const space = argument.indexOf(" ");
  const command = (space < 0 ? argument : argument.slice(0, space))
    .toUpperCase();
  const options = space < 0 ? "" : argument.slice(space + 1);
  if (command === "UTF8" || command === "UTF-8") return setUtf8(options);
  if (command === "MLST") return setFacts(session, options);
  if (command === "HASH" && policy.hashLimit !== 0) {
    return chooseHash(session, options);
  }
  if (command === "MODE" && offeredLevel(policy) > 0) {
    return setMode(session, options);
  }
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

/** `Z LEVEL 9`, also with the one engine and the one method that there are. */
function setMode(session: Session, options: string): Reply {
  const words = options.toUpperCase().split(" ");
  if (words.shift() !== "Z" || words.length === 0 || words.length % 2 === 1) {
    return reply(501, "Use OPTS MODE Z LEVEL 0 to 9.");
  }
  let level = session.deflateLevel;
  for (let at = 0; at < words.length; at += 2) {
    const [name = "", value = ""] = words.slice(at, at + 2);
    if (name === "LEVEL" && /^\d$/.test(value)) level = Number(value);
    else if (ONLY_VALUES[name] !== value) {
      return reply(501, `Unsupported MODE Z option ${name} ${value}.`);
    }
  }
  session.deflateLevel = level;
  return reply(200, "MODE Z options set.");
}

/** Options of mode Z that have one value here. */
const ONLY_VALUES: Readonly<Record<string, string>> = {
  ENGINE: "ZLIB",
  METHOD: "DEFLATE",
};
