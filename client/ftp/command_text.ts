/**
 * Commands as they go over the wire, and what may never go there: an argument
 * with a line end in it would be two commands.
 *
 * @module
 */

import type { Bytes } from "../../lib/bytes.ts";
import { type Charset, encodeText } from "../../lib/ftp/charset.ts";
import { visible } from "../../lib/visible.ts";

/** Longest command line in bytes, its ending not counted; servers cut more. */
export const MAX_COMMAND = 4096;

/** A command before it is sent. */
export interface Command {
  /** In capitals, as `RETR`; several words for SITE. */
  readonly verb: string;
  /** What follows the verb and a space. */
  readonly argument?: string | undefined;
}

/** What is shown in the place of a secret. */
export const HIDDEN = "****";
const SECRET: readonly string[] = ["PASS", "ACCT"];
// deno-lint-ignore no-control-regex -- These are what it is about.
const CONTROL_REGEXP = /[\x00-\x1f\x7f]/;
/** Telnet's IAC: a server takes it and what follows for an instruction. */
const IAC = 0xff;

/**
 * The bytes of a command line.
 *
 * @throws {TypeError} when the argument holds a control byte, cannot be written
 * in `charset`, or makes the line too long.
 *
 * @example
 * ```ts
 * import { commandBytes } from "./command_text.ts";
 * const bytes = commandBytes({ verb: "RETR", argument: "a b" }, "utf-8");
 * console.assert(new TextDecoder().decode(bytes) === "RETR a b\r\n");
 * ```
 */
export function commandBytes(command: Command, charset: Charset): Bytes {
  const { verb, argument } = command;
  const line = argument === undefined ? verb : `${verb} ${argument}`;
  const refuse = (why: string): never => {
    throw new TypeError(
      `Cannot send ${visible(shownCommand(command))}: ${why}`,
    );
  };
  if (CONTROL_REGEXP.test(line)) refuse("it holds a control character");
  // An empty password is one, too.
  if (argument === "" && verb !== "PASS") refuse("its argument is empty");
  const bytes = encodeText(`${line}\r\n`, charset) ??
    refuse(`${charset} has no bytes for it`);
  if (bytes.includes(IAC)) refuse("it holds the byte 255 of Telnet");
  if (bytes.length > MAX_COMMAND + 2) {
    refuse(`it has more than ${MAX_COMMAND} bytes`);
  }
  return bytes;
}

/**
 * The command that a typed line is.
 *
 * @example
 * ```ts
 * import { commandOf } from "./command_text.ts";
 * const { verb, argument } = commandOf("site chmod 600 a");
 * console.assert(verb === "SITE" && argument === "chmod 600 a");
 * ```
 */
export function commandOf(line: string): Command {
  const [verb = "", ...words] = line.trimStart().split(" ");
  const argument = words.length > 0 ? words.join(" ") : undefined;
  return { verb: verb.toUpperCase(), argument };
}

/** A command as it may be shown: without a password. */
export function shownCommand({ verb, argument }: Command): string {
  if (argument === undefined) return verb;
  return SECRET.includes(verb) ? `${verb} ${HIDDEN}` : `${verb} ${argument}`;
}

/** What nobody may see of a command; `null` for most. */
export function secretOf({ verb, argument = "" }: Command): string | null {
  return SECRET.includes(verb) ? argument : null;
}

/**
 * A path as the argument of a command: a leading space would be lost, and a
 * leading `-` is an option for LIST and NLST.
 *
 * @example
 * ```ts
 * import { pathArgument } from "./command_text.ts";
 * console.assert(pathArgument("-la") === "./-la");
 * console.assert(pathArgument("/pub") === "/pub");
 * ```
 */
export function pathArgument(path: string): string {
  return /^[ -]/.test(path) ? `./${path}` : path;
}
