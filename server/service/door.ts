/**
 * Who may come in to a small server: by address, by how often, by how many.
 *
 * @module
 */

import type { Log } from "../../lib/log.ts";
import {
  type Admission,
  admission,
  type Refusal,
} from "../../lib/net/admission.ts";
import { accessRules } from "../../lib/net/cidr.ts";
import { networkKey } from "../../lib/net/ip.ts";
import { oncePerSource } from "../../lib/net/once_per_source.ts";
import { tokenBucket } from "../../lib/net/token_bucket.ts";
import type { StreamCounters } from "./counters.ts";
import type { Limits } from "./options.ts";

/**
 * An {@linkcode Admission} by the shared limits, which counts whom it refuses
 * and tells the log once for each source.
 */
export function doorOf(
  limits: Limits,
  counters: StreamCounters,
  log: Log,
): Admission {
  const { maxConnections: max, maxPerAddress: perAddress, rate } = limits;
  const counts = admission({ max, perAddress });
  const allows = accessRules(limits);
  const buckets = rate ? tokenBucket(rate) : null;
  const isNews = oncePerSource();

  function decide(address: string): Refusal | null {
    if (!allows(address)) return "denied";
    const isOften = address !== "" &&
      buckets?.take(networkKey(address)) === false;
    return isOften ? "too-often" : counts.enter(address);
  }

  return {
    enter(address) {
      const refusal = decide(address);
      if (refusal === null) return null;
      counters.refused[refusal]++;
      if (isNews(refusal, address)) {
        log.warn("refused", { peer: address || "unix", why: refusal });
      }
      return refusal;
    },
    leave: (address) => counts.leave(address),
  };
}
