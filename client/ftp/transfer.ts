/**
 * One transfer in its turn: data connection, command, bytes, replies.
 *
 * @module
 */

import type { Reply } from "../../lib/ftp/reply.ts";
import { shownCommand } from "./command_text.ts";
import { accepted, type Turn } from "./control.ts";
import { FtpError, NetworkError } from "./errors.ts";
import { RunningTransfer } from "./running_transfer.ts";
import { isExpired } from "./tls_refusal.ts";
import type { Job, Transferred, TransferSession } from "./transfer_job.ts";

/** The server found no data connection when the command came. */
const NO_DATA = 425;

/**
 * Runs a transfer in its turn. When it is cancelled, the server has been told
 * and all its replies were read when this rejects; where that fails, the
 * control connection is closed.
 *
 * @throws {FtpError} when the server refuses, or says that it failed.
 * @throws {NetworkError} when a connection fails, or no byte moves in time.
 * @throws {ProtocolError} when an upload ends before it was sent.
 */
export async function transfer(
  session: TransferSession,
  job: Job,
  signal: AbortSignal,
): Promise<Transferred> {
  session.control.check(job.command);
  return await session.control.turn(async (turn) => {
    await chooseType(session, turn, job.type);
    const running = await start(session, turn, job, signal);
    try {
      return await running.run(signal);
    } catch (error) {
      if (isExpired(error)) giveUp(session, error);
      if (signal.aborted) throw error;
      if (wasTooEarly(running, error)) session.data.together = "fails";
      else if (!running.rebuffed) throw error;
      if (turn.released || session.control.closed !== null) throw error;
    }
    return await (await start(session, turn, job, signal)).run(signal);
  }, signal);
}

/** Another connection has another TLS session; this one is of no more use. */
function giveUp({ tls, control }: TransferSession, reason: Error): never {
  tls?.wearOut();
  control.close(reason);
  throw reason;
}

/** Prepares the data connection and sends the command, together if possible. */
async function start(
  session: TransferSession,
  turn: Turn,
  job: Job,
  signal: AbortSignal,
): Promise<RunningTransfer> {
  const along = turn.hurries && job.offset === 0 ? job.command : null;
  const port = await session.data.prepare(turn, signal, along);
  if (port.sent) return new RunningTransfer(session, turn, job, port);
  try {
    signal.throwIfAborted();
    if (job.offset > 0) await restart(turn, job.offset);
    await turn.send(job.command);
  } catch (error) {
    port.close();
    throw error;
  }
  return new RunningTransfer(session, turn, job, port);
}

/** Whether the server wanted the data connection first, or lost the command. */
function wasTooEarly(running: RunningTransfer, error: unknown): boolean {
  if (!running.sentAlong || running.moved) return false;
  if (error instanceof FtpError) {
    return error.code === NO_DATA && !/^(EPSV|PASV)$/.test(error.command);
  }
  return error instanceof NetworkError && error.kind === "timeout" &&
    running.unheard;
}

/** Sends TYPE, unless the server has been told already. */
export async function chooseType(
  session: Pick<TransferSession, "type">,
  turn: Turn,
  type: "A" | "I",
): Promise<void> {
  if (session.type === type) return;
  const command = { verb: "TYPE", argument: type };
  session.type = null;
  accepted(command, await turn.ask(command));
  session.type = type;
}

async function restart(turn: Turn, offset: number): Promise<void> {
  const command = { verb: "REST", argument: String(offset) };
  const reply: Reply = await turn.ask(command);
  if (reply.code !== 350) throw new FtpError(shownCommand(command), reply);
}
