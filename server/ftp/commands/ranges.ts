/**
 * Parts of files: REST (RFC 3659 section 5), RANG (draft-bryan-ftp-range).
 *
 * Each counts for one transfer only, and the last one said counts.
 *
 * @module
 */

import type { Source } from "../../../lib/bytes.ts";
import { reply } from "../../../lib/ftp/reply.ts";
import type { CommandTable } from "../commands.ts";
import type { ByteRange, Context, Session } from "../session.ts";

/** Commands that choose a part of a file. */
export const rangeCommands: CommandTable = {
  REST: {
    argument: "required",
    help: "REST <SP> position: start the next transfer there",
    feature: "REST STREAM",
    run(context, argument) {
      const { session } = context;
      const position = parsePosition(argument);
      if (position === null) return reply(501, "Invalid parameter.");
      if (position > 0 && isText(context)) {
        return reply(501, "Resuming transfers not allowed in ASCII mode.");
      }
      session.restart = position;
      session.range = null;
      return reply(350, `Restarting at position ${position}.`);
    },
  },
  RANG: {
    argument: "required",
    help: "RANG <SP> first <SP> last: fetch or hash these bytes; 1 0: all",
    feature: "RANG STREAM",
    run(context, argument) {
      const { session } = context;
      const range = parseRange(argument);
      if (range === null) return reply(501, "Invalid parameter.");
      const { first, last } = range;
      session.restart = 0;
      session.range = null;
      if (first === 1 && last === 0) return reply(350, "No range any more.");
      if (first > last) return reply(501, "The start is behind the end.");
      if (isText(context)) {
        return reply(551, "Ranges are not allowed in ASCII mode.");
      }
      session.range = range;
      return reply(350, `Range is ${last - first + 1} bytes from ${first}.`);
    },
  },
};

/** Where the transfer starts, which nothing after it will know. */
export function takeRestart(session: Session): number {
  const { restart } = session;
  session.restart = 0;
  session.range = null;
  return restart;
}

/** What RANG chose, which nothing after it will know; no REST counts then. */
export function takeRange(session: Session): ByteRange | null {
  const { range } = session;
  session.range = null;
  return range;
}

/** At most `length` bytes of a source. */
export function firstBytes(source: Source, length: number): Source {
  let left = length;
  return {
    async read(buffer) {
      if (left === 0) return null;
      const count = await source.read(buffer.subarray(0, left));
      left -= count ?? 0;
      return count;
    },
    close: () => source.close(),
  };
}

function isText({ session, policy }: Context): boolean {
  return session.type === "ascii" && policy.ascii;
}

function parseRange(argument: string): ByteRange | null {
  const [first, last, ...more] = argument.split(" ").map(parsePosition);
  const isRange = first !== null && last !== null && more.length === 0;
  if (!isRange || first === undefined || last === undefined) return null;
  return { first, last };
}

function parsePosition(argument: string): number | null {
  if (!/^\d{1,16}$/.test(argument)) return null;
  const position = Number(argument);
  return Number.isSafeInteger(position) ? position : null;
}
