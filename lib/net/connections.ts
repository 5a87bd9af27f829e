/**
 * The connections of one server, from the door to the end.
 *
 * @module
 */
import type { HostPort } from "../host_port.ts";
import { formatHostPort } from "./address.ts";
import type { Admission, Refusal } from "./admission.ts";
import { closeGently, closeQuietly } from "./close.ts";
import { normalizeAddress } from "./ip.ts";
import { isPeerGone } from "./peer_gone.ts";
import type { Identify } from "./proxied.ts";
import type { ProxiedEnds } from "./proxy_protocol.ts";
import type { ServeTcpOptions, TcpContext, TcpHandler } from "./tcp.ts";
import { type WaitOptions, within } from "./wait.ts";

/** Milliseconds an {@linkcode Admission} may think before the peer is sent away. */
const ADMISSION_PATIENCE = 5000;
/** Milliseconds for the last words to a refused peer. */
const REFUSAL_PATIENCE = 1000;
/** Refused peers that get last words at a time; in a flood the rest just goes. */
const MAX_REFUSALS = 64;
/** Milliseconds for handlers to notice that their connection was closed. */
const LAST_MOMENT = 1000;

/** What {@linkcode Connections} does with a connection. */
export interface ConnectionsOptions extends Pick<WaitOptions, "clock"> {
  /** Serves one connection. */
  handler: TcpHandler;
  /** Says whose connection it is; its own ends' without it. */
  identify?: Identify | undefined;
  /** Who may come in; everybody without it. */
  admission?: Admission | undefined;
  /** Tells a refused peer why. */
  onRefused?: ServeTcpOptions["onRefused"] | undefined;
  /** Hears of crashes. */
  onError?: ((error: unknown, what: string) => void) | undefined;
}

/** One connection, and the two ways to hurry its handler. */
interface Open {
  readonly conn: Deno.Conn;
  context: TcpContext;
  readonly stopping: AbortController;
  readonly ending: AbortController;
}

/**
 * Admits, serves and closes connections; knows which are open.
 *
 * @example
 * ```ts
 * import { Connections } from "./connections.ts";
 * const connections = new Connections({ handler: (conn) => conn.closeWrite() });
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * using _client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
 * connections.take(await listener.accept());
 * await connections.drain(10_000);
 * ```
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open: Map<Open, Promise<void>> = new Map();
  #serving = 0;
  #refusing = 0;
  #lastId = 0;

  /** Nothing is open yet. */
  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Connections whose handler is running. */
  get serving(): number {
    return this.#serving;
  }

  /**
   * Takes over a connection that came to a listener, until it is closed. Never
   * throws.
   */
  take(conn: Deno.Conn, listener = 0): void {
    const open = describe(conn, ++this.#lastId, listener);
    this.#open.set(open, this.#run(open));
  }

  /**
   * Asks every handler to finish, gives them `grace` milliseconds, then closes
   * what is left. Ends at most a second later.
   */
  async drain(grace: number): Promise<void> {
    const { clock } = this.#options;
    for (const { stopping } of this.#open.keys()) stopping.abort();
    await within(this.#allClosed(), grace, undefined, { clock });
    for (const { ending, conn } of this.#open.keys()) {
      ending.abort();
      closeQuietly(conn);
    }
    await within(this.#allClosed(), LAST_MOMENT, undefined, { clock });
  }

  /** Resolves when none is open; to be called when none is taken any more. */
  async closed(): Promise<void> {
    await this.#allClosed();
  }

  async #allClosed(): Promise<void> {
    await Promise.allSettled(this.#open.values());
  }

  async #run(open: Open): Promise<void> {
    try {
      await this.#receive(open);
    } catch (error) {
      if (!isExpected(error, open)) {
        this.#options.onError?.(error, nameOf(open.context));
      }
    } finally {
      closeQuietly(open.conn);
      this.#open.delete(open);
    }
  }

  async #receive(open: Open): Promise<void> {
    const { admission, clock, identify } = this.#options;
    sendAtOnce(open.conn);
    if (identify && !await isKnown(open, identify)) return;
    const address = open.context.peer.hostname;
    const refusal = admission
      ? await ask(admission, address, { signal: open.ending.signal, clock })
      : null;
    if (refusal) return await this.#refuse(open, refusal);
    try {
      if (!open.stopping.signal.aborted) await this.#serve(open);
    } finally {
      // Before the connection closes: a peer that sees the end of this one may
      // come again at once.
      admission?.leave(address);
    }
  }

  async #serve({ conn, context }: Open): Promise<void> {
    this.#serving++;
    try {
      await this.#options.handler(conn, context);
    } finally {
      this.#serving--;
    }
  }

  async #refuse(
    { conn, context, ending }: Open,
    refusal: Refusal,
  ): Promise<void> {
    const { onRefused, clock } = this.#options;
    if (!onRefused || this.#refusing >= MAX_REFUSALS) return;
    const options = { signal: ending.signal, clock };
    this.#refusing++;
    try {
      const told = (async () => await onRefused(conn, refusal, context))();
      await within(told, REFUSAL_PATIENCE, undefined, options);
      await closeGently(conn, REFUSAL_PATIENCE, options);
    } finally {
      this.#refusing--;
    }
  }
}

