/**
 * Data connections that the server makes: PORT (RFC 959 section 4.1.2) and
 * EPRT (RFC 2428 section 2).
 *
 * @module
 */

import { formatPort } from "../../lib/ftp/address.ts";
import type { Reply } from "../../lib/ftp/reply.ts";
import { sameAddress } from "../../lib/net/address.ts";
import type {
  ClientConnection,
  ClientListener,
  ClientNetwork,
} from "../../lib/net/client_network.ts";
import { accepted, type Turn } from "./control.ts";
import type { DataOptions, DataSurroundings, PendingData } from "./data.ts";
import { NetworkError } from "./errors.ts";
import { networkError } from "./network_errors.ts";
import { unlessAborted } from "./unless_aborted.ts";

const LATE = Symbol("late");
const FAILED = "The server made no data connection";

/** Listens for the server's data connections; it remembers what worked. */
export class ActiveData {
  readonly #around: DataSurroundings;
  #verb: "EPRT" | "PORT" | null = null;

  /** Nothing happens yet. */
  constructor(around: DataSurroundings) {
    this.#around = around;
  }

  /** Listens, and tells the server where. */
  async prepare(turn: Turn, options: DataOptions): Promise<PendingData> {
    const { network, local } = this.#around;
    const listener = listenOn(network, local.hostname, options);
    try {
      const hostname = options.activeAddress ?? local.hostname;
      await this.#announce(turn, hostname, listener.port);
    } catch (error) {
      listener.close();
      throw error;
    }
    return arriving(listener, this.#around);
  }

  /** IPv4 is announced by PORT first: every server knows it. */
  async #announce(turn: Turn, hostname: string, port: number): Promise<void> {
    const isIpv6 = hostname.includes(":");
    if (!isIpv6 && this.#verb !== "EPRT") {
      const argument = formatPort({ hostname, port });
      const command = { verb: "PORT", argument };
      const reply = await turn.ask(command);
      if (reply.code < 400) this.#verb = "PORT";
      if (this.#verb === "PORT" || !isUnknown(reply)) {
        accepted(command, reply);
        return;
      }
    }
    const argument = `|${isIpv6 ? 2 : 1}|${hostname}|${port}|`;
    const command = { verb: "EPRT", argument };
    accepted(command, await turn.ask(command));
    this.#verb = "EPRT";
  }
}

/** Whether the server does not know the command, or not this kind of address. */
function isUnknown({ code }: Reply): boolean {
  return code >= 500 && code <= 504 || code === 522;
}

function listenOn(
  network: ClientNetwork,
  hostname: string,
  { activePorts }: DataOptions,
): ClientListener {
  try {
    return network.listen(hostname, activePorts);
  } catch (error) {
    throw networkError(`Cannot listen on ${hostname} for active mode`, error);
  }
}

function arriving(
  listener: ClientListener,
  { timeout, patience, remote }: DataSurroundings,
): PendingData {
  let given: ClientConnection | null = null;
  async function open(signal: AbortSignal): Promise<ClientConnection> {
    const arrival = firstFrom(listener, remote.hostname);
    try {
      const inTime = patience.within(arrival, timeout, LATE);
      const made = await unlessAborted(inTime, signal);
      if (made !== LATE) return given = made as ClientConnection;
    } catch (error) {
      if (!signal.aborted) throw networkError(FAILED, error);
    } finally {
      listener.close();
    }
    arrival.then((late) => late.close(), () => {});
    signal.throwIfAborted();
    throw new NetworkError("timeout", `${FAILED} within ${timeout / 1000} s`);
  }
  function close(): void {
    listener.close();
    given?.close();
  }
  return { sent: false, open, close };
}

/** Whoever else connects is turned away. */
async function firstFrom(
  listener: ClientListener,
  peer: string,
): Promise<ClientConnection> {
  for (;;) {
    const connection = await listener.accept();
    if (sameAddress(connection.remote.hostname, peer)) return connection;
    connection.close();
  }
}
