/**
 * A small server under inetd, xinetd or a systemd socket with `Accept=yes`:
 * one connection, which is standard input and output.
 *
 * @module
 */

import { EXIT, ToolError } from "../../lib/cli.ts";
import type { Log } from "../../lib/log.ts";
import type { Service, ServiceConn } from "../../lib/net/service.ts";
import { serveConnection } from "./connection.ts";
import { streamCounters } from "./counters.ts";
import { Deadlines } from "./deadlines.ts";
import type { Limits } from "./options.ts";

/** While it stops, a connection that rests this long is done. */
const QUIET = 500;

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
  await serveConnection(STANDARD, context, frame);
  await service.close?.();
  return EXIT.done;
}

/** Standard input and output as a connection. */
const STANDARD: ServiceConn = {
  read: (buffer) => Deno.stdin.read(buffer),
  write: (bytes) => Deno.stdout.write(bytes),
  closeWrite() {
    Deno.stdout.close();
    return Promise.resolve();
  },
};
