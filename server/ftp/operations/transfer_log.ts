/**
 * What is said of a transfer when it is over.
 *
 * @module
 */

import type { Fields } from "../../../lib/log.ts";
import type { Direction, TransferEnd, TransferOutcome } from "./observer.ts";
import type { Transfer, Work } from "../session.ts";
import { type TlsPolicy, versionOf } from "../tls.ts";
import type { TransferResult } from "../transfer.ts";

/** Verbs whose bytes are a list of names. */
const LISTINGS = new Set(["LIST", "NLST", "MLSD"]);

/** Which way a transfer's bytes go. */
export function directionOf(moved: Transfer | Work): Direction {
  if ("work" in moved) return "work";
  if ("receive" in moved.end) return "upload";
  return LISTINGS.has(moved.verb) ? "listing" : "download";
}

/** Whether whole files move: what transfer logs are about. */
export function isOfFiles(direction: Direction): boolean {
  return direction === "download" || direction === "upload";
}

/**
 * How a transfer ended. With 426 the client or its network did not want the
 * rest, or somebody stopped it; everything else is our side's trouble.
 */
export function transferEnd(
  transfer: Transfer | Work,
  { reply, bytes, duration, facts, failure }: TransferResult,
  { ascii }: { ascii: boolean },
): TransferEnd {
  return {
    transfer,
    direction: directionOf(transfer),
    outcome: outcomeOf(reply.code, failure),
    reason: failure,
    bytes,
    duration,
    ascii,
    tls: facts,
  };
}

function outcomeOf(code: number, failure?: string): TransferOutcome {
  if (failure === undefined) return "complete";
  return code === 426 ? "aborted" : "failed";
}

/** The fields of a transfer's line. */
export function transferFields(
  { transfer: { verb, path }, outcome, reason, bytes, duration, tls }:
    TransferEnd,
  policy: TlsPolicy | undefined,
  account: string | undefined,
): Fields {
  return {
    account,
    verb,
    path,
    bytes,
    seconds: Math.round(duration) / 1000,
    result: outcome,
    reason,
    tls: tls && versionOf(tls),
    resumed: policy?.sessionReuse === "off" ? undefined : tls?.resumed,
  };
}
