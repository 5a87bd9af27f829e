/**
 * Access control: USER PASS ACCT REIN QUIT (RFC 959 section 4.1.1).
 *
 * @module
 */

import { lastReply, type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { Account } from "../accounts.ts";
import type { CommandTable } from "../commands.ts";
import { type Context, type Outcome, resetSession } from "../session.ts";
import type { TlsDemand } from "../tls.ts";
import { TOO_SOON } from "./security.ts";

/** Commands that say who is there. */
export const accessCommands: CommandTable = {
  USER: {
    argument: "required",
    help: "USER <SP> name: say who you are",
    open: true,
    duringTransfer: true,
    async run(context, user) {
      const { session, policy } = context;
      if (session.account !== null) {
        return reply(503, "User already authenticated.");
      }
      session.pending = null;
      // Said before a password is sent for anybody to read.
      const demand = policy.authenticate.demand?.(user) ?? policy.tls?.policy;
      if (isTooOpen(context, demand)) return NOT_SECURE;
      if (await logInByCertificate(context, user)) {
        return reply(232, "User logged in, authorized by certificate.");
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
    run: startOver,
  },
  QUIT: {
    argument: "none",
    help: "QUIT: log out",
    open: true,
    duringTransfer: true,
    run: () => lastReply(221, "Goodbye."),
  },
};

/**
 * What RFC 4217 says of REIN: the reply goes out protected, then TLS ends on
 * this connection, and PBSZ, PROT and AUTH are forgotten. Where TLS came first
 * there is no such state, so that the connection ends.
 */
function startOver({ session, running, readsOn }: Context): Outcome {
  const { control, isImplicit } = session.security;
  if (control !== null && isImplicit) {
    return lastReply(421, "TLS ends here; connect again.");
  }
  if (control !== null && readsOn) return TOO_SOON;
  // A running transfer keeps its data connection (RFC 959).
  if (running !== null) session.dataPort = null;
  resetSession(session);
  const said = reply(220, "Service ready for new user.");
  return control === null ? said : { reply: said, to: "plain" };
}

const NOT_SECURE = reply(550, "SSL/TLS required on the control channel.");

/** Whether somebody who is to use TLS does not. */
function isTooOpen(
  { session }: Context,
  demand: TlsDemand | undefined,
): boolean {
  return demand === "required" && session.security.control === null;
}

/** A certificate in the user's name is as good as a password. */
async function logInByCertificate(
  context: Context,
  user: string,
): Promise<boolean> {
  const { session, policy } = context;
  const { control } = session.security;
  if (!policy.tls?.loginByCertificate) return false;
  if (control?.peer?.commonName !== user) return false;
  const account = await policy.authenticate({
    user,
    password: "",
    remote: session.remote,
    isCertified: true,
  });
  if (account === null) return false;
  welcome(context, account, "certificate");
  return true;
}

function welcome(
  { session, log }: Context,
  account: Account,
  by?: "certificate",
): void {
  session.account = account;
  session.failedLogins = 0;
  log.info("login", { user: account.name, by });
}

async function logIn(
  context: Context,
  user: string,
  password: string,
): Promise<Reply> {
  const { session, policy, signal, log } = context;
  const { remote } = session;
  const account = await policy.authenticate({ user, password, remote });
  if (account !== null) {
    if (isTooOpen(context, account.tls)) return NOT_SECURE;
    welcome(context, account);
    return reply(230, "Login successful.");
  }
  session.failedLogins += 1;
  log.warn("login-failed", { user, attempt: session.failedLogins });
  await policy.sleep(policy.loginDelay * session.failedLogins, signal);
  const last = session.failedLogins >= policy.loginAttempts;
  return (last ? lastReply : reply)(530, "Authentication failed.");
}
