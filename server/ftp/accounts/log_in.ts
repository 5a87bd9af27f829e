/**
 * Logging in: what USER and PASS say is checked, and the session begins for
 * the account, or a failure costs what it must.
 *
 * @module
 */

import { lastReply, type Reply, reply } from "../../../lib/ftp/reply.ts";
import { FsError } from "../../fs/file_system.ts";
import { type Account, type Admittance, isLetIn } from "../accounts.ts";
import type { Penalty } from "../limits/failures.ts";
import { hostOf } from "./hosts.ts";
import type { Context } from "../session.ts";
import { shownUser } from "./shown_user.ts";
import type { TlsDemand } from "../tls.ts";

/** Told to who must use TLS and does not, before a password is looked at. */
export const NOT_SECURE: Reply = reply(
  550,
  "SSL/TLS required on the control channel.",
);
/** Told to whoever failed too often, also when the password is right now. */
export const BANNED: Reply = lastReply(
  421,
  "Too many failed logins, try again later.",
);
const FAILED = "Authentication failed.";

/**
 * Whether a user who is named now may not go on without TLS. Said before a
 * password is sent for anybody to read.
 */
export function mustSecure(context: Context, user: string): boolean {
  const { session, policy } = context;
  const host = hostOf(session, policy);
  const demand = policy.authenticate.demand?.(user, host?.names[0]) ??
    host?.tls ?? policy.tls?.policy;
  return isTooOpen(context, demand);
}

/** Whether somebody who is to use TLS does not. */
function isTooOpen(
  { session }: Context,
  demand: TlsDemand | undefined,
): boolean {
  return demand === "required" && session.security.control === null;
}

/** What PASS is answered. */
export async function logIn(
  context: Context,
  user: string,
  password: string,
): Promise<Reply> {
  const began = context.policy.now();
  const admittance = await admittanceOf(context, { user, password });
  if (!isLetIn(admittance)) {
    return await refuse(context, user, admittance, began);
  }
  if (isTooOpen(context, admittance.tls)) {
    admittance.release?.();
    return NOT_SECURE;
  }
  await welcome(context, admittance);
  return reply(230, ...linesFor(admittance), "Login successful.");
}

/**
 * Lets in who shows a certificate in the user's name, which is as good as a
 * password; `null` when a password must be asked for.
 */
export async function logInByCertificate(
  context: Context,
  user: string,
): Promise<Reply | null> {
  const { session, policy } = context;
  const { control } = session.security;
  if (!policy.tls?.loginByCertificate) return null;
  if (control?.peer?.commonName !== user) return null;
  const given = { user, password: "", isCertified: true };
  const admittance = await admittanceOf(context, given);
  if (!isLetIn(admittance)) return null;
  await welcome(context, admittance, "certificate");
  const lines = linesFor(admittance);
  return reply(232, ...lines, "User logged in, authorized by certificate.");
}

function admittanceOf(
  { session, policy }: Context,
  given: { user: string; password: string; isCertified?: boolean },
): Admittance | Promise<Admittance> {
  return policy.authenticate({
    ...given,
    remote: session.remote,
    host: hostOf(session, policy)?.names[0],
    tls: session.security.control !== null,
  });
}

/** The account's own greeting, which stands above the reply's last line. */
function linesFor({ greeting = "" }: Account): string[] {
  const text = greeting.trimEnd();
  return text === "" ? [] : text.split("\n");
}

async function welcome(
  { session, policy, log }: Context,
  account: Account,
  by?: "certificate",
): Promise<void> {
  session.account = account;
  session.failedLogins = 0;
  policy.gate?.succeeded(session.remote, account.name);
  const host = hostOf(session, policy)?.names[0];
  log.info("login", { user: account.name, host, by });
  session.directory = await startOf(account, log);
}

/** Where the session starts; at the root when that folder is not there. */
async function startOf(
  { name, fs, start = "/" }: Account,
  log: Context["log"],
): Promise<string> {
  if (start === "/") return start;
  try {
    if ((await fs.stat(start)).type === "directory") return start;
    throw new FsError("not-directory");
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    log.warn("no-start-folder", {
      user: name,
      path: start,
      reason: error.message,
    });
    return "/";
  }
}

/**
 * Wrong passwords, unknown users and whoever may not come in look the same, and
 * the time that it takes is counted from the command on, so that it tells
 * nothing as long as it covers the check.
 */
async function refuse(
  context: Context,
  user: string,
  denied: Exclude<Admittance, Account>,
  began: number,
): Promise<Reply> {
  const { session, policy, signal, log } = context;
  const shown = shownUser(user);
  if (denied?.reply !== undefined) {
    log.warn("login-refused", { user: shown, reason: denied.reason });
    return denied.reply;
  }
  session.failedLogins += 1;
  const attempt = session.failedLogins;
  const reason = denied?.reason;
  log.warn("login-failed", { user: shown, attempt, reason });
  const { delay, bannedFor } = await penaltyFor(context, user);
  const elapsed = Math.max(0, policy.now() - began);
  await policy.sleep(Math.max(0, delay - elapsed), signal);
  if (bannedFor > 0) return BANNED;
  const last = attempt >= policy.loginAttempts;
  return (last ? lastReply : reply)(530, FAILED);
}

async function penaltyFor(
  { session, policy, observer }: Context,
  user: string,
): Promise<Penalty> {
  const { failedLogins, remote } = session;
  const penalty: Penalty = await policy.gate?.failed(remote, user) ??
    { delay: policy.loginDelay * failedLogins, bannedFor: 0 };
  const { bannedFor, wasBanned } = penalty;
  if (bannedFor > 0 && !wasBanned) observer?.banned(bannedFor);
  return penalty;
}
