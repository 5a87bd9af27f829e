/**
 * What a small server's tool says of itself: a program is a value, and the
 * frame does the rest.
 *
 * @module
 */

import type { OptionTable, Parsed, Tool } from "../../lib/cli.ts";
import type { HostPort } from "../../lib/host_port.ts";
import type { Log } from "../../lib/log.ts";
import type { Service } from "../../lib/net/service.ts";
import type { Address } from "./address.ts";

export type { Address } from "./address.ts";

/** One address, and the service there. */
export interface Endpoint {
  /**
   * Where. A UDP port 0 right behind a TCP port 0 of the same service and host
   * becomes the same port.
   */
  readonly at: Address;
  /** The service's name in {@linkcode ServiceProgram.services}. */
  readonly service: string;
  /**
   * Whether datagrams are never answered there: then they may come from any
   * port and address, and the server may send nothing. @default {false}
   */
  readonly silent?: boolean;
}

/** A folder or a file that a server works with. */
export interface PathGrant {
  /** As the user named it. */
  readonly path: string;
  /** A folder has to be there; of a file, only its folder. */
  readonly kind: "folder" | "file";
  /** Whether the server may change it. */
  readonly write: boolean;
}

/** What a command line means. */
export interface Plan {
  /** Where to serve what. Under inetd the first one's service serves. */
  readonly endpoints: readonly Endpoint[];
  /** What the server may read and write: nothing else. @default {[]} */
  readonly paths?: readonly PathGrant[];
  /** Where the server sends by itself, and what it binds for that. @default {[]} */
  readonly connects?: readonly HostPort[];
  /** Behind the addresses in the ready line. @default nothing */
  readonly about?: string;
  /**
   * What the server itself prints on standard output. Beside `json` the ready
   * line is JSON, too; beside `bytes` it goes to standard error.
   * @default nothing, or lines of text
   */
  readonly output?: "json" | "bytes";
}

/** What services are made from. */
export interface World {
  /** Where events are told. */
  readonly log: Log;
  /** The real paths of {@linkcode Plan.paths}, in the same order. */
  readonly paths: readonly string[];
  /** Aborts when the server stops. */
  readonly signal: AbortSignal;
  /** Where the server listens, once it does; empty before, and under inetd. */
  readonly addresses: () => readonly Address[];
  /** Stops the server, as SIGTERM does: its work is done. */
  readonly stop: () => void;
}

/** A small server. */
export interface ServiceProgram<O extends OptionTable = OptionTable> {
  /** Its name, options and help; the options hold the shared ones. */
  readonly tool: Tool<O>;
  /** The address of its module, `import.meta.url`: the worker is the same one. */
  readonly module: string;
  /** What a command line means. Throws a `UsageError`; looks at nothing. */
  plan(parsed: Parsed<O>): Plan;
  /** Makes the services, by name; called once, where they will serve. */
  services(parsed: Parsed<O>, world: World): Record<string, Service>;
}

/**
 * Gives back `program` with the exact type of its options, so that `plan` and
 * `services` see each option's value with its own type.
 *
 * @example
 * ```ts
 * import { defineTool } from "../../lib/cli.ts";
 * import { SERVICE_OPTIONS } from "./options.ts";
 * import { defineService } from "./program.ts";
 *
 * const program = defineService({
 *   tool: defineTool({
 *     name: "sinkd",
 *     summary: "take everything, say nothing",
 *     usage: "sinkd [options]",
 *     examples: [],
 *     options: { ...SERVICE_OPTIONS },
 *   }),
 *   module: import.meta.url,
 *   plan: () => ({
 *     endpoints: [{
 *       at: { transport: "udp", hostname: "127.0.0.1", port: 9 },
 *       service: "sink",
 *     }],
 *   }),
 *   services: () => ({ sink: { datagram: () => null } }),
 * });
 * console.assert(program.tool.name === "sinkd");
 * ```
 */
export function defineService<const O extends OptionTable>(
  program: ServiceProgram<O>,
): ServiceProgram<O> {
  return program;
}
