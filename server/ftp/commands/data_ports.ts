/**
 * Data ports: PASV PORT (RFC 959 section 4.1.2), EPSV EPRT (RFC 2428).
 *
 * @module
 */

import {
  formatPort,
  parseExtendedPort,
  parsePort,
} from "../../../lib/ftp/address.ts";
import type { HostPort } from "../../../lib/host_port.ts";
import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandTable } from "../commands.ts";
import {
  type AccountContext,
  DataPortError,
  type PassivePort,
} from "../session.ts";
import { EarlyPort } from "../tls/data_handshake.ts";
import { demandOn } from "./security.ts";

const ONLY_EXTENDED = reply(
  501,
  "Not allowed after EPSV ALL; only EPSV is.",
);
const NOT_PRIVATE = reply(550, "SSL/TLS required on the data channel.");

/** Commands that say how the next data connection is made. */
export const dataPortCommands: CommandTable = {
  PASV: {
    argument: "none",
    help: "PASV: wait for a data connection over IPv4",
    async run(context) {
      const { session, policy } = context;
      if (session.onlyExtended) return ONLY_EXTENDED;
      if (family(session.local) !== "1") {
        return reply(425, "PASV is for IPv4 only; use EPSV.");
      }
      const { port } = await waitForClient(context);
      const hostname = policy.dataPorts.passiveAddress?.(session) ??
        session.local;
      const numbers = formatPort({ hostname, port });
      return reply(227, `Entering Passive Mode (${numbers}).`);
    },
  },
  EPSV: {
    argument: "optional",
    help: "EPSV [<SP> 1 | 2 | ALL]: wait for a data connection",
    feature: "EPSV",
    async run(context, argument) {
      const { session } = context;
      if (argument.toUpperCase() === "ALL") {
        session.onlyExtended = true;
        return reply(200, "EPSV ALL ok.");
      }
      if (argument !== "" && !/^\d{1,5}$/.test(argument)) {
        return reply(501, "Invalid EPSV format.");
      }
      if (argument !== "" && argument !== family(session.local)) {
        return wrongFamily(session.local);
      }
      const { port } = await waitForClient(context);
      return reply(229, `Entering Extended Passive Mode (|||${port}|).`);
    },
  },
  PORT: {
    argument: "required",
    help: "PORT <SP> h1,h2,h3,h4,p1,p2: connect to me over IPv4",
    run(context, argument) {
      if (context.session.onlyExtended) return ONLY_EXTENDED;
      const target = parsePort(argument);
      if (target === null) return reply(501, "Invalid PORT format.");
      return connectToClient(context, target, "PORT");
    },
  },
  EPRT: {
    argument: "required",
    help: "EPRT <SP> |1 or 2|address|port|: connect to me",
    feature: "EPRT",
    run(context, argument) {
      const { session } = context;
      if (session.onlyExtended) return ONLY_EXTENDED;
      const target = parseExtendedPort(argument);
      if (target === null) return reply(501, "Invalid EPRT format.");
      const version = family(session.local);
      if (target.family !== version) return wrongFamily(session.local);
      if (family(target.hostname) !== version) {
        return reply(501, "Invalid EPRT format.");
      }
      // lftp leaves it to the server to know where it calls from.
      const hostname = target.hostname === "::"
        ? session.remote
        : target.hostname;
      return connectToClient(context, { ...target, hostname }, "EPRT");
    },
  },
};

/** Address family number (RFC 2428 section 2) of an address. */
function family(address: string): "1" | "2" {
  return address.includes(":") ? "2" : "1";
}

function wrongFamily(local: string): Reply {
  return reply(522, `Network protocol not supported (use ${family(local)}).`);
}

/** A session has one data port at the most; a new one closes the old. */
async function waitForClient(context: AccountContext): Promise<PassivePort> {
  const { session, policy } = context;
  checkProtection(context);
  session.dataPort?.close();
  session.dataPort = null;
  const port = await policy.dataPorts.passive(session);
  const isPrivate = session.security.data === "private";
  session.dataPort = isPrivate ? new EarlyPort(port, policy.tls!.server) : port;
  return port;
}

function connectToClient(
  context: AccountContext,
  target: HostPort,
  verb: string,
): Reply {
  const { session, policy } = context;
  checkProtection(context);
  const port = policy.dataPorts.active(target, session);
  session.dataPort?.close();
  session.dataPort = port;
  return reply(200, `${verb} command successful.`);
}

/** Said here, where clients still know why, and not when a transfer starts. */
function checkProtection(context: AccountContext): void {
  const { data } = context.session.security;
  if (data === "private" || demandOn(context) === "optional") return;
  throw new DataPortError(NOT_PRIVATE);
}
