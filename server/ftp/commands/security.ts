/**
 * Security: AUTH PBSZ PROT CCC (RFC 2228 section 3, RFC 4217).
 *
 * @module
 */

import { type Reply, reply } from "../../../lib/ftp/reply.ts";
import type { CommandTable } from "../commands.ts";
import { type Context, type Outcome, resetSession } from "../session.ts";
import type { TlsDemand } from "../tls.ts";

/** What may be asked for, and whether data connections are protected then. */
const MECHANISMS: ReadonlyMap<string, "clear" | "private"> = new Map([
  // Names from before RFC 4217, which protect data without PROT.
  ["SSL", "private"],
  ["TLS-P", "private"],
  ["TLS", "clear"],
  ["TLS-C", "clear"],
]);

/** Told before a change of the connection for which it is too late. */
export const TOO_SOON: Reply = reply(503, "Wait for the transfer to end.");

/** Commands that begin, choose and end protection. */
export const securityCommands: CommandTable = {
  AUTH: {
    argument: "required",
    help: "AUTH <SP> TLS | SSL: protect this connection",
    feature: ["AUTH TLS", "AUTH SSL"],
    open: true,
    tls: true,
    run: begin,
  },
  PBSZ: {
    argument: "required",
    help: "PBSZ <SP> 0: say the size of protected blocks (TLS has its own)",
    feature: "PBSZ",
    open: true,
    tls: true,
    run({ session: { security } }, argument) {
      if (security.control === null) return insecure("PBSZ");
      const isSize = /^\d{1,10}$/.test(argument) && Number(argument) < 2 ** 32;
      if (!isSize) return reply(501, "Invalid parameter.");
      security.hasBufferSize = true;
      return reply(200, "PBSZ=0 successful.");
    },
  },
  PROT: {
    argument: "required",
    help: "PROT <SP> P | C: protect data connections, or not",
    feature: "PROT",
    open: true,
    tls: true,
    run: protect,
  },
  CCC: {
    argument: "none",
    help: "CCC: end the protection of this connection, not that of data",
    feature: "CCC",
    tls: true,
    run(context) {
      const { session: { security }, readsOn } = context;
      if (security.control === null) {
        return reply(533, "CCC not allowed on insecure control connection.");
      }
      if (demandOn(context) === "required") {
        return reply(534, "SSL/TLS required on the control channel.");
      }
      if (readsOn) return TOO_SOON;
      security.control = null;
      return {
        reply: reply(200, "Control connection reverts to plain text."),
        to: "plain",
      };
    },
  },
};

/** What the account that is logged in demands, or else the server. */
export function demandOn({ session, policy }: Context): TlsDemand {
  return session.account?.tls ?? policy.tls?.policy ?? "optional";
}

function begin(
  { session, policy, readsOn, log }: Context,
  argument: string,
): Outcome {
  const mechanism = argument.toUpperCase();
  const data = MECHANISMS.get(mechanism);
  if (data === undefined) {
    return reply(504, "Unsupported mechanism; use AUTH TLS.");
  }
  if (session.security.control !== null) {
    return reply(503, "Already using TLS.");
  }
  if (readsOn) return TOO_SOON;
  if (!policy.tls!.mayShakeHands(session.remote)) {
    log.warn("handshake-refused", { reason: "too-often" });
    return reply(431, "Too many TLS handshakes, please try again later.");
  }
  // Who logged in, and whatever they chose, may have been somebody in between.
  resetSession(session);
  session.security.data = data;
  return { reply: reply(234, `AUTH ${mechanism} successful.`), to: "tls" };
}

function protect(context: Context, argument: string): Reply {
  const { session } = context;
  const { security } = session;
  if (security.control === null) return insecure("PROT");
  if (!security.hasBufferSize) return reply(503, "Use PBSZ before PROT.");
  const level = argument.toUpperCase();
  if (level === "S" || level === "E") {
    return reply(536, `PROT ${level} unsupported; use C or P.`);
  }
  if (level !== "C" && level !== "P") {
    return reply(504, "Unrecognized PROT type; use C or P.");
  }
  if (level === "C" && demandOn(context) === "required") {
    return reply(534, "SSL/TLS required on the data channel.");
  }
  if (level === "C" && security.data === "private") {
    // Whoever connects to it begins with TLS.
    session.dataPort?.close();
    session.dataPort = null;
  }
  security.data = level === "P" ? "private" : "clear";
  return reply(
    200,
    `Protection set to ${level === "P" ? "Private" : "Clear"}.`,
  );
}

function insecure(verb: string): Reply {
  return reply(503, `${verb} not allowed on insecure control connection.`);
}
