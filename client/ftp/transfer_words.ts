/**
 * What transfers say, and what is heard in their replies.
 *
 * @module
 */

import { parseSizeHint } from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { Command } from "./command_text.ts";
import { NetworkError, ProtocolError } from "./errors.ts";

/** No byte moved for so many milliseconds. */
export function stalled(shown: string, timeout: number): NetworkError {
  const why = `No byte of ${shown} moved in ${timeout / 1000} seconds`;
  return new NetworkError("timeout", why);
}

/** The final reply is late by so many milliseconds. */
export function noEnd(shown: string, timeout: number): NetworkError {
  const why = `The server did not say how ${shown} ended within ` +
    `${timeout / 1000} seconds`;
  return new NetworkError("timeout", why);
}

/** The final reply of an upload came before its end. */
export function tooEarly(shown: string): ProtocolError {
  return new ProtocolError(
    `The server called ${shown} complete before it was sent`,
  );
}

/**
 * The size that the first reply to a transfer's command tells, if it does; a
 * file's own name may look like one.
 */
export function sizeHint(
  { argument }: Pick<Command, "argument">,
  begun: Reply,
): number | null {
  if (parseSizeHint(argument ?? "") !== null || begun.code >= 200) return null;
  return parseSizeHint(begun.lines.at(-1) ?? "");
}
