/**
 * What MODE does to the bytes of a transfer (RFC 959 section 3.4,
 * draft-preston-ftpext-deflate).
 *
 * @module
 */

import type { Sink } from "../../lib/bytes.ts";
import { deflating, InflateError, inflating } from "../../lib/ftp/deflate.ts";
import { FsError } from "../fs/file_system.ts";
import type { FtpPolicy, Session, Transfer } from "./session.ts";

/** How hard MODE Z works when nobody said. */
const USUAL_LEVEL = 6;

/** The level at which MODE Z works until a client chooses; 0 is not offered. */
export function offeredLevel(
  { deflateLevel }: Pick<FtpPolicy, "deflateLevel">,
): number {
  return deflateLevel ?? USUAL_LEVEL;
}

/**
 * A transfer as the session's MODE sends it. Limits of files and of accounts
 * count what comes out of mode Z, because that is what its sink is given.
 */
export async function throughMode(
  transfer: Transfer,
  { mode, deflateLevel }: Session,
  policy: Pick<FtpPolicy, "deflateLevel">,
): Promise<Transfer> {
  if (mode === "stream") return transfer;
  const { end } = transfer;
  if ("send" in end) {
    const level = deflateLevel ?? offeredLevel(policy);
    return { ...transfer, end: { send: await deflating(end.send, level) } };
  }
  const receive = explained(await inflating(end.receive));
  return { ...transfer, end: { receive } };
}

/** The same sink, with a reply to data that make no sense. */
function explained(sink: Sink): Sink {
  const explain = (error: unknown) => {
    throw error instanceof InflateError
      ? new FsError("io", `${error.message} Upload discarded.`, {
        cause: error,
      })
      : error;
  };
  return {
    write: (bytes) => sink.write(bytes).catch(explain),
    close: async () => await Promise.resolve(sink.close()).catch(explain),
    abort: () => sink.abort(),
  };
}
