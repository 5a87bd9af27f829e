/**
 * A session: the control connection with what was learned about the server.
 *
 * @module
 */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type { Charset } from "../../lib/ftp/charset.ts";
import {
  type Features,
  hasMachineListings,
  parseFeatures,
} from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { formatHostPort } from "../../lib/net/address.ts";
import type { HostPort } from "../../lib/host_port.ts";
import {
  type ClientNetwork,
  socketNetwork,
} from "../../lib/net/client_network.ts";
import { type Command, shownCommand } from "./command_text.ts";
import { accepted, FtpControl, type TraceEvent } from "./control.ts";
import { DataConnector, type DataOptions } from "./data.ts";
import { FtpError } from "./errors.ts";
import { Patience } from "./patience.ts";
import type { ClientTlsChoice } from "./tls.ts";
import {
  askForTls,
  clearCommands,
  mustBePrivate,
  protectData,
} from "./tls_commands.ts";
import { connectControl, withTls } from "./tls_open.ts";
import type { SessionTls } from "./tls_session.ts";
import type { TransferSession } from "./transfer_job.ts";

/** Options for {@linkcode openSession}. Times are in milliseconds. */
export interface SessionOptions extends DataOptions {
  /** Name or address of the server. */
  hostname: string;
  /** Port of the control connection. @default 21, with implicit TLS 990 */
  port?: number;
  /** Time for a connection, a reply, or the next byte. @default {30000} */
  timeout?: number;
  /** Time between NOOPs during a transfer; 0 for none. @default {60000} */
  keepAlive?: number;
  /** How names are written. @default {"utf-8"} */
  charset?: Charset;
  /**
   * Send commands before earlier ones were answered, where that is safe. A
   * server that loses them is recognised, at the latest by a time-out.
   *
   * @default {true}
   */
  sendAhead?: boolean;
  /** How the connection is protected. @default not at all */
  tls?: ClientTlsChoice | undefined;
  /** Told of every command and reply; passwords are left out. @default nobody */
  trace?: (event: TraceEvent) => void;
  /** Makes connections. @default this machine's */
  network?: ClientNetwork;
  /** Whose milliseconds count. @default {systemClock} */
  clock?: Clock;
}

/** Who logs in. */
export interface Login {
  /** Name for USER. */
  user: string;
  /** Text for PASS, sent when the server asks for it. */
  password: string;
  /** Text for ACCT, sent when the server asks for it. */
  account?: string | undefined;
}

/** How times are set, in the order in which it is tried. */
export type TimeMethod = "MFMT" | "SITE UTIME" | "MDTM";

/** A control connection with what was learned about the server. */
export interface FtpSession extends TransferSession {
  /** The server, for messages, as `ftp.example.org:21`. */
  readonly where: string;
  /** Whose milliseconds count. */
  readonly clock: Clock;
  /** How names are written. */
  readonly charset: Charset;
  /** What the server greeted with. */
  readonly greeting: Reply;
  /** What FEAT said; empty before the login. */
  features: Features;
  /** Whether MLSD and MLST are tried. */
  machineListings: boolean;
  /** Commands that the server does not know. */
  readonly unknown: Set<string>;
  /** How times were set the last time that it worked. */
  timeMethod: TimeMethod | null;
}

/** Servers that throw away commands which come too early, as they say. */
const ONE_BY_ONE = /Microsoft FTP Service|MadGoat|MikroTik/i;
/** Facts that are worth asking for, where they are not on already. */
const FACTS: readonly string[] = [
  "type",
  "size",
  "modify",
  "perm",
  "unique",
  "unix.mode",
  "unix.owner",
  "unix.ownername",
  "unix.group",
  "unix.groupname",
];

/**
 * Connects and reads the greeting. What comes next is protected, if that was
 * chosen.
 *
 * @throws {NetworkError} when there is no connection, or not the chosen one.
 * @throws {FtpError} when the server does not want to talk.
 * @throws {ProtocolError} when it is no FTP server.
 */
export async function openSession(
  options: SessionOptions,
  signal: AbortSignal,
): Promise<FtpSession> {
  const { hostname, tls, timeout = 30_000 } = options;
  const { port = tls?.mode === "implicit" ? 990 : 21 } = options;
  const to = { hostname, port };
  if (tls === undefined) return await openWith(options, to, null, signal);
  const server = { hostname, where: formatHostPort(hostname, port), timeout };
  const open = (tls: SessionTls) => openWith(options, to, tls, signal);
  return await withTls(tls, server, open);
}

