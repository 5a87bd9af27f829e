/**
 * Clients that are turned away at the door: what they are told, and what the
 * log says of it.
 *
 * @module
 */

import { type Sink, writeAll } from "../../../lib/bytes.ts";
import { formatReply, type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { Log } from "../../../lib/log.ts";
import type { Refusal } from "../../../lib/net/admission.ts";
import type { TcpContext } from "../../../lib/net/tcp.ts";
import {
  tokenBucket,
  type TokenBucketOptions,
} from "../../../lib/net/token_bucket.ts";
import { offenderOf } from "./offender.ts";

/** Log lines for each address and reason; beyond it metrics count. */
const LINES = { perSecond: 1 / 60, burst: 10 };
/** Addresses and reasons that are remembered. */
const MAX_KEYS = 1024;

const REPLIES: Record<Refusal, Reply> = {
  "too-many": reply(
    421,
    "Too many connections. Service temporarily unavailable.",
  ),
  "too-many-from-address": reply(
    421,
    "Too many connections from the same IP address.",
  ),
  "too-often": reply(
    421,
    "Too many connections in a short time, please try again later.",
  ),
  "banned": reply(421, "Too many failed logins, try again later."),
  "denied": reply(421, "Connections from your address are not allowed."),
};

/** Options for {@linkcode turnAway}. */
export interface TurnAwayOptions extends Pick<TokenBucketOptions, "clock"> {
  /** Where refusals are told; ten times for an address, then once a minute. */
  readonly log?: Log | undefined;
  /** Whether TLS comes first, so that plain text would mean nothing. */
  isImplicit(context: TcpContext): boolean;
}

/**
 * A function that tells a refused client why, and the log. Whoever comes on and
 * on does not fill the log.
 */
export function turnAway(
  { log, isImplicit, clock }: TurnAwayOptions,
): (
  conn: Pick<Sink, "write">,
  refusal: Refusal,
  context: TcpContext,
) => Promise<void> {
  const lines = tokenBucket(LINES, { maxKeys: MAX_KEYS, clock });
  return async (conn, reason, context) => {
    const { hostname: address } = context.peer;
    const isNews = lines.take(`${reason} ${offenderOf(address)}`);
    if (isNews) log?.warn("refused", { address, reason });
    if (isImplicit(context)) return;
    await writeAll(conn, formatReply(REPLIES[reason]));
  };
}
