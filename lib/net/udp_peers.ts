/**
 * Senders of datagrams, remembered: reading an address takes as long as
 * echoing a datagram, and most come again.
 *
 * @module
 */
import type { Bytes } from "../bytes.ts";
import type { HostPort } from "../host_port.ts";
import { networkKey, normalizeAddress } from "./ip.ts";
import type { UdpContext } from "./udp.ts";
import type { DropReason } from "./udp_guard.ts";

/** Senders that stay known to a socket. */
const MAX_PEERS = 1024;

/** The socket's part of it: it sends answers. */
export type Sender = Pick<Deno.DatagramConn, "send">;

/** One sender of datagrams, as a socket knows it. */
export interface Peer {
  /** Its address as the runtime writes it: what `send` wants. */
  readonly source: Deno.NetAddr;
  /** What handlers are told. */
  readonly context: UdpContext;
  /** What its datagrams are counted by. */
  readonly key: string;
  /** Why it gets no answer whatever it sends, or `null`. */
  readonly refusal: DropReason | null;
  /** Sends an answer; what comes of it is heard by `sent` or `failed`. */
  send(answer: Bytes): void;
  /** Whether one of its datagrams was dropped, and nothing came since. */
  isSuspect: boolean;
}

/** What becomes of answers. */
export interface PeerEvents {
  /** A handler sends an answer by itself. */
  sending(): void;
  /** An answer of `length` bytes left. */
  sent(length: number): void;
  /** It did not. */
  failed(error: unknown, peer: HostPort): void;
}

/** What {@linkcode knownPeers} needs to know a sender. */
export interface PeersOptions extends PeerEvents {
  /** Where the datagrams arrive, and answers leave. */
  socket: Sender;
  /** The socket's address. */
  local: HostPort;
  /** For the handlers. */
  signal: AbortSignal;
  /** Judges a normalised address, once as long as it is remembered. */
  refuse(source: HostPort): DropReason | null;
}

/**
 * A function that finds the sender for an address, or gets to know it. It
 * remembers 1,024; then it forgets them all and begins again, so that a flood
 * of forged addresses costs no more than their number.
 *
 * @example
 * ```ts
 * import { knownPeers } from "./udp_peers.ts";
 * const find = knownPeers({
 *   socket: { send: (bytes) => Promise.resolve(bytes.length) },
 *   local: { hostname: "::", port: 7 },
 *   signal: new AbortController().signal,
 *   refuse: () => null,
 *   sending: () => {},
 *   sent: () => {},
 *   failed: () => {},
 * });
 * const source = { transport: "udp", hostname: "::ffff:192.0.2.7", port: 40001 } as const;
 * console.assert(find(source).context.peer.hostname === "192.0.2.7");
 * console.assert(find({ ...source }) === find(source));
 * ```
 */
export function knownPeers(
  options: PeersOptions,
): (source: Deno.NetAddr) => Peer {
  const known = new Map<string, Peer>();
  let last: Peer | null = null;
  return (source) => {
    const { hostname, port } = source;
    if (last?.source.port === port && last.source.hostname === hostname) {
      return last;
    }
    const name = `${port} ${hostname}`;
    let peer = known.get(name);
    if (!peer) {
      if (known.size >= MAX_PEERS) forget(known);
      peer = meet(source, options);
      known.set(name, peer);
    }
    return last = peer;
  };
}

/** Nobody waits any more for a word of those. */
function forget(known: Map<string, Peer>): void {
  for (const peer of known.values()) peer.isSuspect = false;
  known.clear();
}

function meet(source: Deno.NetAddr, options: PeersOptions): Peer {
  const { socket, local, signal, sending, sent, failed } = options;
  const peer: HostPort = {
    hostname: normalizeAddress(source.hostname),
    port: source.port,
  };
  // The same functions for every answer: closures would cost a tenth.
  const fail = (error: unknown) => failed(error, peer);
  const send = (answer: Bytes) =>
    void socket.send(answer, source).then(sent, fail);
  const also = (answer: Bytes) => {
    sending();
    send(answer);
  };
  return {
    source,
    context: { peer, local, signal, also },
    key: networkKey(source.hostname),
    refusal: options.refuse(peer),
    send,
    isSuspect: false,
  };
}
