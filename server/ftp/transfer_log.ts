/**
 * What the log says of a transfer.
 *
 * @module
 */

import type { Fields } from "../../lib/log.ts";
import type { Transfer } from "./session.ts";
import { type TlsPolicy, versionOf } from "./tls.ts";
import type { TransferResult } from "./transfer.ts";

/** The fields of a transfer's line. */
export function transferFields(
  { verb, path }: Transfer,
  { bytes, duration, facts, failure }: TransferResult,
  tls: TlsPolicy | undefined,
): Fields {
  return {
    verb,
    path,
    bytes,
    seconds: Math.round(duration) / 1000,
    result: failure === undefined ? "complete" : "failed",
    reason: failure,
    tls: facts && versionOf(facts),
    resumed: tls?.sessionReuse === "off" ? undefined : facts?.resumed,
  };
}