function describe(conn: Deno.Conn, id: number, listener: number): Open {
  const stopping = new AbortController();
  const ending = new AbortController();
  const context: TcpContext = {
    id,
    peer: hostPort(conn.remoteAddr),
    local: hostPort(conn.localAddr),
    listener,
    stopping: stopping.signal,
    signal: ending.signal,
  };
  return { conn, context, stopping, ending };
}

/** Finds out whose connection it is, before anybody counts it. */
function isKnown(open: Open, identify: Identify): boolean | Promise<boolean> {
  const ends = identify(open.conn, open.context);
  return ends === null || isTold(open, ends);
}

async function isTold(
  open: Open,
  telling: Promise<ProxiedEnds | null | "nobody">,
): Promise<boolean> {
  const { peer, local } = open.context;
  const ends = await telling;
  if (ends === "nobody") return false;
  if (ends !== null) {
    open.context = { ...open.context, ...ends, carrier: { peer, local } };
  }
  return true;
}

function hostPort(addr: Deno.Addr): HostPort {
  if (addr.transport !== "tcp") return { hostname: "", port: 0 };
  return { hostname: normalizeAddress(addr.hostname), port: addr.port };
}

/** Replies are short and awaited: they must not wait for a full packet. */
function sendAtOnce(conn: Deno.Conn): void {
  if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
}

/** Asks at the door; an answer that comes too late is taken back. */
async function ask(
  admission: Admission,
  address: string,
  options: WaitOptions,
): Promise<Refusal | null> {
  const answer = admission.enter(address);
  if (!(answer instanceof Promise)) return answer;
  const refusal = await within(answer, ADMISSION_PATIENCE, "late", options);
  if (refusal !== "late") return refusal;
  answer.then((late) => late ?? admission.leave(address), () => {});
  options.signal?.throwIfAborted();
  throw new Error(
    `no decision about ${address} within ${ADMISSION_PATIENCE} ms; the connection was closed`,
  );
}

/** Errors that come from the network or from our own closing, not from a fault. */
function isExpected(error: unknown, { stopping, ending }: Open): boolean {
  if (isPeerGone(error)) return true;
  if (!(error instanceof Error)) return false;
  if (stopping.signal.aborted && error.name === "AbortError") return true;
  return ending.signal.aborted &&
    (error.name === "BadResource" || error.name === "Interrupted");
}

function nameOf({ id, peer }: TcpContext): string {
  const from = peer.hostname === ""
    ? "a Unix socket"
    : formatHostPort(peer.hostname, peer.port);
  return `connection ${id} from ${from}`;
}
