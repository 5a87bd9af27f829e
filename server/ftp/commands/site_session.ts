/**
 * SITE commands about sessions and accounts: IDLE WHO QUOTA.
 *
 * @module
 */

import { formatSize } from "../../../lib/cli/size.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import { visible } from "../../../lib/visible.ts";
import type { SessionView } from "../operations/observer.ts";
import type { AccountContext } from "../session.ts";
import type { SiteCommand } from "./site.ts";

/** Shortest time-out that SITE IDLE gives, in seconds. */
const MIN_IDLE = 30;
/** A reply has an end: SITE WHO shows this many sessions. */
const MAX_SESSIONS = 500;

/** SITE commands about sessions and accounts. */
export const siteSessionCommands: Readonly<Record<string, SiteCommand>> = {
  IDLE: {
    help: "IDLE [<SP> seconds]: choose how long the server waits for commands",
    run: setIdle,
  },
  WHO: {
    help: "WHO: list your sessions; administrators see all",
    run: tellSessions,
  },
  QUOTA: {
    help: "QUOTA: print how much your files take, and how much they may",
    run: tellQuota,
  },
};

function setIdle(
  { session, policy }: AccountContext,
  argument: string,
): Reply {
  const { idleTimeout: most } = policy;
  if (most === undefined) return reply(502, "SITE IDLE is not offered.");
  const longest = Math.floor(most / 1000);
  if (argument === "") {
    const now = Math.floor((session.idleTimeout ?? most) / 1000);
    return reply(200, `Idle time-out is ${now} seconds, at most ${longest}.`);
  }
  const seconds = /^\d{1,9}$/.test(argument) ? Number(argument) : NaN;
  const shortest = Math.min(MIN_IDLE, longest);
  if (!(seconds >= shortest && seconds <= longest)) {
    return reply(501, `Idle time-outs are ${shortest} to ${longest} seconds.`);
  }
  session.idleTimeout = seconds * 1000;
  return reply(200, `Idle time-out is ${seconds} seconds now.`);
}

/** Who shares an account, as all anonymous users do, sees an address's own. */
async function tellSessions(
  { session, account, policy, who }: AccountContext,
): Promise<Reply> {
  if (who === undefined) return reply(502, "SITE WHO is not offered.");
  const all = await who();
  const mine = account.profile?.admin
    ? all
    : all.filter(({ account: name, address }) =>
      name === account.name && address === session.remote
    );
  const lines = mine.slice(0, MAX_SESSIONS)
    .map((view) => ` ${sessionLine(view, policy.now())}`);
  const last = mine.length > lines.length
    ? `The first ${lines.length} of ${mine.length} sessions.`
    : `${mine.length} session${mine.length === 1 ? "" : "s"}.`;
  return reply(200, "Sessions:", ...lines, last);
}

function sessionLine(
  { id, account, address, since, command, transfer }: SessionView,
  now: number,
): string {
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const doing = transfer === null
    ? command
    : `${transfer.verb} ${transfer.path} (${transfer.bytes} bytes, ` +
      `${Math.round(transfer.rate)} a second)`;
  const words = [id, account ?? "-", address, `${seconds}s`, doing];
  // Somebody else has chosen the path, and an administrator looks at it.
  return visible(words.join(" ").trim());
}

async function tellQuota({ account }: AccountContext): Promise<Reply> {
  const usage = await account.fs.usage();
  if (usage === null) return reply(200, "There is no quota.");
  const { bytes, files, maxBytes, maxFiles } = usage;
  const of = (most: number | undefined, show: (most: number) => string) =>
    most === undefined ? "" : ` of ${show(most)}`;
  return reply(
    200,
    "Quota:",
    ` Bytes: ${bytes}${of(maxBytes, formatSize)}`,
    ` Files: ${files}${of(maxFiles, String)}`,
    "End of quota.",
  );
}
