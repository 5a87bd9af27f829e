/**
 * The first line of a connection, and what it asks for.
 *
 * The first word is a command in any case of letters; a line whose first word
 * is none is the name of a file, whose contents follow.
 *
 * @module
 */

import { visible } from "../../../lib/visible.ts";
import { nameProblem } from "./name.ts";
import { DropRefusal } from "./refusal.ts";

/**
 * Longest first line in bytes, its end not counted: the longest name behind
 * the longest command, and some room for telling what is wrong with a name.
 */
export const MAX_LINE = 512;

/**
 * How contents end: with the stream, after so many bytes, or by a chunk of
 * length 0.
 */
export type ContentsEnd = "stream" | "chunks" | number;

/** What a client asks for. */
export type DropRequest =
  /** Save a file. */
  | { readonly verb: "save"; readonly name: string; readonly end: ContentsEnd }
  /** Send a file; `exact` tells its size first. */
  | { readonly verb: "get"; readonly name: string; readonly exact: boolean }
  /** List the folder; `exact` with sizes, times and a last line. */
  | { readonly verb: "dir"; readonly exact: boolean }
  /** Say how it works. */
  | { readonly verb: "help" }
  /** Nothing. */
  | { readonly verb: "quit" };

/**
 * What `line`, without its end, asks for.
 *
 * @throws {DropRefusal} when it cannot be understood, or names no file.
 *
 * @example
 * ```ts
 * import { parseRequest } from "./request.ts";
 * const request = parseRequest("notes.txt");
 * console.assert(request.verb === "save" && request.end === "stream");
 * ```
 */
export function parseRequest(line: string): DropRequest {
  const space = line.indexOf(" ");
  const word = space < 0 ? line : line.slice(0, space);
  const rest = space < 0 ? "" : line.slice(space + 1);
  const verb = word.toLowerCase();
  switch (verb) {
    case "put":
      return { verb: "save", name: checked(rest, verb), end: "stream" };
    case "send":
      return parseSend(rest);
    case "get":
    case "fetch":
      return { verb: "get", name: checked(rest, verb), exact: verb !== "get" };
    case "dir":
    case "list":
      alone(rest, verb, line);
      return { verb: "dir", exact: verb === "list" };
    case "help":
    case "quit":
      alone(rest, verb, line);
      return { verb };
    default:
      return { verb: "save", name: checked(line), end: "stream" };
  }
}

function parseSend(rest: string): DropRequest {
  const [, size = "", name = ""] = /^(-|\d{1,15}) (.*)$/s.exec(rest) ?? [];
  if (size === "") {
    throw new DropRefusal(
      'send needs a size and a name, such as "send 5 a.txt"; ' +
        "- is a size that is not known",
    );
  }
  const end = size === "-" ? "chunks" : Number(size);
  return { verb: "save", name: checked(name, "send"), end };
}

/** The name, when it is one that the box takes. */
function checked(name: string, verb?: string): string {
  const problem = nameProblem(name);
  if (problem === null) return name;
  if (name !== "") throw new DropRefusal(`${quoted(name)}: ${problem}`);
  throw new DropRefusal(
    verb === undefined
      ? "the first line is empty; it is a file's name, or a command (try help)"
      : `${verb} needs a name; a file called "${verb}" is saved by "put ${verb}"`,
  );
}

/** A command that is about no file. */
function alone(rest: string, verb: string, line: string): void {
  if (rest.trim() === "") return;
  throw new DropRefusal(
    `${verb} takes nothing behind it; a file called ${quoted(line)} is saved ` +
      `by "put" and its name`,
  );
}

/** A name that may be anything, fit for one line. */
function quoted(name: string): string {
  return `"${visible(name.length > 60 ? `${name.slice(0, 60)}…` : name)}"`;
}
