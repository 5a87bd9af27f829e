/**
 * Access control: USER PASS ACCT REIN QUIT (RFC 959 section 4.1.1), HOST.
 *
 * @module
 */

import { lastReply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandTable } from "../commands.ts";
import {
  logIn,
  logInByCertificate,
  mustSecure,
  NOT_SECURE,
} from "../accounts/log_in.ts";
import { type Context, type Outcome, resetSession } from "../session.ts";
import { hostCommands } from "./host.ts";
import { TOO_SOON } from "./security.ts";

/** Commands that say who is there, and where. */
export const accessCommands: CommandTable = {
  ...hostCommands,
  USER: {
    argument: "required",
    help: "USER <SP> name: say who you are",
    open: true,
    duringTransfer: true,
    async run(context, user) {
      const { session } = context;
      if (session.account !== null) {
        return reply(503, "User already authenticated.");
      }
      session.pending = null;
      if (mustSecure(context, user)) return NOT_SECURE;
      const certified = await logInByCertificate(context, user);
      if (certified !== null) return certified;
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