async function openWith(
  options: SessionOptions,
  to: HostPort,
  tls: SessionTls | null,
  signal: AbortSignal,
): Promise<FtpSession> {
  const { timeout = 30_000, keepAlive = 60_000 } = options;
  const { clock = systemClock, charset = "utf-8" } = options;
  const { network = socketNetwork(), trace, sendAhead = true } = options;
  const where = formatHostPort(to.hostname, to.port);
  const patience = new Patience(clock);
  const limits = { timeout, patience, signal };
  const connecting = connectControl(network, to, tls, limits);
  const { remote, local, stream } = await connecting;
  const around = { network, remote, local, timeout, patience };
  const about = { where, timeout, charset, trace, patience };
  const control = new FtpControl(stream, about);
  control.hurries = sendAhead;
  const stop = () => control.close(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const said = await greeting(control);
    distrust(control, said);
    if (tls?.commands === null) {
      const what = `No TLS with ${where}`;
      await askForTls(control, tls, where, { what, ...limits });
    }
    return {
      where,
      control,
      tls,
      charset,
      greeting: said,
      data: new DataConnector(around, options),
      type: null,
      timeout,
      keepAlive,
      patience,
      clock,
      features: new Map(),
      machineListings: false,
      unknown: new Set(),
      timeMethod: null,
    };
  } catch (error) {
    control.close();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Some servers say who they are. */
function distrust(control: FtpControl, { lines }: Reply): void {
  if (lines.some((line) => ONE_BY_ONE.test(line))) control.hurries = false;
}

/** "120 wait a little" comes before a greeting. */
async function greeting(control: FtpControl): Promise<Reply> {
  return await control.turn(async (turn) => {
    let reply = await turn.reply();
    for (let left = 10; reply.code < 200 && left > 0; left--) {
      reply = await turn.reply();
    }
    if (reply.code >= 300) throw new FtpError("Connecting", reply);
    return reply;
  });
}

/**
 * Logs in, asks what the server can do and makes it use UTF-8.
 *
 * @throws {FtpError} when the server refuses; its code is usually 530.
 * @throws {NetworkError} when it does not protect what shall be protected.
 */
export async function logIn(
  session: FtpSession,
  login: Login,
  signal: AbortSignal,
): Promise<Reply> {
  mustBePrivate(session);
  const { user, password, account } = login;
  let command: Command = { verb: "USER", argument: user };
  let reply = await perform(session, command, signal);
  if (reply.code === 331) {
    command = { verb: "PASS", argument: password };
    reply = await perform(session, command, signal);
  }
  if (reply.code === 332) {
    command = { verb: "ACCT", argument: account ?? "" };
    if (!account) throw new FtpError("ACCT", reply);
    reply = await perform(session, command, signal);
  }
  if (reply.code >= 300) throw new FtpError(shownCommand(command), reply);
  session.type = null;
  await protectData(session, signal);
  await learn(session, signal);
  await clearCommands(session, signal);
  return reply;
}

async function learn(session: FtpSession, signal: AbortSignal): Promise<void> {
  const { control, charset } = session;
  const reply = await control.ask({ verb: "FEAT" }, signal);
  if (control.closed !== null) throw control.closed;
  distrust(control, reply);
  session.features = reply.code < 300 ? parseFeatures(reply) : new Map();
  const { features } = session;
  session.machineListings = hasMachineListings(features);
  if (charset === "utf-8" && features.has("UTF8")) {
    await control.ask({ verb: "OPTS", argument: "UTF8 ON" }, signal);
  }
  const facts = wantedFacts(features.get("MLST") ?? "");
  if (facts !== "") {
    await control.ask({ verb: "OPTS", argument: `MLST ${facts}` }, signal);
  }
}

/** The facts to switch on: all that we read, if one of them is off. */
function wantedFacts(offered: string): string {
  const facts = offered.split(";").filter((fact) =>
    FACTS.includes(fact.replace("*", "").toLowerCase())
  );
  if (facts.every((fact) => fact.endsWith("*"))) return "";
  return facts.map((fact) => `${fact.replace("*", "")};`).join("");
}

/**
 * One command that must succeed.
 *
 * @throws {FtpError} when the server refuses.
 */
export async function perform(
  { control }: Pick<FtpSession, "control">,
  command: Command,
  signal: AbortSignal,
): Promise<Reply> {
  return accepted(command, await control.ask(command, signal));
}

/** Whether the server did not know a command or its parameter. */
export function isUnknownCommand(error: unknown): boolean {
  return error instanceof FtpError &&
    [500, 501, 502, 504].includes(error.code);
}
