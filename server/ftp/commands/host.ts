/**
 * HOST (RFC 7151): which of several servers at one address is meant.
 *
 * @module
 */

import { ipVersion, normalizeAddress } from "../../../lib/net/ip.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandTable } from "../commands.ts";
import { greetingOf, hostNamed } from "../accounts/hosts.ts";
import type { Context } from "../session.ts";

/** A name of the DNS (RFC 1123 section 2.1); a dot may end it. */
const DNS_NAME =
  /^(?=.{1,254}$)[a-z\d_][a-z\d_-]{0,62}(\.[a-z\d_][a-z\d_-]{0,62})*\.?$/i;

/** Commands that choose a virtual host. */
export const hostCommands: CommandTable = {
  HOST: {
    argument: "required",
    help: "HOST <SP> name: say which server is meant, before USER",
    feature: "HOST",
    open: true,
    hosts: true,
    run: choose,
  },
};

/** The last one before USER counts; REIN and AUTH forget it. */
function choose(context: Context, name: string): Reply {
  const { session, policy } = context;
  if (session.account !== null || session.pending?.for === "password") {
    return reply(503, "HOST comes before USER.");
  }
  if (!isHost(name)) return reply(501, "Invalid host name.");
  const host = hostNamed(name, policy.hosts);
  const isServer = isAddress(name, session.local);
  if (host === undefined && !isServer) return reply(504, "Unknown host.");
  if (contradicts(context, host)) {
    return reply(504, "TLS was begun with another host.");
  }
  session.host = host ?? null;
  return reply(220, ...greetingOf(session, policy));
}

function isHost(name: string): boolean {
  return DNS_NAME.test(name) || ipVersion(unbracketed(name)) !== null;
}

/** Whether this is the server's own address, hence the server itself. */
function isAddress(name: string, local: string): boolean {
  return normalizeAddress(unbracketed(name)) === normalizeAddress(local);
}

/** An address may stand in brackets, as in URLs. */
function unbracketed(name: string): string {
  return name.replace(/^\[(.*)\]$/, "$1");
}

/** The certificate was shown for one host; it does not speak for another. */
function contradicts(
  { session, policy }: Context,
  host: ReturnType<typeof hostNamed>,
): boolean {
  const name = session.security.control?.serverName;
  const shown = name ? hostNamed(name, policy.hosts) : undefined;
  return shown !== undefined && shown !== host;
}
