/**
 * A small server under inetd, xinetd or a systemd socket with `Accept=yes`:
 * one connection, which is standard input and output.
 *
 * @module
 */

import { EXIT, streamError, ToolError, UsageError } from "../../lib/cli.ts";
import type { Log } from "../../lib/log.ts";
import { isPeerGone } from "../../lib/net/peer_gone.ts";
import type { Service, ServiceConn } from "../../lib/net/service.ts";
import { within } from "../../lib/net/wait.ts";
import { serveConnection } from "./connection.ts";
import { streamCounters } from "./counters.ts";
import { Deadlines, QUIET } from "./deadlines.ts";
import type { Limits } from "./options.ts";

/** Milliseconds for a peer to end its side after the service did. */
const LAST_BYTES = 1000;
/** A peer that is silent so long, in milliseconds, has said everything. */
const PAUSE = 200;
/** Bytes that are discarded at once. */
const DISCARDED = 16_384;

/** Shared options, and those for addresses, that are up to inetd. */
const UP_TO_INETD = [
  ...["tcp", "udp", "unix", "listen", "allow", "deny", "rate"],
  ...["max-connections", "max-per-address", "allow-service-ports"],
];

/**
 * Refuses options that a connection cannot obey which somebody else accepted:
 * nobody shall believe that `--deny` keeps anyone out here.
 *
 * @throws {UsageError} when one of the options in `given` is such a one.
 *
 * @example
 * ```ts
 * import { refuseBesideInetd } from "./inetd.ts";
 * refuseBesideInetd(new Set(["inetd", "idle-timeout"]));
 * ```
 */
export function refuseBesideInetd(given: ReadonlySet<string>): void {
  const vain = UP_TO_INETD.find((name) => given.has(name));
  if (vain === undefined) return;
  throw new UsageError(
    `--${vain} does nothing beside --inetd: whoever starts the server decides where it listens and who may come in`,
  );
}

/** What {@linkcode serveInetd} goes by. */
export interface InetdOptions {
  /** Serves the connection. */
  readonly service: Service;
  /** Its limits in time. */
  readonly limits: Limits;
  /** Where its end is told. */
  readonly log: Log;
  /** Aborts when it shall stop. */
  readonly signal: AbortSignal;
}

/**
 * Serves standard input and output as one connection; returns the exit code.
 *
 * @throws {ToolError} when the service takes no connections.
 */
export async function serveInetd(options: InetdOptions): Promise<number> {
  const { service, limits, log, signal } = options;
  if (!service.stream) {
    throw new ToolError("this service has no connections to serve", EXIT.usage);
  }
  const nobody = { hostname: "", port: 0 };
  const context = {
    peer: nobody,
    local: nobody,
    stopping: signal,
    signal: new AbortController().signal,
  };
  const deadlines = new Deadlines(limits);
  signal.addEventListener("abort", () => deadlines.hurry(QUIET));
  const counters = streamCounters();
  const frame = { service, deadlines, counters, log };
  const { ending, heardAll } = await serveConnection(STANDARD, context, frame);
  await service.close?.();
  if (ending === "done" && !heardAll) await hearOut();
  return EXIT.done;
}

/**
 * Discards what the peer still sends. Ending with unread input would make the
 * kernel send a reset, which overtakes the answer; and our side cannot be
 * ended alone, because standard error is the same socket.
 */
async function hearOut(): Promise<void> {
  const buffer = new Uint8Array(DISCARDED);
  const end = performance.now() + LAST_BYTES;
  const more = () => within(STANDARD.read(buffer), PAUSE, null);
  try {
    while (performance.now() < end && await more() !== null);
  } catch { /* The peer is gone already. */ }
}

/** A file that takes no more is a failure; a peer that went away is none. */
function unlessGone(error: unknown): never {
  if (isPeerGone(error)) throw error;
  throw streamError("cannot write to standard output", error);
}

/** Standard input and output as a connection. */
const STANDARD: ServiceConn = {
  read: (buffer) => Deno.stdin.read(buffer),
  write: (bytes) => Deno.stdout.write(bytes).catch(unlessGone),
  closeWrite() {
    Deno.stdout.close();
    return Promise.resolve();
  },
};
