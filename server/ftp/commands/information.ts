/**
 * Information: SYST STAT NOOP (RFC 959 section 4.1.3).
 *
 * @module
 */

import { listLine } from "../../../lib/ftp/listing.ts";
import { quotePath } from "../../../lib/ftp/path.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandTable } from "../commands.ts";
import type { AccountContext, Context } from "../session.ts";
import { type Security, versionOf } from "../tls.ts";
import { select } from "../listing/select.ts";

/** A reply has an end: STAT of a folder shows this many entries. */
const MAX_STAT_LINES = 1000;
/** Nothing else is heard meanwhile: patterns look at this many entries. */
const MAX_STAT_ENTRIES = 10_000;

/** Commands that tell about the server. */
export const informationCommands: CommandTable = {
  SYST: {
    argument: "none",
    help: "SYST: print the kind of system",
    open: true,
    run: () => reply(215, "UNIX Type: L8"),
  },
  NOOP: {
    argument: "optional",
    help: "NOOP: do nothing",
    open: true,
    duringTransfer: true,
    run: () => reply(200, "NOOP command successful."),
  },
  STAT: {
    argument: "optional",
    help: "STAT [<SP> name]: print the state of the session, or list a folder",
    open: true,
    duringTransfer: true,
    async run(context, argument) {
      if (argument === "") return status(context);
      const { account } = context.session;
      if (account === null) {
        return reply(530, "Log in with USER and PASS first.");
      }
      return await statPath({ ...context, account }, argument);
    },
  },
};

function status({ session, running, policy }: Context): Reply {
  const { account, pending, type, mode, dataPort, security } = session;
  const lines = [
    ` Connected from ${session.remote} to ${session.local}`,
    account !== null
      ? ` Logged in as ${account.name}`
      : pending?.for === "password"
      ? " Waiting for password"
      : " Waiting for username",
    ` TYPE: ${type === "ascii" ? "ASCII" : "Binary"}; STRUcture: File; MODE: ${
      mode === "stream" ? "Stream" : "Z (deflate)"
    }`,
  ];
  if (policy.tls !== undefined) lines.push(` ${protection(security)}`);
  if (running !== null) {
    const { transfer, bytes } = running;
    lines.push(` Transferring: ${transfer.verb} ${transfer.path}`);
    lines.push(` Total bytes so far: ${bytes}`);
  } else {
    lines.push(
      dataPort === null ? " Data connection closed" : " Data port chosen",
    );
  }
  return reply(211, "FTP server status:", ...lines, "End of status.");
}

function protection({ control, data }: Security): string {
  const how = control === null ? "plain text" : `TLS ${versionOf(control)}`;
  return `Control connection: ${how}; data: ${data}`;
}

async function statPath(
  context: AccountContext,
  argument: string,
): Promise<Reply> {
  const { policy } = context;
  const now = policy.now();
  const { path, items } = await select(context, argument, {
    most: MAX_STAT_ENTRIES,
  });
  const lines: string[] = [];
  for await (const { entry, shown } of items) {
    if (lines.length === MAX_STAT_LINES) {
      lines.push(` (the first ${MAX_STAT_LINES}; LIST shows all)`);
      break;
    }
    const line = entry === null
      ? shown
      : listLine({ ...entry, name: shown }, now);
    lines.push(` ${line}`);
  }
  const what = `Status of ${quotePath(path)}:`;
  return reply(213, what, ...lines, "End of status.");
}
