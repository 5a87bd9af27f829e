/**
 * How what a command wants done begins: a transfer, or work without a data
 * connection.
 *
 * @module
 */

import { reply } from "../../lib/ftp/reply.ts";
import type { Arrivals } from "./arrivals.ts";
import { errorReply } from "./commands.ts";
import { presenceWait } from "./presence.ts";
import { guardData, type Secured } from "./tls/securing.ts";
import type { Transfer, Work } from "./session.ts";
import { type StartedTransfer, startTransfer } from "./transfer.ts";
import { startWork } from "./work.ts";

/** What surrounds a transfer. */
export interface Surroundings {
  /** The session. */
  readonly secured: Secured;
  /** What its client sends. */
  readonly arrivals: Arrivals;
  /** Aborts when the session is over. */
  readonly signal: AbortSignal;
}

/** A transfer that has begun. */
export interface Begun {
  /** The transfer. */
  readonly started: StartedTransfer;
  /** Resolves when its 150 is on the wire. */
  readonly announced: Promise<void>;
}

/** Begins a transfer over the session's data port. */
export async function beginTransfer(
  transfer: Transfer,
  around: Surroundings,
): Promise<Begun> {
  const { session, channel: { replies }, options } = around.secured;
  const { dataTimeout, buffers, breather } = options.limits;
  const port = session.dataPort!;
  session.dataPort = null;
  const isUpload = "receive" in transfer.end;
  const guard = await guardData(around.secured, port, isUpload);
  if (!guard.isRefused) replies.add(reply(150, transfer.opening));
  const announced = replies.flush();
  const started = startTransfer(transfer, port, {
    dataTimeout,
    buffers,
    breather,
    secure: guard.secure,
    pace: session.account?.pacing?.transfer(isUpload ? "up" : "down"),
    clientPresent: (bytes, duration) => isPresent(around, bytes, duration),
  });
  return { started, announced };
}

/** Begins work that needs no data connection. */
export function beginWork(
  work: Work,
  { secured: { options: { log } }, signal }: Surroundings,
): StartedTransfer {
  return startWork(
    work,
    (error) => errorReply(error, work.verb, { log, signal }),
  );
}

/** Whether the client is there to hear that its upload is complete. */
async function isPresent(
  { secured: { options: { turn, policy } }, arrivals, signal }: Surroundings,
  bytes: number,
  duration: number,
): Promise<boolean> {
  await turn();
  const wait = presenceWait(bytes, duration);
  if (wait > 0 && !arrivals.hasEnded) await policy.sleep(wait, signal);
  return !arrivals.hasEnded || arrivals.saidGoodbye;
}
