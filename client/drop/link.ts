/**
 * A connection to a drop box: one command, its answer, and contents in one of
 * the two directions.
 *
 * @module
 */

import { type Bytes, writeAll } from "../../lib/bytes.ts";
import { LineFloodError, LineReader } from "../../lib/lines.ts";
import { visible } from "../../lib/visible.ts";
import { type ClientConn, connectTo } from "../service/connect.ts";
import { ServiceError } from "../service/errors.ts";
import { inTime, type WaitLimits } from "../service/in_time.ts";
import { formatTarget, type StreamTarget } from "../service/target.ts";
import { DropError } from "./errors.ts";

/** Longest answer in bytes: a name and what there is to say about it. */
const MAX_ANSWER = 2048;

/** A connection to a drop box; disposing of it closes it. */
export interface DropLink extends Disposable {
  /** Reads contents; fails when nothing comes for the time-out. */
  read(buffer: Bytes): Promise<number | null>;
  /** Writes all of `bytes`; fails when nothing goes for the time-out. */
  write(bytes: Bytes): Promise<void>;
  /** Writes a line. */
  ask(line: string): Promise<void>;
  /** Waits for the answer until it comes, however long that takes. */
  answer(): Promise<string>;
  /** Waits for what was begun, no longer than the time-out. */
  soon<T>(begun: Promise<T>): Promise<T>;
  /** Ends our side. */
  closeWrite(): Promise<void>;
  /** The server is no drop box, or breaks its rules. */
  nonsense(said: string): ServiceError;
}

/** What a link is made of: a {@linkcode ClientConn}, or a test's. */
export type LinkConn = Omit<ClientConn, "remote">;

/**
 * Connects to a drop box.
 *
 * @throws {ServiceError} when it cannot be reached within the time-out.
 */
export async function openLink(
  target: StreamTarget,
  limits: WaitLimits,
): Promise<DropLink> {
  const conn = await connectTo(target, limits);
  return linkOf(conn, formatTarget(target), limits);
}

/**
 * Makes a link of a connection.
 *
 * @param where The server, for messages.
 *
 * @example
 * ```ts
 * import { memoryConn } from "../../lib/net/memory_conn.ts";
 * import { linkOf } from "./link.ts";
 * const conn = { ...memoryConn("bye\n"), close() {} };
 * using link = linkOf(conn, "nowhere", { timeout: 2000 });
 * await link.ask("quit");
 * console.assert(await link.answer() === "bye");
 * ```
 */
export function linkOf(
  conn: LinkConn,
  where: string,
  limits: WaitLimits,
): DropLink {
  const late = () => {
    const seconds = limits.timeout / 1000;
    const message = `nothing moved for ${seconds} s at ${where}; try again`;
    return new ServiceError("timeout", message);
  };
  const soon = <T>(begun: Promise<T>) => inTime(begun, limits, late);
  const nonsense = (said: string) =>
    new ServiceError(
      "other",
      `${where} is no drop box: it said "${visible(said.slice(0, 60))}"`,
    );
  const writer = { write: (bytes: Bytes) => soon(conn.write(bytes)) };
  const link: DropLink = {
    read: (buffer) => soon(conn.read(buffer)),
    write: (bytes) => writeAll(writer, bytes),
    ask: (line) => link.write(new TextEncoder().encode(`${line}\n`)),
    async answer() {
      const line = await readAnswer(conn, nonsense);
      if (line === null) throw noAnswer(where);
      if (line.startsWith("error: ")) throw new DropError(line.slice(7));
      return line;
    },
    soon,
    closeWrite: () => conn.closeWrite(),
    nonsense,
    [Symbol.dispose]: () => conn.close(),
  };
  return link;
}

function noAnswer(where: string): ServiceError {
  return new ServiceError("closed", `${where} ended without an answer`);
}

/** A line, and not a byte of what follows it. */
async function readAnswer(
  conn: Pick<LinkConn, "read">,
  nonsense: (said: string) => ServiceError,
): Promise<string | null> {
  const limits = { maxLength: MAX_ANSWER, maxSkipped: 0 };
  const lines = new LineReader(conn, limits);
  const line = await lines.next({ byByte: () => true }).catch((error) => {
    if (!(error instanceof LineFloodError)) throw error;
    throw nonsense("a line without an end");
  });
  return line && new TextDecoder().decode(line.bytes);
}
