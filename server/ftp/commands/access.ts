/**
 * Access control: USER PASS ACCT REIN QUIT (RFC 959 section 4.1.1).
 *
 * @module
 */

import { lastReply, type Reply, reply } from "../../../lib/ftp/reply.ts";
import { type Context, resetSession } from "../session.ts";
import type { CommandTable } from "../commands.ts";

/** Commands that say who is there. */
export const accessCommands: CommandTable = {
  USER: {
    argument: "required",
    help: "USER <SP> name: say who you are",
    open: true,
    duringTransfer: true,
    run({ session }, user) {
      if (session.account !== null) {
        return reply(503, "User already authenticated.");
      }
      session.pending = { for: "password", user };
      return reply(331, "Username ok, send password.");
    },
  },
  PASS: {
    argument: "optional",
    help: "PASS [<SP> password]: prove who you are",
    open: true,
    run(context, password) {
      const { session } = context;
      if (session.account !== null) {
        return reply(503, "User already authenticated.");
      }
      if (session.pending?.for !== "password") {
        return reply(503, "Login with USER first.");
      }
      const { user } = session.pending;
      session.pending = null;
      return logIn(context, user, password);
    },
  },
  ACCT: {
    argument: "required",
    help: "ACCT <SP> account: name an account (not needed here)",
    run: () => reply(202, "No account is needed."),
  },
  REIN: {
    argument: "none",
    help: "REIN: forget who is logged in and start over",
    duringTransfer: true,
    run({ session, running }) {
      // A running transfer keeps its data connection (RFC 959).
      if (running !== null) session.dataPort = null;
      resetSession(session);
      return reply(220, "Service ready for new user.");
    },
  },
  QUIT: {
    argument: "none",
    help: "QUIT: log out",
    open: true,
    duringTransfer: true,
    run: () => lastReply(221, "Goodbye."),
  },
};

async function logIn(
  { session, policy, signal, log }: Context,
  user: string,
  password: string,
): Promise<Reply> {
  const { remote } = session;
  const account = await policy.authenticate({ user, password, remote });
  if (account !== null) {
    session.account = account;
    session.failedLogins = 0;
    log.info("login", { user });
    return reply(230, "Login successful.");
  }
  session.failedLogins += 1;
  log.warn("login-failed", { user, attempt: session.failedLogins });
  await policy.sleep(policy.loginDelay * session.failedLogins, signal);
  const last = session.failedLogins >= policy.loginAttempts;
  return (last ? lastReply : reply)(530, "Authentication failed.");
}
