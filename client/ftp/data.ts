/**
 * Data connections: passive (RFC 2428 EPSV, RFC 959 PASV) and active (EPRT,
 * PORT). The other end is always the control connection's, whatever the server
 * says, unless it was trusted on purpose.
 *
 * @module
 */

import { parseExtendedPassive, parsePassive } from "../../lib/ftp/replies.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import type { HostPort } from "../../lib/host_port.ts";
import type {
  ClientConnection,
  ClientNetwork,
  PortRange,
} from "../../lib/net/client_network.ts";
import { visible } from "../../lib/visible.ts";
import { ActiveData } from "./active_data.ts";
import type { Command } from "./command_text.ts";
import { accepted, type Turn } from "./control.ts";
import { connectWithin } from "./connect_within.ts";
import { ProtocolError } from "./errors.ts";
import type { Patience } from "./patience.ts";

/** How data connections are made. */
export interface DataOptions {
  /** Who connects to whom: passive is client to server. @default {"passive"} */
  mode?: "passive" | "active";
  /**
   * Try EPSV before PASV; over IPv6 there is nothing else.
   *
   * @default {true}
   */
  extended?: boolean;
  /** Follow the address of a 227, also to another host. @default {false} */
  trustPasvAddress?: boolean;
  /** Ports for active mode. @default any free port */
  activePorts?: PortRange | undefined;
  /** Address that active mode announces. @default the control connection's */
  activeAddress?: string | undefined;
}

/** What {@linkcode DataConnector} works with. */
export interface DataSurroundings {
  /** Makes the connections. */
  network: ClientNetwork;
  /** The server's end of the control connection. */
  remote: HostPort;
  /** Our end of it. */
  local: HostPort;
  /** Milliseconds for a connection to be made. */
  timeout: number;
  /** Measures them. */
  patience: Patience;
}

/** A data connection that can be had. */
export interface PendingData {
  /** Whether the transfer's command was sent already. */
  readonly sent: boolean;
  /** Waits for it. */
  open(signal: AbortSignal): Promise<ClientConnection>;
  /** Gives it up, open or not. Safe to call more than once. */
  close(): void;
}

const EPSV: Command = { verb: "EPSV" };
const PASV: Command = { verb: "PASV" };
/** Below are the services of a host, where no data connection belongs. */
const LOWEST_PORT = 1024;

/** Makes the data connections of one session; it remembers what worked. */
export class DataConnector {
  /** How connections are made from now on. */
  options: DataOptions;
  /**
   * Whether a transfer command may be sent along with the question in front of
   * it; those that fail wait for the answer from then on.
   *
   * @default {"untried"}
   */
  together: "untried" | "works" | "fails" = "untried";
  readonly #around: DataSurroundings;
  #passive: "EPSV" | "PASV" | null = null;
  readonly #active: ActiveData;

  /** Nothing happens yet. */
  constructor(around: DataSurroundings, options: DataOptions = {}) {
    this.#around = around;
    this.#active = new ActiveData(around);
    this.options = options;
  }

  /**
   * Agrees with the server on the next data connection. Passive connections
   * are open when this resolves, unless `command` was sent along: then they are
   * opened by {@linkcode PendingData.open}, which tells what went wrong.
   *
   * @param command Sent together with the question, once it is known that the
   * server understands it: the answers to both are on their way together.
   * @throws {FtpError} when the server offers no way.
   * @throws {NetworkError} when the connection cannot be made.
   * @throws {ProtocolError} when the server's reply makes no sense.
   */
  async prepare(
    turn: Turn,
    signal: AbortSignal,
    command: Command | null = null,
  ): Promise<PendingData> {
    signal.throwIfAborted();
    if (this.options.mode === "active") {
      return await this.#active.prepare(turn, this.options);
    }
    const together = command !== null && this.together !== "fails";
    const known = this.#known;
    if (together && known !== null) {
      return await this.#together(turn, known, command);
    }
    const connection = await this.#extended(turn, signal) ??
      await this.#plain(turn, signal);
    return {
      sent: false,
      open: () => Promise.resolve(connection),
      close: () => connection.close(),
    };
  }

