/**
 * What is said to who must go, and what the log calls it.
 *
 * @module
 */

import { lastReply, type Reply, reply } from "../../lib/ftp/reply.ts";

/**
 * Why a session ended.
 *
 * - `quit`: the client said so.
 * - `lost`: the connection just ended.
 * - `timeout`: it did nothing for too long, or did not log in.
 * - `session-timeout`: it was there for longer than a session may be.
 * - `kicked`: an administrator wanted it gone.
 * - `stopping`: the server stops.
 * - `refused`: what it sent could not go on, such as too many wrong passwords.
 */
export type Parting =
  | "quit"
  | "lost"
  | "timeout"
  | "session-timeout"
  | "kicked"
  | "stopping"
  | "refused";

/** Last words to who must go, whatever they were doing. */
export const LAST_WORDS: Readonly<
  Record<"timeout" | "session-timeout" | "kicked" | "stopping", Reply>
> = {
  "timeout": lastReply(421, "Control connection timed out."),
  "session-timeout": lastReply(421, "The session has lasted long enough."),
  "kicked": lastReply(421, "Disconnected by the administrator."),
  "stopping": lastReply(421, "Server is shutting down."),
};

/** To who sends no ends of lines. */
export const FLOODED: Reply = lastReply(
  421,
  "Too many bytes without an end of line.",
);
/** To who knows no command at all. */
export const CONFUSED: Reply = lastReply(421, "Too many unknown commands.");

/**
 * Of a transfer that ABOR stops. Without the word ABOR, which makes lftp take
 * it for the reply to ABOR.
 */
export const ABORTED: Reply = reply(426, "Transfer aborted.");
/** Of a transfer whose control connection is gone. */
export const CONTROL_CLOSED: Reply = reply(426, "Control connection closed.");
/** Of a transfer whose session an administrator ended. */
export const KICKED: Reply = reply(426, "Disconnected by the administrator.");

/** Why a session ends with this reply. */
export function partingOf({ code }: Reply): Parting {
  return code === 221 ? "quit" : "refused";
}