  async #together(
    turn: Turn,
    verb: "EPSV" | "PASV",
    command: Command,
  ): Promise<PendingData> {
    await turn.send({ verb }, command);
    const reply = await turn.reply();
    if (reply.code < 400 && reply.code !== 227 && reply.code !== 229) {
      throw turn.outOfStep(`${reply.code} to ${verb}`);
    }
    let made: ClientConnection | null = null;
    return {
      sent: true,
      open: async (signal) =>
        made = await this.#connect(this.#targetOf(verb, reply), signal),
      close: () => made?.close(),
    };
  }

  #targetOf(verb: "EPSV" | "PASV", reply: Reply): HostPort {
    accepted({ verb }, reply);
    if (verb === "PASV") return this.#target(reply);
    return this.#extendedTarget(reply) ?? refused(reply);
  }

  /** `null` when EPSV is not the way here. */
  async #extended(
    turn: Turn,
    signal: AbortSignal,
  ): Promise<ClientConnection | null> {
    if (this.#passive === "PASV" || !this.#mayExtend) return null;
    const reply = await turn.ask(EPSV);
    const target = this.#extendedTarget(reply);
    if (target === null) {
      if (reply.code === 421 || this.#isIpv6) refused(reply);
      return null;
    }
    try {
      const connection = await this.#connect(target, signal);
      this.#passive = reply.code === 227 ? "PASV" : "EPSV";
      return connection;
    } catch (error) {
      const hopeless = signal.aborted || this.#isIpv6;
      if (hopeless || this.#passive === "EPSV") throw error;
      return null; // Some firewalls only understand PASV.
    }
  }

  /** What worked before, unless it is not wanted any more. */
  get #known(): "EPSV" | "PASV" | null {
    return this.#passive === "EPSV" && !this.#mayExtend ? null : this.#passive;
  }

  get #mayExtend(): boolean {
    return this.#isIpv6 || this.options.extended !== false;
  }

  get #isIpv6(): boolean {
    return this.#around.remote.hostname.includes(":");
  }

  #extendedTarget(reply: Reply): HostPort | null {
    if (reply.code === 227) return this.#target(reply);
    const port = reply.code === 229
      ? parseExtendedPassive(reply.lines.join(" "))
      : null;
    const { hostname } = this.#around.remote;
    return port === null ? null : { hostname, port: this.#sensible(port) };
  }

  async #plain(turn: Turn, signal: AbortSignal): Promise<ClientConnection> {
    const reply = accepted(PASV, await turn.ask(PASV));
    const connection = await this.#connect(this.#target(reply), signal);
    this.#passive = "PASV";
    return connection;
  }

  #target(reply: Reply): HostPort {
    const address = parsePassive(reply.lines.join(" "));
    if (address === null) {
      const said = visible(reply.lines.join(" "));
      throw new ProtocolError(
        `The server's reply to PASV has no address: ${said}`,
      );
    }
    const { trustPasvAddress = false } = this.options;
    if (trustPasvAddress && address.hostname !== "0.0.0.0") return address;
    const { hostname } = this.#around.remote;
    return { hostname, port: this.#sensible(address.port) };
  }

  #sensible(port: number): number {
    if (port >= LOWEST_PORT || this.options.trustPasvAddress) return port;
    throw new ProtocolError(
      `The server wants a data connection to its port ${port}, which is a ` +
        `service's; refused`,
    );
  }

  #connect(to: HostPort, signal: AbortSignal): Promise<ClientConnection> {
    const { network, timeout, patience } = this.#around;
    const what = "Cannot open a data connection to";
    return connectWithin(network, to, { what, timeout, patience, signal });
  }
}

function refused(reply: Reply): never {
  accepted(EPSV, reply);
  const said = visible(reply.lines.join(" "));
  throw new ProtocolError(`The server's reply to EPSV has no port: ${said}`);
}
